"""The command line of a server that a user names."""

from __future__ import annotations

import shutil
from collections.abc import Sequence

from codexwire.runtime.launch import find_codex

__all__ = ["server_command"]


def server_command(command: Sequence[str]) -> list[str]:
    """Return a command line whose `codex`, where PATH has none, is the binary of `openai-codex-cli-bin`.

    LaunchError when there is no codex at all.
    """
    program, *arguments = command
    if program == "codex" and shutil.which(program) is None:
        program = str(find_codex())
    return [program, *arguments]

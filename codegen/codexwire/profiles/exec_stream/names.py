"""What the protocol of the events of `codex exec --json` is called."""

from __future__ import annotations

from typing import Final

__all__ = ["NAME", "ROOT", "SOURCE"]

NAME: Final = "codex-exec-stream"
SOURCE: Final = "exec-stream"
"""What it is called on a command line."""

ROOT: Final = "ThreadEvent"
"""The type of every line."""

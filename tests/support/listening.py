"""A real server that listens on a websocket."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

__all__ = ["listening"]


@contextmanager
def listening(codex: Path, home: Path, *args: str, cwd: Path) -> Iterator[str]:
    """Run an app-server with a CODEX_HOME and yield the address that it says it listens on."""
    process = subprocess.Popen(
        [codex, "app-server", *args],
        cwd=cwd,
        env={**os.environ, "CODEX_HOME": str(home)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stderr is not None
    try:
        said = ""
        for line in process.stderr:
            said += re.sub(r"\x1b\[[0-9;]*m", "", line)
            if found := re.search(r"ws://127\.0\.0\.1:\d+", said):
                yield found[0]
                return
        raise AssertionError(f"the server does not listen: {said}")
    finally:
        process.kill()
        process.communicate()

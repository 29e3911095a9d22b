"""Ending a child process with everything that it started."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress

__all__ = ["kill_group"]


def kill_group(process: subprocess.Popen[bytes]) -> None:
    """Kill a process that leads a session of its own, and all that it left running there."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
    elif process.poll() is None:
        process.kill()

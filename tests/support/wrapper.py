"""Programs that stand in for a codex binary: `codexwire record` around one, or `codexwire replay`."""

from __future__ import annotations

import shlex
import sys
import time
from pathlib import Path

__all__ = ["outcome", "recording_codex", "replaying_codex"]


def recording_codex(folder: Path, codex: Path, out: Path, *options: str) -> Path:
    """Write a program that runs `codex` with what it is given, and records it to `out`."""
    command = _command("record", "-o", str(out), *options, "--", str(codex))
    return _script(folder / "recording-codex", f'exec {command} "$@"')


def replaying_codex(folder: Path, recording: Path, *options: str, log: Path) -> Path:
    """Write a program that plays the server of `recording`, whatever it is given.

    What it says on standard error goes to `log`, and then how it ended: by a process of its own, so
    that a client which kills its server does not keep that from being known.
    """
    log.unlink(missing_ok=True)
    command = _command("replay", str(recording), *options)
    quoted = shlex.quote(str(log))
    return _script(
        folder / "replaying-codex",
        f"( {command} 2> {quoted}.err; echo exit $? >> {quoted}.err; mv {quoted}.err {quoted} )",
        "exit",
    )


def outcome(log: Path, limit: float = 60) -> str:
    """Return what a program of `replaying_codex` said and how it ended; waits until it has."""
    end = time.monotonic() + limit
    while not log.exists() and time.monotonic() < end:
        time.sleep(0.05)
    return log.read_text()


def _command(*words: str) -> str:
    return shlex.join([sys.executable, "-m", "codexwire", *words])


def _script(path: Path, *lines: str) -> Path:
    path.write_text("\n".join(["#!/bin/sh", *lines, ""]))
    path.chmod(0o755)
    return path

"""`codexwire record` around a program, as tests run it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from codexwire.transcript.source import OpenRecording

__all__ = ["ECHO", "PYTHON", "lines_of", "recorder", "through"]

PYTHON = sys.executable


ECHO = "import os\nwhile data := os.read(0, 65536):\n    os.write(1, data)\n"


def recorder(out: Path, *command: str, options: tuple[str, ...] = ()) -> list[str]:
    return [PYTHON, "-m", "codexwire", "record", "-o", str(out), *options, "--", *command]


def through(
    out: Path, data: bytes, *command: str, options: tuple[str, ...] = ()
) -> subprocess.CompletedProcess[bytes]:
    line = recorder(out, *command, options=options)
    return subprocess.run(line, input=data, capture_output=True, timeout=120)


def lines_of(path: Path) -> list[Any]:
    with OpenRecording(str(path)) as source:
        lines = [json.loads(line) for _, line in source.lines()]
        assert source.damage is None
    return lines

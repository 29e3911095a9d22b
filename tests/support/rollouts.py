"""The saved sessions that are kept here, and how to write others."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["DATA", "PLAIN", "RELEASES", "TOOLS", "lines_of", "written"]

DATA = Path(__file__).parents[1] / "data" / "rollouts"
RELEASES = ("0.99.0", "0.125.0", "0.150.0", "0.163.0")
PLAIN = DATA / "sessions" / "0.163.0" / "exec_plain.jsonl"
TOOLS = DATA / "sessions" / "0.163.0" / "s07_tools-1.jsonl"


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def written(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    return path

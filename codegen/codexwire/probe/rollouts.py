"""The saved sessions that a server wrote: which records there are, and their keys."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codexwire.model.message import parse_object

__all__ = ["rollout_records"]


def rollout_records(codex_home: Path) -> Iterator[tuple[str, set[str]]]:
    """Yield kind (`event_msg:token_count`) and keys of each record of the sessions below a home."""
    for path in sorted(codex_home.glob("*sessions/**/*.jsonl")):
        for line in path.read_bytes().splitlines():
            record = parse_object(line)
            if record is not None and isinstance(record.get("type"), str):
                yield _kind(record, record.get("payload"))


def _kind(record: dict[str, Any], payload: Any) -> tuple[str, set[str]]:
    inner = payload if isinstance(payload, dict) else {}
    sort = inner.get("type")
    kind = f"{record['type']}:{sort}" if isinstance(sort, str) else str(record["type"])
    return kind, set(inner) - {"type"}

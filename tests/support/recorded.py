"""The messages of the recordings that are kept here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"


def messages(version: str) -> Iterator[tuple[str, dict[str, Any], str | None]]:
    """Yield `(sender, message, method of the request it answers)` of a version's recordings."""
    for path in sorted((RECORDINGS / version).glob("s[01][0-9]_*.jsonl")):
        if path.name.startswith("s11"):
            continue  # another protocol
        asked: dict[tuple[Any, str, str], list[str]] = {}  # one id may be in flight twice
        for line in path.read_text("utf-8").splitlines():
            entry = json.loads(line)
            message, sender = entry.get("msg"), entry.get("dir")
            if not isinstance(message, dict):
                continue
            key = (entry.get("conn"), sender, repr(message.get("id")))
            if "method" in message:
                asked.setdefault(key, []).append(message["method"])
                yield sender, message, None
            else:
                other = "client" if sender == "server" else "server"
                waiting = asked.get((key[0], other, key[2]))
                yield sender, message, waiting.pop(0) if waiting else None

"""The server's messages of every recording that has turns, one session at a time."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

DATA = Path(__file__).parents[1] / "data"

Session = list[dict[str, Any]]


def sessions(*sides: str) -> Iterator[tuple[str, Session]]:
    """Yield a name and the messages of `sides` (the server's) for each connection of each recording."""
    for path in sorted([*DATA.glob("recordings/*/s*.jsonl"), *DATA.glob("turns/*/s*.jsonl")]):
        if path.name.startswith("s11"):
            continue  # another protocol
        found: dict[Any, Session] = {}
        for line in path.read_text("utf-8").splitlines():
            entry = json.loads(line)
            if entry.get("dir") in (sides or ("server",)) and isinstance(entry.get("msg"), dict):
                found.setdefault(entry.get("conn"), []).append(entry["msg"])
        for connection, messages in found.items():
            yield f"{path.parent.name}/{path.stem}/{connection}", messages

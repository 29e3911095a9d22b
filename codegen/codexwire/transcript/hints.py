"""What the start of a recording says about the server: its release, and which protocol it speaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from codexwire.transcript.entry import Entry, Item
from codexwire.transcript.session.state import server_version
from codexwire.version import Version
from codexwire.wire import decode

__all__ = ["Hint", "look"]

_LOOK_AHEAD = 200
_EXEC_SERVER = frozenset(
    {
        "http/request/bodyDelta",
        "process/closed",
        "process/output",
        "process/read",
        "process/signal",
        "process/start",
        "process/terminate",
        "process/write",
    }
)
"""Methods that the exec-server has and no app-server does."""


@dataclass(frozen=True, slots=True)
class Hint:
    """`line` is where it stands; `origin` is `userAgent`, `cliVersion`, or empty for no hint."""

    version: Version | None = None
    origin: str = ""
    line: int = 1
    exec_server: bool = False


def look(items: Iterator[Item]) -> tuple[list[Item], Hint, Iterator[Item]]:
    """Return the first items, what they say, and the iterator of the others.

    The answer to `initialize` decides; without one (the recording starts later) the release that a
    thread says it was made by.
    """
    first: list[Item] = []
    second_best = Hint()
    for item in items:
        first.append(item)
        body = decode(item.data)[0] if isinstance(item, Entry) else None
        if isinstance(body, dict):
            hint = _hint(item.line, body)
            if hint is not None and (hint.exec_server or hint.origin == "userAgent"):
                return first, hint, items
            second_best = second_best if second_best.origin or hint is None else hint
        if len(first) >= _LOOK_AHEAD:
            break
    return first, second_best, items


def _hint(line: int, body: dict[str, Any]) -> Hint | None:
    result, params, method = body.get("result"), body.get("params"), body.get("method")
    if version := server_version(result):
        return Hint(version, "userAgent", line)
    if method in _EXEC_SERVER:
        return Hint(line=line, exec_server=True)
    if method == "initialize" and isinstance(params, dict) and "clientInfo" not in params:
        return Hint(line=line, exec_server=True) if "clientName" in params else None
    payload = result if isinstance(result, dict) else params
    thread = payload.get("thread") if isinstance(payload, dict) else None
    made_by = thread.get("cliVersion") if isinstance(thread, dict) else None
    try:
        return Hint(Version.parse(made_by), "cliVersion", line) if made_by else None
    except (TypeError, ValueError):
        return None

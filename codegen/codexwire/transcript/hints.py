"""What the start of a recording says about the server: its release, and which protocol it speaks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from codexwire.transcript.entry import Entry, Item
from codexwire.transcript.session.state import server_version
from codexwire.version import Version
from codexwire.wire import decode

__all__ = ["Hint", "Origin", "look"]

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

_EXEC_ERAS = (
    ("executorVersion", None),
    ("shell", Version.parse("0.150.0")),
    ("", Version.parse("0.140.0")),
)
"""What `environmentInfo` of an exec-server's handshake has first had in which release: the newest
release that lacks the next thing (None: the newest of all). Its `executorVersion` names the release
itself, unless the build is an unreleased one (0.0.0)."""

_METADATA = frozenset({"isDirectory", "isFile", "createdAtMs"})
_EXEC_MARKS = (
    (_METADATA, "isSymlink", Version.parse("0.120.0")),
    (_METADATA, "size", Version.parse("0.135.0")),
)
"""Members that an answer has, one that it has not yet, and the newest release of which that is true."""

_UNRELEASED = Version(0, 0, 0)


class Origin(StrEnum):
    """Where a hint comes from."""

    USER_AGENT = "userAgent"
    CLI_VERSION = "cliVersion"
    EXEC_SERVER = "exec-server"
    EXECUTOR_VERSION = "executorVersion"
    NOTHING = ""


@dataclass(frozen=True, slots=True)
class Hint:
    """The release of the server, as far as known, and the line that says so.

    `userAgent`: the answer to `initialize`; `cliVersion`: what a thread says of who made it;
    `exec-server`: the recording is of the other protocol; `executorVersion`: its server's own word.
    """

    version: Version | None = None
    origin: Origin = Origin.NOTHING
    line: int = 1


def look(items: Iterator[Item]) -> tuple[list[Item], Hint, Iterator[Item]]:
    """Return the first items, what they say, and the iterator of the others."""
    first: list[Item] = []
    hints: dict[Origin, Hint] = {}
    for item in items:
        first.append(item)
        body = decode(item.data)[0] if isinstance(item, Entry) else None
        hint = _hint(item.line, body) if isinstance(body, dict) else None
        if hint is None and Origin.EXEC_SERVER in hints and isinstance(body, dict):
            hint = _mark(item.line, body.get("result"))
        if hint is not None and (hint.origin not in hints or hint.version is not None):
            hints[hint.origin] = hint
            if hint.version is not None and hint.origin in _FINAL:
                break
        if len(first) >= _LOOK_AHEAD:
            break
    best = next((hints[origin] for origin in _BEST_FIRST if origin in hints), Hint())
    return first, best, items


_BEST_FIRST = (
    Origin.USER_AGENT,
    Origin.EXECUTOR_VERSION,
    Origin.EXEC_SERVER,
    Origin.CLI_VERSION,
)


_FINAL = frozenset({Origin.USER_AGENT, Origin.EXECUTOR_VERSION})
"""What names the release itself; after the others there may be something better."""


def _hint(line: int, body: dict[str, Any]) -> Hint | None:
    result, params = body.get("result"), body.get("params")
    if version := server_version(result):
        return Hint(version, Origin.USER_AGENT, line)
    if _is_exec_server(body.get("method"), params):
        return Hint(None, Origin.EXEC_SERVER, line)
    if isinstance(result, dict) and "sessionId" in result and set(result) <= _EXEC_RESULT:
        info = result.get("environmentInfo")
        known = info if isinstance(info, dict) else {}
        release = _release(known.get("executorVersion"))
        if release is not None and release != _UNRELEASED:
            return Hint(release, Origin.EXECUTOR_VERSION, line)
        era = next(era for key, era in _EXEC_ERAS if not key or key in known)
        return Hint(era, Origin.EXEC_SERVER, line)
    return _made_by(line, result if isinstance(result, dict) else params)


_EXEC_RESULT = {"sessionId", "environmentInfo"}


def _mark(line: int, result: Any) -> Hint | None:
    """Return what an answer of an exec-server shows of a release whose handshake shows nothing."""
    if not isinstance(result, dict):
        return None
    for has, lacks, release in _EXEC_MARKS:
        if has <= result.keys() and lacks not in result:
            return Hint(release, Origin.EXEC_SERVER, line)
    return None


def _is_exec_server(method: object, params: Any) -> bool:
    if method == "initialize":
        return isinstance(params, dict) and "clientName" in params and "clientInfo" not in params
    return isinstance(method, str) and method in _EXEC_SERVER


def _made_by(line: int, payload: Any) -> Hint | None:
    thread = payload.get("thread") if isinstance(payload, dict) else None
    release = _release(thread.get("cliVersion")) if isinstance(thread, dict) else None
    return None if release is None else Hint(release, Origin.CLI_VERSION, line)


def _release(text: Any) -> Version | None:
    """Return the release that a text names; None for a value that names none."""
    try:
        return Version.parse(text)
    except (TypeError, ValueError):
        return None

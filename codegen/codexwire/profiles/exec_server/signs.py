"""How a recording shows that it is of an exec-server, and of which release."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codexwire.model.members import text_in
from codexwire.model.profile import Sign, Signs
from codexwire.version import Version

__all__ = ["SIGNS"]

_METHODS = frozenset(
    {
        "environmentConfig/read",
        "fs/canonicalize",
        "fs/close",
        "fs/open",
        "fs/readBlock",
        "fs/walk",
        "fs/watchMissing",
        "http/request",
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

_ERAS = (
    ("executorVersion", None),
    ("shell", Version.parse("0.150.0")),
    ("", Version.parse("0.140.0")),
)
"""Members that `environmentInfo` of a handshake may have, the newest first. The release beside one is the
newest whose handshake lacks the member of the row above. The first, `executorVersion`, names the release
itself, unless the build is an unreleased one (0.0.0)."""

_METADATA = frozenset({"isDirectory", "isFile", "createdAtMs"})
_MARKS = (
    (_METADATA, "isSymlink", Version.parse("0.120.0")),
    (_METADATA, "size", Version.parse("0.135.0")),
)
"""Members that an answer has, one that it lacks, and the newest release that answers so."""

_HANDSHAKE = {"sessionId", "environmentInfo"}
_UNRELEASED = Version(0, 0, 0)


def _of_message(message: Mapping[str, Any]) -> Sign | None:
    result = message.get("result")
    if _is_method(message.get("method"), message.get("params")):
        return Sign()
    if isinstance(result, dict) and "sessionId" in result and set(result) <= _HANDSHAKE:
        return _of_handshake(result.get("environmentInfo"))
    return None


def _is_method(method: object, params: Any) -> bool:
    if method == "initialize":
        return isinstance(params, dict) and "clientName" in params and "clientInfo" not in params
    return isinstance(method, str) and method in _METHODS


def _of_handshake(info: Any) -> Sign:
    known = info if isinstance(info, dict) else {}
    release = Version.read(text_in(known, "executorVersion"))
    if release is not None and release != _UNRELEASED:
        return Sign(release, exact=True)
    return Sign(next(era for key, era in _ERAS if not key or key in known))


def _of_answer(message: Mapping[str, Any]) -> Sign | None:
    """Return what an answer shows of a release whose handshake shows nothing."""
    result = message.get("result")
    if not isinstance(result, dict):
        return None
    for has, lacks, release in _MARKS:
        if has <= result.keys() and lacks not in result:
            return Sign(release)
    return None


SIGNS = Signs(_of_message, _of_answer)

"""Addresses and errors of file systems in words, without what must stay secret."""

from __future__ import annotations

import re
from collections.abc import Mapping

__all__ = ["has_user", "masked", "reason"]

_USER = re.compile(
    r"(?<=\w://)"
    r"(?:[^/\s@]*(?:@[^/\s@]*)*|(?![^/\s]*:\d*/)[^/\s@]*:[^\s@]*)"  # user:pass/word, too
    r"@"
)
_SIGNED = re.compile(
    r"((?:[?&#;]|%3f|%26)"
    r"(?:(?!%3d)[^=&#;\s])*?"
    r"(?:sig|token|key|cred|pass|pwd|secret|auth|jwt|hmac|hdn)"
    r"(?:(?!%3d|%26)[^=&#;\s])*"
    r"(?:=|%3d))"
    r"(?:(?!%26)[^&#;\s\"'])+",
    re.I,
)
_LONGEST_REASON = 300

_REFUSED = "access is refused"
_MISSING = "it is not there"
_REASONS: Mapping[type[BaseException], str] = {
    FileNotFoundError: _MISSING,
    PermissionError: _REFUSED,
    TimeoutError: "there was no answer in time",
}
_THROTTLED = "the storage asks for fewer requests"
_CODES: Mapping[str, str] = {
    "401": _REFUSED,
    "403": _REFUSED,
    "404": _MISSING,
    "429": _THROTTLED,
    "503": _THROTTLED,
    "RequestLimitExceeded": _THROTTLED,
    "ServiceUnavailable": _THROTTLED,
    "SlowDown": _THROTTLED,
    "Throttling": _THROTTLED,
    "ThrottlingException": _THROTTLED,
    "TooManyRequests": _THROTTLED,
    "TooManyRequestsException": _THROTTLED,
    "ExpiredToken": "the credentials have expired",
    "ExpiredTokenException": "the credentials have expired",
    "NoSuchBucket": "the bucket is not there",
}
"""Code of an error of S3, or status of HTTP → what it says."""


def has_user(address: str) -> bool:
    """Whether an address names a user, as it may with a password."""
    return _USER.search(address) is not None


def masked(address: str) -> str:
    """Return an address, or a text with some, without user names, passwords, signatures and keys."""
    return _SIGNED.sub(r"\1***", _USER.sub("***@", address))


def reason(error: BaseException) -> str:
    """Return why something could not be read, in one line."""
    code = _code(error)
    if text := _CODES.get(code):
        return text
    if not code and isinstance(error, FileNotFoundError) and error.__cause__ is not None:
        return reason(error.__cause__)  # what fsspec says of a web server that does not answer
    for kind, text in _REASONS.items():
        if isinstance(error, kind):
            return text
    if code:
        return f"the storage answers {code}"  # and what else it says may repeat what it was sent
    name = type(error).__name__
    if "Credential" in name or "Token" in name:
        return f"there are no credentials ({name})"  # its text may be what a program has printed
    told = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    line = masked(told.strip().partition("\n")[0])
    return line[:_LONGEST_REASON] or name


def _code(error: BaseException) -> str:
    """Return the code that a server gave, where the file system tells it."""
    for place in (error, error.__cause__):
        answer = getattr(place, "response", None)
        if isinstance(answer, Mapping) and isinstance(answer.get("Error"), Mapping):
            return str(answer["Error"].get("Code"))
    for name in ("status", "code"):
        if isinstance(status := getattr(error, name, None), int):
            return str(status)
    return ""

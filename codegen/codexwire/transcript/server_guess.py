"""What the start of a recording says about the server: its release, and which protocol it speaks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, TypeVar

from codexwire.profiles.table import PROFILES
from codexwire.transcript.entry import Entry
from codexwire.transcript.session.state import server_version
from codexwire.version import Version
from codexwire.wire import decode

__all__ = ["Origin", "ServerGuess", "sniff"]

_LOOK_AHEAD = 200
Kind = TypeVar("Kind")
_SIGNS = {p.source: p.signs for p in PROFILES if p.signs is not None}


class Origin(StrEnum):
    """Where a guess comes from."""

    USER_AGENT = "userAgent"
    CLI_VERSION = "cliVersion"
    SIGN = "sign"
    RELEASE = "release"
    NOTHING = ""


@dataclass(frozen=True, slots=True)
class ServerGuess:
    """The release of the server, as far as known, and the line that says so.

    `userAgent`: the answer to `initialize`; `cliVersion`: what a thread says of who made it; `sign`: the
    recording is of the protocol that schemas of `source` are about, and may show its age; `release`: its
    server's own word.
    """

    version: Version | None = None
    origin: Origin = Origin.NOTHING
    line: int = 1
    source: str = ""


def sniff(items: Iterator[Kind]) -> tuple[list[Kind], ServerGuess, Iterator[Kind]]:
    """Return the first items, what they say, and the iterator of the others."""
    first: list[Kind] = []
    found: dict[Origin, ServerGuess] = {}
    for item in items:
        first.append(item)
        guess = _of_entry(item, found) if isinstance(item, Entry) else None
        if guess is not None and (guess.origin not in found or guess.version is not None):
            found[guess.origin] = guess
            if guess.version is not None and guess.origin in _FINAL:
                break
        if len(first) >= _LOOK_AHEAD:
            break
    best = next((found[origin] for origin in _BEST_FIRST if origin in found), ServerGuess())
    return first, best, items


_BEST_FIRST = (Origin.USER_AGENT, Origin.RELEASE, Origin.SIGN, Origin.CLI_VERSION)


_FINAL = frozenset({Origin.USER_AGENT, Origin.RELEASE})
"""What names the release itself; after the others there may be something better."""


def _of_entry(entry: Entry, found: Mapping[Origin, ServerGuess]) -> ServerGuess | None:
    body, _ = decode(entry.data)
    if not isinstance(body, dict):
        return None
    guess = _guess(entry.line, body)
    if guess is None and Origin.SIGN in found:
        return _of_answer(entry.line, body, found[Origin.SIGN].source)
    return guess


def _guess(line: int, body: dict[str, Any]) -> ServerGuess | None:
    result, params = body.get("result"), body.get("params")
    if version := server_version(result):
        return ServerGuess(version, Origin.USER_AGENT, line)
    for source, signs in _SIGNS.items():
        if (sign := signs.of_message(body)) is not None:
            origin = Origin.RELEASE if sign.exact else Origin.SIGN
            return ServerGuess(sign.version, origin, line, source)
    return _made_by(line, result if isinstance(result, dict) else params)


def _of_answer(line: int, body: dict[str, Any], source: str) -> ServerGuess | None:
    sign = _SIGNS[source].of_answer(body)
    return None if sign is None else ServerGuess(sign.version, Origin.SIGN, line, source)


def _made_by(line: int, payload: Any) -> ServerGuess | None:
    thread = payload.get("thread") if isinstance(payload, dict) else None
    text = thread.get("cliVersion") if isinstance(thread, dict) else None
    release = Version.read(text) if isinstance(text, str) else None
    return None if release is None else ServerGuess(release, Origin.CLI_VERSION, line)

"""A recording decoded message by message: what was typed, what was kept raw, what drifted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import lru_cache
from types import ModuleType
from typing import Any, TypeAlias

from codexwire.direction import Side
from codexwire.model.exchange import Exchange
from codexwire.model.lines import name_of
from codexwire.model.message import MessageKind, RequestId
from codexwire.model.profile import Profile
from codexwire.model.session_message import SessionMessage
from codexwire.near import ALIKE, did_you_mean
from codexwire.runtime.decode import DecodeError, Mode
from codexwire.runtime.drift import Note, drift_notes
from codexwire.runtime.unknown import (
    Drift,
    UnknownLine,
    UnknownNotification,
    UnknownRequest,
    UnknownResult,
)
from codexwire.transcript.entry import Entry, FileIssue
from codexwire.transcript.formats.table import detect
from codexwire.transcript.quiet import Glance
from codexwire.transcript.source import LONGEST, OpenRecording
from codexwire.wire import Violation
from codexwire.wire import decode as parse

__all__ = ["Package", "Tally", "decode_recording"]

_UNKNOWN = (UnknownNotification, UnknownRequest, UnknownResult)
_KINDS = ("REQUEST", "NOTIFICATION")
_INDEX = re.compile(r"/\d+(?=/|\Z)")


@dataclass(slots=True)
class Tally:
    """What decoding came to, over any number of recordings.

    `messages` are JSON objects that were decoded, `lines` those of saved sessions and streams of events,
    `raw` those of either that no model fits, `errors` error answers, which have no model; `unread` parts of
    files that were not understood; `drift` counts notes, each with its sentence.
    """

    messages: int = 0
    lines: int = 0
    raw: int = 0
    errors: int = 0
    unread: int = 0
    drift: Counter[tuple[Note, str]] = field(default_factory=Counter)

    def add(self, note: Note, message: str) -> None:
        """Count a note."""
        self.drift[note, message] += 1


class _Asked:
    """The methods of the requests that wait for an answer, by connection, asking side and id."""

    def __init__(self) -> None:
        self._requests: Exchange[tuple[str, Side, RequestId], str] = Exchange()

    def of(self, message: SessionMessage, *, known: bool) -> str | None:
        """Return the method that an answer is to, and forget it; remember a request.

        Where the sender of an answer is not `known`, requests of the client come first.
        """
        if message.id is None:
            return None
        if message.kind is MessageKind.REQUEST:
            key = message.connection, message.sender, message.id
            self._requests.ask(key, message.method or "")
            return None
        for side in (message.sender.other,) if known else Side:
            asked = self._requests.take((message.connection, side, message.id))
            if asked is not None:
                return asked
        return None


Package: TypeAlias = "Callable[[Profile | None], ModuleType]"
"""The generated package for a protocol of lines, or (None) for messages; UsageError when there is none."""


def decode_recording(path: str, package: Package, mode: Mode, tally: Tally) -> None:
    """Decode every message or line of a recording with a generated package, and count what happens.

    Raises TranscriptError for a file that is no recording. What is wrong with a message is a note.
    """
    requests = _Asked()
    with OpenRecording(path) as source:
        format = detect(source)
        models = package(format.profile)
        items = format.quick(source, Glance()) if format.quick else format.read(source)
        for item in items:
            if isinstance(item, Entry) and format.profile is not None:
                _line(item, models, mode, tally, format.profile.nested)
            elif isinstance(item, Entry):
                _entry(item, models, mode, tally, requests)
            elif isinstance(item, FileIssue) and item.unread:
                _unread(tally, item.rule, item.message)
        for _ in source.too_long:
            _unread(tally, "long-line", f"a line of more than {LONGEST >> 20} MiB was passed over")
        if source.damage is not None:
            raise source.damage


def _unread(tally: Tally, rule: str, message: str) -> None:
    tally.unread += 1
    tally.add(Note("", "", f"transcript/{rule}"), message)


def _line(
    entry: Entry, package: ModuleType, mode: Mode, tally: Tally, nested: tuple[str, ...]
) -> None:
    body, broken = parse(entry.data)
    if broken is not None and not entry.complete and broken.rule == "envelope/json":
        return
    tally.lines += 1
    kind = name_of(body, nested)
    try:
        value: Any = package.decode_line(entry.data, mode=mode)
    except DecodeError as error:
        tally.add(Note(kind, _INDEX.sub("/*", error.pointer), error.rule), error.message)
        return
    tally.raw += isinstance(value, UnknownLine)
    for note in drift_notes(value, method=kind, part=""):
        tally.add(note, note.message)


def _entry(entry: Entry, package: ModuleType, mode: Mode, tally: Tally, requests: _Asked) -> None:
    message = _message(entry, package, tally)
    if message is None:
        return
    asked = requests.of(message, known=entry.sender is not None)
    if message.kind is MessageKind.ERROR:
        tally.errors += 1
        return
    if message.kind is MessageKind.RESPONSE and asked is None:
        tally.raw += 1
        tally.add(Note("", "", "unmatched-response"), "a result of no request in the recording")
        return
    part = "result" if message.kind is MessageKind.RESPONSE else "params"
    method = message.method or (asked or "")
    kind = part if part == "result" else message.kind.value
    if kind == "notification" and _lacks_id(method, message.sender, package):
        kind = "request"
        tally.add(Note(method, "", "envelope/request-id"), "the id is missing")
    decode = getattr(package, f"decode_{kind}")
    try:
        value: Any = decode(method, message.body.get(part), mode=mode)
    except DecodeError as error:
        tally.add(Note(method, _INDEX.sub("/*", error.pointer), error.rule), error.message)
        return
    tally.raw += isinstance(value, _UNKNOWN)
    for note in drift_notes(value, method=method, part=part):
        unknown = note.rule == Drift.UNKNOWN_METHOD
        tally.add(note, note.message + _meant(method, package) * unknown)


def _message(entry: Entry, package: ModuleType, tally: Tally) -> SessionMessage | None:
    """Return the message of an entry; None, counted, for what is none."""
    body, broken = parse(entry.data)
    if broken is None and not isinstance(body, dict):
        broken = Violation("envelope/object", "", "the message is no object")
    if broken is not None and not entry.complete and broken.rule == "envelope/json":
        return None  # who wrote the file was stopped, or is still writing
    if broken is not None:
        tally.add(Note("", "", broken.rule), broken.message)
        return None
    tally.messages += 1
    sender = entry.sender or _sender(body, package)
    message = SessionMessage.of(entry.line, entry.connection, sender, body)
    if message.kind is MessageKind.OTHER:
        tally.add(Note("", "", "envelope/kind"), "no method, no result and no error")
        return None
    return message


@lru_cache(1 << 10)
def _meant(method: str, package: ModuleType) -> str:
    """Return the question whether a method of the package was meant."""
    tables = (getattr(package, f"{s.name}_{kind}S", ()) for s in Side for kind in _KINDS)
    meant = did_you_mean(method, {name for table in tables for name in table}, like=ALIKE)
    return f" {meant[0].upper()}{meant[1:]}" if meant else ""


@lru_cache(1 << 10)
def _lacks_id(method: str, sender: Side, package: ModuleType) -> bool:
    """Whether what came as a notification is known as a request."""
    side = sender.name
    return method in getattr(package, f"{side}_REQUESTS") and method not in getattr(
        package, f"{side}_NOTIFICATIONS"
    )


def _sender(body: dict[str, Any], package: ModuleType) -> Side:
    """Return who sends this method: the client where its tables have it, else the server."""
    tables = (package.CLIENT_REQUESTS, package.CLIENT_NOTIFICATIONS)
    return Side.CLIENT if any(body.get("method") in table for table in tables) else Side.SERVER

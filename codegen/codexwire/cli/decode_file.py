"""A recording decoded message by message: what was typed, what was kept raw, what drifted."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

from codexwire.direction import Side
from codexwire.model.exchange import Exchange
from codexwire.model.message import MessageKind, RequestId
from codexwire.model.session_message import Message
from codexwire.runtime.decode import DecodeError, Mode
from codexwire.runtime.drift import Note, drift_notes
from codexwire.runtime.unknown import UnknownNotification, UnknownRequest, UnknownResult
from codexwire.transcript.entry import Entry
from codexwire.transcript.formats.table import detect
from codexwire.transcript.source import Source
from codexwire.wire import Violation
from codexwire.wire import decode as parse

__all__ = ["Tally", "decode_recording"]

_UNKNOWN = (UnknownNotification, UnknownRequest, UnknownResult)
_INDEX = re.compile(r"/\d+(?=/|\Z)")


@dataclass(slots=True)
class Tally:
    """What decoding came to, over any number of recordings.

    `messages` are JSON objects that were decoded, `raw` those of them that no model fits, `errors`
    error answers, which have no model; `drift` counts notes, each with its sentence.
    """

    messages: int = 0
    raw: int = 0
    errors: int = 0
    drift: Counter[tuple[Note, str]] = field(default_factory=Counter)

    def add(self, note: Note, message: str) -> None:
        """Count a note."""
        self.drift[note, message] += 1


class _Asked:
    """The methods of the requests that wait for an answer, by connection, asking side and id."""

    def __init__(self) -> None:
        self._requests: Exchange[tuple[str, Side, RequestId], str] = Exchange()

    def of(self, message: Message, *, known: bool) -> str | None:
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


def decode_recording(path: str, package: ModuleType, mode: Mode, tally: Tally) -> None:
    """Decode every message of a recording with a generated package, and count what happens.

    Raises TranscriptError for a file that is no recording. What is wrong with a message is a note.
    """
    requests = _Asked()
    with Source(path) as source:
        for item in detect(source).read(source):
            if isinstance(item, Entry):
                _entry(item, package, mode, tally, requests)
        if source.damage is not None:
            raise source.damage


def _entry(entry: Entry, package: ModuleType, mode: Mode, tally: Tally, requests: _Asked) -> None:
    body, broken = parse(entry.data)
    if broken is None and not isinstance(body, dict):
        broken = Violation("envelope/object", "", "the message is no object")
    if broken is not None:
        tally.add(Note("", "", broken.rule), broken.message)
        return
    tally.messages += 1
    sender = entry.sender or _sender(body, package)
    message = Message.of(entry.line, entry.connection, sender, body)
    if message.kind is MessageKind.OTHER:
        tally.add(Note("", "", "envelope/kind"), "no method, no result and no error")
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
    decode = getattr(package, f"decode_{part if part == 'result' else message.kind.value}")
    try:
        value: Any = decode(method, body.get(part), mode=mode)
    except DecodeError as error:
        tally.add(Note(method, _INDEX.sub("/*", error.pointer), error.rule), error.message)
        return
    tally.raw += isinstance(value, _UNKNOWN)
    for note in drift_notes(value, method=method, part=part):
        tally.add(note, note.message)


def _sender(body: dict[str, Any], package: ModuleType) -> Side:
    """Return who sends such a message, as far as its method tells."""
    tables = (package.CLIENT_REQUESTS, package.CLIENT_NOTIFICATIONS)
    return Side.CLIENT if any(body.get("method") in table for table in tables) else Side.SERVER

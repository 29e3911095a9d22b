"""What a transcript format is, and the first lines of a file, by which it is recognized."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import msgspec

from codexwire.direction import Side
from codexwire.model.profile import Profile
from codexwire.transcript.entry import Entry, TranscriptItem, unread
from codexwire.transcript.quiet import Glance, Glanced
from codexwire.transcript.source import OpenRecording
from codexwire.wire import decode

__all__ = [
    "BOM",
    "Fields",
    "Foreign",
    "Format",
    "Sample",
    "fields_of",
    "message_in_log",
    "string_member",
]

BOM = b"\xef\xbb\xbf"
_LINES = 200
_DECODE = msgspec.json.Decoder(dict[str, msgspec.Raw])
_UNDECODABLE = (msgspec.DecodeError, RecursionError, UnicodeDecodeError)
_SCAN = json.JSONDecoder(parse_int=str).raw_decode  # where a value ends; long integers stay text
_GAP = re.compile(r"[\s,:]*")

Fields: TypeAlias = Mapping[str, msgspec.Raw]
"""The top-level members of a JSON object, each still JSON text."""


class Sample:
    """The start of a file: raw bytes, lines, and the lines that are JSON objects."""

    def __init__(self, source: OpenRecording) -> None:
        self._source = source

    @property
    def head(self) -> bytes:
        """The first 64 KiB, without a byte order mark."""
        return self._source.head.removeprefix(BOM)

    @cached_property
    def lines(self) -> tuple[bytes, ...]:
        """The first lines that are not blank, stripped; all of them complete."""
        self._source.complete_first_line()
        found = self.head.split(b"\n")
        if len(found) > 1 and not self.head.endswith(b"\n"):
            found.pop()
        return tuple(line.strip() for line in found if line.strip())[:_LINES]

    @cached_property
    def objects(self) -> tuple[Fields, ...]:
        """The lines that are JSON objects."""
        return tuple(found for line in self.lines if (found := fields_of(line)) is not None)

    def any_line(self, pattern: re.Pattern[bytes]) -> bool:
        """Whether some line matches from its start."""
        return any(pattern.match(line) for line in self.lines)


@dataclass(frozen=True, slots=True)
class Format:
    """One transcript format.

    `matches(sample)` tells whether a file is one; `read(source)` yields its messages, lazily. Where it
    `is_document`, its lines are parts of JSON, not JSON. The entries of a file of lines are lines of the
    protocol of `profile`, and no messages. `quick(source, glance)` yields the same as `read`, but for
    records that `glance` finds to be valid. `suffixes` are what its files alone end with.
    """

    id: str
    title: str
    matches: Callable[[Sample], bool]
    read: Callable[[OpenRecording], Iterator[TranscriptItem]]
    is_document: bool = False
    profile: Profile | None = None
    quick: Callable[[OpenRecording, Glance], Iterator[Glanced]] | None = None
    suffixes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Foreign:
    """A file that people take for a transcript and that is none: what it is, and what to do.

    `name` is what it is always called, if it is.
    """

    id: str
    title: str
    hint: str
    matches: Callable[[Sample], bool]
    name: str = ""


def fields_of(line: bytes) -> Fields | None:
    """Return the members of the JSON object that a line is; None when it is none."""
    if not line.startswith(b"{"):
        return None
    try:
        return _DECODE.decode(line)
    except _UNDECODABLE:
        return _fields_by_scan(line)


def _fields_by_scan(line: bytes) -> Fields | None:
    """Return the members of JSON that msgspec refuses: lone surrogates, numbers beyond a double."""
    if decode(line)[1] is not None:
        return None
    text, fields = line.decode(), {}
    at = _past_gap(text, 1)
    while not text.startswith("}", at):
        key, end = _SCAN(text, at)
        start = _past_gap(text, end)
        _, end = _SCAN(text, start)
        fields[key] = msgspec.Raw(text[start:end].encode())
        at = _past_gap(text, end)
    return fields


def _past_gap(text: str, at: int) -> int:
    gap = _GAP.match(text, at)
    return gap.end() if gap else at


def string_member(raw: msgspec.Raw | None) -> str | None:
    """Return the string that a member is; None when it is absent or something else."""
    text = b"" if raw is None else bytes(raw)
    value = decode(text)[0] if text.startswith(b'"') else None
    return value if isinstance(value, str) else None


def message_in_log(
    line: int, text: bytes, sender: Side, *, complete: bool = True
) -> TranscriptItem:
    """Return a message that a log shows; where its text is no JSON, the log is damaged."""
    if complete and decode(text)[1] is not None:
        return unread(line, "the text of the message is no JSON", sender)
    return Entry(line, text, sender, complete=complete)

"""JSON documents that hold messages: an array of them, a bundle with arrays of them, or one after another.

The messages may be raw or tagged with a direction, and the layout is free. What is neither a message
nor holds one is not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

import msgspec

from codexwire.location import join_pointer
from codexwire.transcript.entry import Entry, LineInDocument, TranscriptItem, unread
from codexwire.transcript.formats.format import Fields, Format, Sample, fields_of
from codexwire.transcript.formats.json_window import JsonWindow
from codexwire.transcript.formats.raw import is_message
from codexwire.transcript.formats.wrapped import Unwrapped, is_wrapped, item_of, with_senders
from codexwire.transcript.source import OpenRecording

__all__ = ["FORMAT"]

_ARRAY = re.compile(rb"\s*\[\s*[\[{\]]")
_SPREAD_OBJECT = re.compile(rb"\s*\{\s*\n")
_LIST = msgspec.json.Decoder(list[msgspec.Raw])


def matches(sample: Sample) -> bool:
    """Whether the file is an array, an object over several lines, or one object that holds messages."""
    if _ARRAY.match(sample.head) or _SPREAD_OBJECT.match(sample.head):
        return True
    return len(sample.lines) == 1 and any(
        not is_message(fields)
        and not is_wrapped(fields)
        and any(_in_object(_At(1, ""), sample.lines[0], fields))
        for fields in sample.objects
    )


def read(source: OpenRecording) -> Iterator[TranscriptItem]:
    """Yield the messages in the order in which they stand."""
    return with_senders(_read(source))


def _read(source: OpenRecording) -> Iterator[Unwrapped]:
    window = JsonWindow(source)
    is_array = _ARRAY.match(source.head) is not None
    if is_array:
        window.token()
    for number, text in enumerate(iter(window.element, None)):
        yield from _found(_At(window.line, f"/{number}" if is_array else ""), text)
    if window.cut or is_array is not window.closed:
        yield unread(window.line, "the document is cut short or damaged"), None
    elif is_array and window.element() is not None:
        yield unread(window.line, "there is more after the end of the array"), None


class _At(NamedTuple):
    """Where a value stands: its line, and its JSON pointer in the document."""

    start: int
    pointer: str

    @property
    def line(self) -> int:
        return LineInDocument(self.start, self.pointer) if self.pointer else self.start

    def inside(self, text: bytes, values: Iterable[tuple[str | int, Any]]) -> Iterator[_Value]:
        """Yield the place and the text of values in the text of this one, in their order."""
        offset = 0
        for key, value in values:
            inner = bytes(value)
            offset = text.index(inner, offset)
            start = self.start + text.count(b"\n", 0, offset)
            yield _At(start, self.pointer + join_pointer([key])), inner
            offset += len(inner)


_Value = tuple[_At, bytes]


def _found(at: _At, text: bytes) -> Iterator[Unwrapped]:
    """Yield the message that a value is, or those that it holds."""
    fields = fields_of(text)
    if fields is None:
        yield unread(at.line, "the value is no message"), None
    else:
        held = list(_in_object(at, text, fields))
        yield from held or [(unread(at.line, "the object holds no message"), None)]


def _in_object(at: _At, text: bytes, fields: Fields) -> Iterator[Unwrapped]:
    """Yield the message that an object is, or those that it holds."""
    if is_wrapped(fields):
        yield item_of(at.line, fields)
    elif is_message(fields):
        yield Entry(at.line, text), None
    else:
        for place, value in at.inside(text, fields.items()):
            yield from _in_value(place, value)


def _in_value(at: _At, text: bytes) -> Iterator[Unwrapped]:
    if text.startswith(b"["):
        for place, value in at.inside(text, enumerate(_LIST.decode(text))):
            yield from _in_value(place, value)
    elif (fields := fields_of(text)) is not None:
        yield from _in_object(at, text, fields)


FORMAT = Format("document", "JSON array or bundle of messages", matches, read, is_document=True)

"""JSON documents that hold messages: an array of them, a bundle with arrays of them, or one after another.

The messages may be raw or tagged with a direction, and the layout is free. What is neither a message
nor holds one is not understood.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

import msgspec

from codexwire.transcript.entry import Entry, Item, unread
from codexwire.transcript.formats.format import Fields, Format, Sample, fields_of
from codexwire.transcript.formats.json_window import JsonWindow
from codexwire.transcript.formats.raw import is_message
from codexwire.transcript.formats.wrapped import Unwrapped, is_wrapped, item_of, with_senders
from codexwire.transcript.source import Source

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
        and any(_inside(1, sample.lines[0], fields))
        for fields in sample.objects
    )


def read(source: Source) -> Iterator[Item]:
    """Yield the messages in the order in which they stand."""
    return with_senders(_read(source))


def _read(source: Source) -> Iterator[Unwrapped]:
    window = JsonWindow(source)
    is_array = _ARRAY.match(source.head) is not None
    if is_array:
        window.token()
    while (text := window.element()) is not None:
        yield from _found(window.line, text)
    if window.cut or is_array is not window.closed:
        yield unread(window.line, "the document is cut short or damaged"), None
    elif is_array and window.element() is not None:
        yield unread(window.line, "there is more after the end of the array"), None


def _found(line: int, text: bytes) -> Iterator[Unwrapped]:
    """Yield the message that a value is, or those that it holds."""
    fields = fields_of(text)
    if fields is None:
        yield unread(line, "the value is no message"), None
    elif is_wrapped(fields):
        yield item_of(line, fields)
    elif is_message(fields):
        yield Entry(line, text), None
    else:
        held = list(_inside(line, text, fields))
        yield from held or [(unread(line, "the object holds no message"), None)]


def _inside(line: int, text: bytes, fields: Fields) -> Iterator[Unwrapped]:
    """Yield the messages in an object that is none."""
    at = 0
    for value in fields.values():
        inner = bytes(value)
        at = text.index(inner, at)
        yield from _in_value(line + text.count(b"\n", 0, at), inner)
        at += len(inner)


def _in_value(line: int, text: bytes) -> Iterator[Unwrapped]:
    if text.startswith(b"["):
        at = 0
        for value in _LIST.decode(text):
            inner = bytes(value)
            at = text.index(inner, at)
            yield from _in_value(line + text.count(b"\n", 0, at), inner)
            at += len(inner)
    elif (fields := fields_of(text)) is not None:
        if is_wrapped(fields):
            yield item_of(line, fields)
        elif is_message(fields):
            yield Entry(line, text), None
        else:
            yield from _inside(line, text, fields)


FORMAT = Format("document", "JSON array or bundle of messages", matches, read)

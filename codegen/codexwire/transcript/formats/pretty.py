"""What codex's own test client prints: messages as indented JSON, `> ` sent and `< ` received.

Every line of a message has the prefix. Between messages stand lines of prose, some of them with the
same prefix (`< turn/started notification: InProgress`); they are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.transcript.entry import Entry, Item, Oddity
from codexwire.transcript.formats.format import Format, Sample
from codexwire.transcript.source import Source

__all__ = ["FORMAT"]

_OPENING = re.compile(rb"[<>] \{\}?\s*\Z")
_SENDERS = {b">": Side.CLIENT, b"<": Side.SERVER}


def matches(sample: Sample) -> bool:
    """Whether a line opens a message."""
    return sample.any_line(_OPENING)


def read(source: Source) -> Iterator[Item]:
    """Yield the messages, each with the line that it starts on."""
    start, block = 0, list[bytes]()
    for number, line in source.lines():
        text = line.rstrip()
        if _OPENING.match(text) or (block and text[:1] != block[0][:1]):
            if block:
                yield _cut(start, block)
            start, block = number, [text] if _OPENING.match(text) else []
        elif block:
            block.append(text)
        if block and text[2:] in (b"}", b"{}"):
            yield Entry(start, b"\n".join(part[2:] for part in block), _SENDERS[text[:1]])
            block = []
    if block:
        yield _cut(start, block)


def _cut(start: int, block: list[bytes]) -> Oddity:
    sender = _SENDERS[block[0][:1]]
    return Oddity(start, "truncated", Level.WARNING, "the message is cut short", sender)


FORMAT = Format("pretty", "messages as indented JSON behind < and >", matches, read)

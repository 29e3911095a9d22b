"""What codex's own test client prints: messages as indented JSON, `> ` sent and `< ` received.

Every line of a message has the prefix. Between messages stand lines of prose, some of them with the
same prefix (`< turn/started notification: InProgress`); they are passed over. The text of an answer is
printed as it comes, without a line end, so that a message may begin amid a line: `Hel< {`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.transcript.entry import FileIssue, TranscriptItem, unread
from codexwire.transcript.formats.format import Format, Sample, message_in_log
from codexwire.transcript.source import OpenRecording

__all__ = ["FORMAT"]

_OPENING = re.compile(rb"(?P<prose>.*?)(?P<sign>[<>]) (?P<json>\{\}?)\s*\Z", re.DOTALL)
_FIRST = re.compile(rb"[<>] \{\}?\s*\Z")
_SENDERS = {b">": Side.CLIENT, b"<": Side.SERVER}


def matches(sample: Sample) -> bool:
    """Whether a line opens a message."""
    return sample.any_line(_FIRST)


def read(source: OpenRecording) -> Iterator[TranscriptItem]:
    """Yield the messages, each with the line that it starts on."""
    start, sign, block, amid = 0, b"", list[bytes](), False
    for number, line in source.lines():
        text = line.rstrip()
        if block and text[:1] == sign and not _FIRST.match(text):
            block.append(text[2:])
        else:
            if block and not (amid and len(block) == 1):  # else it was prose that ends like one
                yield unread(start, "the message is cut short", _SENDERS[sign])
            opening = _OPENING.match(text)
            block = [opening["json"]] if opening else []
            if opening:
                start, sign, amid = number, opening["sign"], bool(opening["prose"])
        if block and block[-1] in (b"}", b"{}"):
            yield message_in_log(start, b"\n".join(block), _SENDERS[sign])
            block = []
    if block:
        yield FileIssue(
            start, "truncated", Level.WARNING, "the message is cut short", _SENDERS[sign]
        )


FORMAT = Format("pretty", "messages as indented JSON behind < and >", matches, read)

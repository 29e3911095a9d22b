"""Trace lines of a client: `[jsonrpc ->] {…}` for what it sent, `[jsonrpc <-] {…}` for what it got.

They stand among the client's other log lines, which are passed over.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from codexwire.direction import Side
from codexwire.transcript.entry import TranscriptItem
from codexwire.transcript.formats.format import Format, Sample, message_in_log
from codexwire.transcript.source import OpenRecording

__all__ = ["FORMAT"]

_LINE = re.compile(rb"[^{]{0,200}?\[jsonrpc (<-|->)\][ \t]*(.*)", re.DOTALL)


def matches(sample: Sample) -> bool:
    """Whether a line has the prefix."""
    return sample.any_line(_LINE)


def read(source: OpenRecording) -> Iterator[TranscriptItem]:
    """Yield the messages of the trace lines."""
    for number, line in source.lines():
        found = _LINE.match(line)
        if found:
            sender = Side.CLIENT if found[1] == b"->" else Side.SERVER
            complete = line.endswith(b"\n")
            yield message_in_log(number, found[2].strip(), sender, complete=complete)


FORMAT = Format("jsonrpc-trace", "[jsonrpc <-] trace lines", matches, read, suffixes=(".trace",))

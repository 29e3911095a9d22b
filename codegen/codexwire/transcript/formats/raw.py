"""Raw NDJSON: what went over the pipe, one message a line, of one direction or of both.

Nothing says who sent a message; `codexwire.transcript.senders` infers it.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.transcript.entry import Entry, FileIssue, TranscriptItem
from codexwire.transcript.formats.format import Fields, Format, Sample
from codexwire.transcript.formats.lines import records
from codexwire.transcript.source import OpenRecording

__all__ = ["FORMAT", "is_message"]


def is_message(fields: Fields) -> bool:
    """Whether the members of an object are those of a JSON-RPC message."""
    return "method" in fields or ("id" in fields and ("result" in fields or "error" in fields))


def matches(sample: Sample) -> bool:
    """Whether a line is a JSON-RPC message."""
    return any(map(is_message, sample.objects))


def read(source: OpenRecording) -> Iterator[TranscriptItem]:
    """Yield every line as a message of an unknown sender."""
    for record in records(source):
        if isinstance(record, FileIssue):
            yield record
            continue
        line, text, complete = record
        yield Entry(line, text, complete=complete)


FORMAT = Format("raw", "raw NDJSON", matches, read)

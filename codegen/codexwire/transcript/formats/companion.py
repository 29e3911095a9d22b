"""The companion recorder: a header line, then `{ts, dir: in|out, raw: "<JSON>", ch: cli|browser}`.

Only the `cli` channel is the app-server's; the `browser` channel is the recorder's own protocol.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.errors import TranscriptError
from codexwire.location import Location
from codexwire.transcript.entry import TranscriptItem
from codexwire.transcript.formats.format import (
    BOM,
    Fields,
    Format,
    Sample,
    fields_of,
    string_member,
)
from codexwire.transcript.formats.wrapped import read_wrapped
from codexwire.transcript.source import OpenRecording

__all__ = ["FORMAT"]


def matches(sample: Sample) -> bool:
    """Whether a line is the header."""
    return any(map(_is_header, sample.objects))


def read(source: OpenRecording) -> Iterator[TranscriptItem]:
    """Yield the messages of the `cli` channel; TranscriptError for a session of another agent."""
    header = fields_of(source.head.removeprefix(BOM).partition(b"\n")[0].strip())
    backend = string_member((header or {}).get("backend_type"))
    if backend is not None and backend != "codex":
        raise TranscriptError(
            "a companion recording of another agent than codex", location=Location(source.name, 1)
        )
    return read_wrapped(source, skip=_is_not_app_server)


def _is_header(fields: Fields) -> bool:
    return bytes(fields.get("_header", b"")) == b"true"


def _is_not_app_server(fields: Fields) -> bool:
    return _is_header(fields) or string_member(fields.get("ch")) == "browser"


FORMAT = Format("companion", "companion recording", matches, read)

"""The table of transcript formats, in the order in which they are tried."""

from __future__ import annotations

from codexwire.errors import TranscriptError
from codexwire.location import Location
from codexwire.transcript.formats import (
    companion,
    document,
    har,
    jsonrpc_trace,
    lsp,
    of_lines,
    pretty,
    raw,
    recording,
    tagged,
)
from codexwire.transcript.formats.foreign import FOREIGN
from codexwire.transcript.formats.format import Format, Sample
from codexwire.transcript.source import OpenRecording

__all__ = ["FORMATS", "detect"]

FORMATS: tuple[Format, ...] = (
    har.FORMAT,
    document.FORMAT,
    companion.FORMAT,
    lsp.FORMAT,
    recording.FORMAT,
    tagged.FORMAT,
    jsonrpc_trace.FORMAT,
    pretty.FORMAT,
    raw.FORMAT,
    *of_lines.FORMATS,
)


def detect(source: OpenRecording) -> Format:
    """Return the format of an open recording, told by its first lines.

    Raises TranscriptError for an empty file, for a known file of another kind, and for anything else.
    """
    where, sample = Location(source.name), Sample(source)
    if not sample.head.strip():
        raise TranscriptError("the file is empty", location=where, hint="was anything recorded?")
    for format in FORMATS:
        if format.matches(sample):
            return format
    for foreign in FOREIGN:
        if foreign.matches(sample):
            raise TranscriptError(f"this is {foreign.title}", location=where, hint=foreign.hint)
    raise TranscriptError(
        "no known transcript format",
        location=where,
        hint=f"known: {', '.join(f.title for f in FORMATS)}",
    )

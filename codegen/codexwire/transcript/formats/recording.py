"""codexwire's own recordings: `{"ts", "dir": "client"|"server", "conn"?, "msg"|"raw"|"event"}`.

`raw` stands in place of `msg` for a line that is not JSON; `event: "closed"` ends a connection.
"""

from __future__ import annotations

from codexwire.transcript.formats.format import Fields, Format, Sample, string_member
from codexwire.transcript.formats.wrapped import read_quickly, read_wrapped

__all__ = ["FORMAT"]


def matches(sample: Sample) -> bool:
    """Whether a line has the members of a record."""
    return any(map(_is_record, sample.objects))


def _is_record(fields: Fields) -> bool:
    return (
        "ts" in fields
        and string_member(fields.get("dir")) in ("client", "server")
        and bool({"msg", "raw", "event"} & fields.keys())
    )


FORMAT = Format("recording", "codexwire recording", matches, read_wrapped, quick=read_quickly)

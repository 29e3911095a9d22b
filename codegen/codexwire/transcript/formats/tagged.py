"""Objects that tag a message with its direction, as many recorders and proxies write them."""

from __future__ import annotations

from codexwire.transcript.formats.format import Format, Sample
from codexwire.transcript.formats.wrapped import is_wrapped, read_wrapped

__all__ = ["FORMAT"]


def matches(sample: Sample) -> bool:
    """Whether a line is an object with a direction and a message."""
    return any(map(is_wrapped, sample.objects))


FORMAT = Format("tagged", "messages tagged with a direction", matches, read_wrapped)

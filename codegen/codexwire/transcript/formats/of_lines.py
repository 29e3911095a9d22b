"""Files of lines that are no messages: a format for each protocol of lines, told by its profile."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.model.lines import Lines
from codexwire.model.profile import Profile
from codexwire.profiles.table import PROFILES
from codexwire.transcript.entry import Entry, FileIssue, TranscriptItem, unread
from codexwire.transcript.formats.format import Fields, Format, Sample, fields_of, string_member
from codexwire.transcript.formats.lines import records
from codexwire.transcript.source import OpenRecording

__all__ = ["FORMATS"]


def _format(profile: Profile, lines: Lines) -> Format:
    def matches(sample: Sample) -> bool:
        return any(_is_line(lines, fields) for fields in sample.objects)

    return Format(profile.source, lines.title, matches, _read, profile=profile)


def _is_line(lines: Lines, fields: Fields) -> bool:
    tags = {name: text for name in fields if (text := string_member(fields[name])) is not None}
    return lines.is_line(tags, frozenset(fields))


def _read(source: OpenRecording) -> Iterator[TranscriptItem]:
    """Yield every line that is a JSON object; another one inside the file is not understood."""
    for record in records(source):
        if isinstance(record, FileIssue):
            yield record
            continue
        line, text, complete = record
        if complete and fields_of(text) is None:
            yield unread(line, "the line is no JSON object")
        else:
            yield Entry(line, text, complete=complete)


FORMATS = tuple(_format(profile, profile.lines) for profile in PROFILES if profile.lines)
"""In the order of the profiles."""

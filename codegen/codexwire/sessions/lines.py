"""The lines of a saved session as JSON objects; what cannot be read is noted and passed over."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from codexwire.model.message import Json, LineError, parse
from codexwire.sessions.model import Note, Place
from codexwire.transcript.entry import Entry, FileIssue, TranscriptItem
from codexwire.transcript.source import OpenRecording

__all__ = ["Json", "Notes", "objects"]


class Notes:
    """What is odd about a file, each kind once with its count, and its lines of unknown type."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.unknown: Counter[str] = Counter()
        self.lines = 0
        self._texts: dict[str, Note] = {}
        self._counts: Counter[str] = Counter()

    def add(self, rule: str, text: str, line: int) -> None:
        """Take a note; of a rule that has one already, only the count."""
        self._counts[rule] += 1
        if rule not in self._texts:
            self._texts[rule] = Note(rule, text, Place(self.file, int(line)))

    def take_in(self, source: OpenRecording) -> None:
        """Take a note of what of a file could not be read, once it was read to its end."""
        for number in source.too_long:
            self.add("unread", "the line is too long to be read", number)
        if source.damage is not None:
            self.add("damaged", source.damage.message, self.lines + 1)

    def __iter__(self) -> Iterator[Note]:
        for rule, note in self._texts.items():
            yield Note(rule, note.text, note.place, self._counts[rule])


def objects(
    items: Iterable[TranscriptItem],
    notes: Notes,
    parse: Callable[[bytes], Any] = parse,
    *,
    broken: str = "unread",
) -> Iterator[tuple[Entry, Json]]:
    """Yield what a format's reader yields of a file with its JSON object, as `parse` reads it.

    A last line that is cut short may still be being written; any other that is no object is passed
    over with a note of the rule `broken`.
    """
    for item in items:
        notes.lines = max(notes.lines, int(item.line))
        if isinstance(item, Entry):
            value = _value(item.data, parse)
            if isinstance(value, dict):
                yield item, value
            elif item.complete:
                notes.add(broken, "no JSON object", item.line)
            else:
                text = "the last line is cut short: the file may be being written"
                notes.add("torn", text, item.line)
        elif isinstance(item, FileIssue) and item.unread:
            notes.add("unread", item.message, item.line)


def _value(text: bytes, parse: Callable[[bytes], Any]) -> Any:
    try:
        return parse(text)
    except LineError:
        return None

"""The lines of a saved session as JSON objects; what cannot be read is noted and passed over."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

from codexwire.model.message import LineError, parse
from codexwire.sessions.model import Note, Place
from codexwire.transcript.source import Source

__all__ = ["Json", "Notes", "Twice", "objects", "read_twice"]

Json = dict[str, Any]


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
            self._texts[rule] = Note(rule, text, Place(self.file, line))

    def __iter__(self) -> Iterator[Note]:
        for rule, note in self._texts.items():
            yield Note(rule, note.text, note.place, self._counts[rule])


class Twice(Json):
    """An object in which keys come twice: it has the first values, and `again` the later ones."""

    again: list[tuple[str, Any]]


def read_twice(pairs: list[tuple[str, Any]]) -> Json:
    """Return the object of some members, without losing any; for `json.loads`."""
    found = dict(reversed(pairs))
    if len(found) == len(pairs):
        return dict(pairs)
    kept = Twice(found)
    seen: set[str] = set()
    kept.again = [p for p in pairs if p[0] in seen or seen.add(p[0])]  # type: ignore[func-returns-value]
    return kept


def objects(source: Source, notes: Notes, *, twice: bool = False) -> Iterator[tuple[int, Json]]:
    """Yield the number and the object of each line; with `twice`, keys that come twice are kept.

    A last line that is cut short may still be being written; any other that is no object is passed
    over with a note.
    """
    for number, line in source.lines():
        notes.lines += 1
        value = _value(line, twice)
        if isinstance(value, dict):
            yield number, value
        elif not line.endswith(b"\n"):
            notes.add("torn", "the last line is cut short: the file may be being written", number)
        elif line.strip():
            notes.add("unread", "the line is no JSON object", number)
    for number in source.too_long:
        notes.add("unread", "the line is too long to be read", number)
    if source.damage is not None:
        notes.add("damaged", source.damage.message, notes.lines + 1)


def _value(line: bytes, twice: bool) -> Any:
    try:
        return json.loads(line, object_pairs_hook=read_twice) if twice else parse(line)
    except (LineError, ValueError, RecursionError):
        return None

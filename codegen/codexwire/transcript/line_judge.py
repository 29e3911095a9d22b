"""One file of lines from bytes to findings: read, decode, judge by several releases, fold, check."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from codexwire.finding import Level
from codexwire.location import join_pointer
from codexwire.model.lines import LineCheck, Lines, name_of
from codexwire.model.profile import Profile, profile_of
from codexwire.model.repeated import first_values, parse_repeated, repeats
from codexwire.model.session_check import CheckNote
from codexwire.transcript.coverage import Coverage
from codexwire.transcript.entry import Entry, FileIssue, TranscriptItem, unread
from codexwire.transcript.judgement import Judgement, JudgeOptions
from codexwire.transcript.ladder import Climb, Ladder, LineJudgement, LineVerdict
from codexwire.version import Version
from codexwire.wire import decode

__all__ = ["judge_lines"]

_LOOK_AHEAD = 50
_TYPES_COUNTED = 1000
_NOTES = {
    LineVerdict.UNKNOWN_TYPE: "no release that is known has this type of line: it is not checked",
    LineVerdict.UNKNOWN_VALUE: "no release that is known lists this value: any is accepted",
    LineVerdict.UNDECLARED: "no release that is known declares this member: any is accepted",
}


def judge_lines(
    items: Iterable[TranscriptItem],
    judgement: Judgement,
    profile: Profile,
    climb: Climb,
    options: JudgeOptions,
) -> None:
    """Add the findings about the lines of a file to `judgement`; CodexwireError without a schema."""
    assert profile.lines is not None
    first, version, rest = _look(iter(items), profile.lines)
    ladder = climb(profile, version)
    judgement.what = "line"
    judgement.made_by = None if version is None else str(version)
    judgement.schema = ladder.releases[0]
    judgement.project_rules = ladder.project_rules
    if ladder.remark:
        judgement.add("transcript/schema-version", Level.WARNING, 1, ladder.remark)
    _Pass(judgement, profile.lines, ladder, options).run(chain(first, rest))


def _look(
    items: Iterator[TranscriptItem], lines: Lines
) -> tuple[list[TranscriptItem], Version | None, Iterator[TranscriptItem]]:
    """Return the first items, the release that made the file, and the iterator of the others."""
    first: list[TranscriptItem] = []
    if lines.release is None:
        return first, None, items
    for item in items:
        first.append(item)
        body = decode(item.data)[0] if isinstance(item, Entry) else None
        version = lines.release(body) if isinstance(body, dict) else None
        if version is not None or len(first) >= _LOOK_AHEAD:
            return first, version, items
    return first, None, items


class _Pass:
    """The pass over the lines of one file."""

    def __init__(
        self, judgement: Judgement, lines: Lines, ladder: Ladder, options: JudgeOptions
    ) -> None:
        self.judgement, self.lines, self.ladder = judgement, lines, ladder
        self.nested = profile_of(ladder.own.protocol).nested
        self.show_values = options.show_values
        self.state = lines.begin()
        self.repeated = _Repeated()
        self.coverage = Coverage(ladder.own.protocol) if options.coverage else None

    def run(self, items: Iterable[TranscriptItem]) -> None:
        """Judge every line, then what is left open."""
        for item in items:
            if isinstance(item, FileIssue):
                self.judgement.add_issue(item)
            elif isinstance(item, Entry):
                self._entry(item)
        for note in self.repeated.notes():
            self._add("lines/repeated-key", Level.INFO, *note)
        for check in self.lines.checks:
            if check.at_end is not None:
                self._notes(check, check.at_end(self.state), "")
        self.judgement.understood = self.lines.understood(self.state)
        if self.coverage is not None:
            self.judgement.seen = frozenset(self.coverage.seen)

    def _entry(self, entry: Entry) -> None:
        body, broken = decode(entry.data)
        if broken is not None and not entry.complete:
            text = "the last line is cut short: the file may be being written"
            self.judgement.add("transcript/truncated", Level.WARNING, entry.line, text)
        elif isinstance(body, dict):
            again = self.lines.repeats
            self._line(entry, self.repeated.without(entry, self.nested) if again else body)
        else:
            text = "the line is no JSON object" if broken is None else broken.message
            self.judgement.add_issue(unread(entry.line, text))

    def _line(self, entry: Entry, body: Mapping[str, Any]) -> None:
        kind = name_of(body, self.nested)
        self.judgement.messages += 1
        found = self.ladder.judge(body, show_values=self.show_values)
        self._verdict(found, entry.line, kind)
        for check in self.lines.checks:
            if check.on_line is not None:
                self._notes(check, check.on_line(self.state, entry.line, body), kind)
        self.lines.advance(self.state, entry.line, body)
        if self.coverage is not None:
            self.coverage.line(body)

    def _verdict(self, found: LineJudgement, line: int, kind: str) -> None:
        judgement = self.judgement
        if found.verdict in (LineVerdict.VALID, LineVerdict.UNDECLARED):
            judgement.releases[found.release] += 1
        if found.verdict is LineVerdict.UNKNOWN_TYPE:
            types = judgement.unknown_types
            types[kind if len(types) < _TYPES_COUNTED or kind in types else "others"] += 1
        judgement.unchecked += self.ladder.is_newer or found.verdict in _NOTES
        if found.verdict in _NOTES:
            for pointer in found.pointers:
                text = _NOTES[found.verdict]
                self._add(f"lines/{found.verdict}", Level.INFO, line, text, kind, pointer)
        elif found.verdict is LineVerdict.REFUSED:
            level = Level.INFO if self.ladder.is_newer else Level.ERROR
            for violation in found.violations:
                self._add(violation.rule, level, line, violation.message, kind, violation.pointer)

    def _notes(self, check: LineCheck, notes: Iterable[CheckNote], kind: str) -> None:
        for note in notes:
            self._add(check.rule, note.level, note.line, note.message, kind, None)

    def _add(
        self, rule: str, level: Level, line: int, text: str, kind: str, pointer: str | None
    ) -> None:
        self.judgement.add(rule, level, line, text, pointer=pointer, method=kind or None)


@dataclass(slots=True)
class _Repeated:
    """The keys that come twice in objects of a file: the first line that has some, and how many do."""

    lines: int = 0
    first: list[tuple[int, str, str]] = field(default_factory=list)

    def without(self, entry: Entry, nested: tuple[str, ...]) -> Any:
        """Return the value of a line, with the first value of each key."""
        value = parse_repeated(entry.data)
        paths = [*repeats(value)]
        if not paths:
            return value
        self.lines += 1
        value = first_values(value)
        if not self.first:
            kind = name_of(value, nested)
            self.first = [(entry.line, kind, join_pointer(path)) for path in paths]
        return value

    def notes(self) -> Iterator[tuple[int, str, str, str]]:
        """Yield line, text, kind and pointer of each key: once for all lines."""
        lines = "1 line" if self.lines == 1 else f"{self.lines:,} lines"
        text = f"a key comes twice: the first value counts, the other is kept ({lines})"
        yield from ((line, text, kind, pointer) for line, kind, pointer in self.first)

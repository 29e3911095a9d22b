"""What the finding reports print: rows in groups, whatever they were computed from."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from codexwire.finding import Level

__all__ = ["Group", "Report", "Row", "Section"]


@dataclass(frozen=True, slots=True)
class Row:
    """One finding: its rule and level, the line in its group's file (None: the whole file), the JSON
    pointer there, what it is about in a few words (`server turn/started`), one sentence.
    """

    rule: str
    level: Level
    message: str
    line: int | None = None
    pointer: str | None = None
    subject: str = ""

    @property
    def text(self) -> str:
        """The sentence with what it is about and the pointer in front."""
        where = " ".join(part for part in (self.subject, self.pointer) if part)
        return f"{where}: {self.message}" if where else self.message


@dataclass(frozen=True, slots=True)
class Group:
    """The findings of one file: its path, facts about it in a few words, and the rows in order.

    `unusable` says why the file could not be checked, or is empty; `dropped` counts findings that the
    limit left out.
    """

    path: str
    facts: str
    rows: tuple[Row, ...]
    unusable: str = ""
    dropped: int = 0

    def at_least(self, level: Level) -> tuple[Row, ...]:
        """Return the rows that are as grave as `level` or graver."""
        return tuple(row for row in self.rows if row.level.rank <= level.rank)


@dataclass(frozen=True, slots=True)
class Section:
    """Text below the findings: a title and lines."""

    title: str
    lines: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """Everything that a finding report shows.

    `command` and `version` name the tool, `summary` is the last line, `rules` maps the id of every
    rule to a sentence, `fail_on` is the level that makes the run fail, `document` is the JSON form.
    """

    command: str
    version: str
    groups: tuple[Group, ...]
    summary: str
    rules: Mapping[str, str]
    document: Mapping[str, Any]
    fail_on: Level = Level.ERROR
    sections: tuple[Section, ...] = field(default=())

    def rows(self) -> Iterator[tuple[Group, Row]]:
        """Yield every row with its group, in order."""
        for group in self.groups:
            for row in group.rows:
                yield group, row

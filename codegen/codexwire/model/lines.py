"""What a profile says about a protocol of lines: how to recognize, fold, check and sum up its files.

A protocol of lines (saved sessions, a stream of events) has no requests to match and no senders. What is
particular to one stands in its profile, as a `Lines`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from msgspec import Struct, field

from codexwire.finding import Level
from codexwire.location import JsonPath
from codexwire.model.members import object_in, text_in
from codexwire.model.session_check import CheckNote
from codexwire.version import Version

__all__ = ["FileCheck", "LineCheck", "Lines", "Strip", "Understood", "name_of"]


class Understood(Struct, frozen=True):
    """What was understood of a file.

    `threads` are the ids of the threads that it is of, `turns` counts its turns by status: `unknown`
    where nothing says how a turn ended. `facts` are what checks of several files ask for.
    """

    threads: tuple[str, ...] = ()
    history: str = ""
    turns: Mapping[str, int] = field(default_factory=dict)
    facts: Mapping[str, Any] = field(default_factory=dict)


class LineCheck(Struct, frozen=True):
    """One thing that a reader of a file should know of.

    `id` is stable; `level` is the gravest that it reports; `evidence` says what codex does.
    `on_line(state, number, line)` is asked for every line, before it takes effect; `at_end(state)` once. A
    check reads the state of the file and never changes it.
    """

    id: str
    title: str
    level: Level
    evidence: tuple[str, ...]
    on_line: Callable[[Any, int, Mapping[str, Any]], Iterator[CheckNote]] | None = None
    at_end: Callable[[Any], Iterator[CheckNote]] | None = None

    @property
    def rule(self) -> str:
        """The rule of its findings."""
        return f"lines/{self.id}"


class FileCheck(Struct, frozen=True):
    """One thing that a reader of several files should know of: `check(files)` gets path → what it is.

    It yields notes with the path of the file that each is about.
    """

    id: str
    title: str
    level: Level
    evidence: tuple[str, ...]
    check: Callable[[Mapping[str, Understood]], Iterable[tuple[str, CheckNote]]]

    @property
    def rule(self) -> str:
        """The rule of its findings."""
        return f"lines/{self.id}"


class Strip(Struct, frozen=True):
    """Something that can be left out of a file: its name, what it is in words, where it stands in a line."""

    id: str
    title: str
    find: Callable[[Mapping[str, Any]], Iterator[JsonPath]]


class Lines(Struct, frozen=True):
    """How a file of lines is told and understood.

    `is_line(tags, members)` tells by the strings of a line's top level, and by the names of all its members,
    whether it is one. `release(line)` returns the release that made the file, where a line says it; it is
    None where none ever does. `begin()` returns the state of a file, `advance(state, number, line)` takes a
    line in, `understood(state)` says what it came to. `repeats` says that objects may have a key twice,
    `strips` what can be left out of a file.
    """

    title: str
    is_line: Callable[[Mapping[str, str], frozenset[str]], bool]
    begin: Callable[[], Any]
    advance: Callable[[Any, int, Mapping[str, Any]], None]
    understood: Callable[[Any], Understood]
    checks: tuple[LineCheck, ...] = ()
    across: tuple[FileCheck, ...] = ()
    release: Callable[[Mapping[str, Any]], Version | None] | None = None
    repeats: bool = False
    strips: tuple[Strip, ...] = ()


def name_of(line: Any, nested: Iterable[str]) -> str:
    """Return what reports call a line: its type, and those of the members that have kinds of their own."""
    tags, value = [text_in(line, "type")], line
    for name in nested:
        value = object_in(value, name)
        tags.append(text_in(value, "type"))
    return "/".join(tag for tag in tags if tag)

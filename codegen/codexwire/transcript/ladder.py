"""The schemas that a file of lines may be judged by: that of the release that made it, and later ones.

A thread has several writers: a session made by one release is resumed by another, and its file names the
first alone. A line is good if any of the releases accepts it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, TypeAlias

from codexwire.location import split_pointer
from codexwire.model.profile import Profile
from codexwire.version import Version
from codexwire.wire import Violation
from codexwire.wire.lines import LineValidators

__all__ = ["Climb", "Ladder", "LineJudgement", "LineVerdict"]

_Line: TypeAlias = Mapping[str, Any]


class LineVerdict(StrEnum):
    """How a line was judged.

    `valid`: a release accepts it and declares all that is in it; `undeclared`: one accepts it, and none
    declares all of its members; `unknown-type`, `unknown-value`: nothing is wrong but that no release has
    its type, or a value that it lists; `refused`: it is not valid by any.
    """

    VALID = "valid"
    UNDECLARED = "undeclared"
    UNKNOWN_TYPE = "unknown-type"
    UNKNOWN_VALUE = "unknown-value"
    REFUSED = "refused"


@dataclass(frozen=True, slots=True)
class LineJudgement:
    """A verdict, the release that gives it, and its details: violations, or pointers."""

    verdict: LineVerdict
    release: str
    violations: tuple[Violation, ...] = ()
    pointers: tuple[str, ...] = ()


@dataclass(slots=True)
class Ladder:
    """The releases that may judge the lines of a file, in the order in which they are asked, its own first.

    `validators(release, often)` gives the validators of one; those that are asked `often` are the faster
    ones. `remark` says why the first is not the schema of the release that made the file, and `is_newer`
    that this release is newer than all that are known.
    """

    releases: tuple[str, ...]
    validators: Callable[[str, bool], LineValidators]
    remark: str = ""
    is_newer: bool = False
    project_rules: tuple[str, ...] = ()
    _helpful: list[str] = field(default_factory=list)
    _in_vain: set[tuple[Any, ...]] = field(default_factory=set)

    @property
    def own(self) -> LineValidators:
        """The validators of the first release."""
        return self.validators(self.releases[0], True)

    def judge(self, line: _Line, *, show_values: bool = False) -> LineJudgement:
        """Return the verdict about a line."""
        own = self.own
        if own.accepts(line):
            if own.declares(line):
                return LineJudgement(LineVerdict.VALID, self.releases[0])
            return self._undeclared(line, own)
        return self._later(line) or self._refused(line, show_values)

    def _undeclared(self, line: _Line, own: LineValidators) -> LineJudgement:
        pointers = own.undeclared(line)
        if not pointers:
            return LineJudgement(LineVerdict.VALID, self.releases[0])
        sign = (own.kind(line).tags, *map(_anywhere, pointers))
        if sign not in self._in_vain:
            for release in self._others():
                validators = self._of(release)
                if validators.accepts(line) and validators.declares(line):
                    return self._helped(LineJudgement(LineVerdict.VALID, release))
            self._remember(sign)
        return LineJudgement(LineVerdict.UNDECLARED, self.releases[0], pointers=pointers)

    def _later(self, line: _Line) -> LineJudgement | None:
        """Return the verdict of another release that accepts a line."""
        sign = tuple(self._sign(line, release) for release in self.releases[:2])
        if sign in self._in_vain:
            return None
        accepted: str | None = None
        for release in self._others():
            validators = self._of(release)
            if validators.accepts(line):
                accepted = accepted or release
                if validators.declares(line):
                    return self._helped(LineJudgement(LineVerdict.VALID, release))
        if accepted is None:
            self._remember(sign)
            return None
        pointers = self._of(accepted).undeclared(line)
        return self._helped(LineJudgement(LineVerdict.UNDECLARED, accepted, pointers=pointers))

    def _sign(self, line: _Line, release: str) -> tuple[Any, ...]:
        """Return what lines have in common that a release refuses for the same reasons."""
        validators = self._of(release)
        kind = validators.kind(line)
        if kind.unknown is not None:
            return kind.tags, kind.unknown
        return kind.tags, *((v.rule, _anywhere(v.pointer)) for v in validators.violations(line))

    def _refused(self, line: _Line, show_values: bool) -> LineJudgement:
        """Return why no release accepts a line, by the first one that knows its kind."""
        asked = (self.releases[0], *self._others())
        knowing = next((r for r in asked if self._of(r).kind(line).unknown is None), None)
        if knowing is None:
            pointer = self.own.kind(line).unknown or ""
            return LineJudgement(LineVerdict.UNKNOWN_TYPE, self.releases[0], pointers=(pointer,))
        violations = self._of(knowing).violations(line, show_values=show_values)
        wrong = tuple(v for v in violations if not _is_unknown(v, line))
        if wrong:
            return LineJudgement(LineVerdict.REFUSED, knowing, wrong)
        pointers = tuple(v.pointer for v in violations)
        return LineJudgement(LineVerdict.UNKNOWN_VALUE, knowing, violations, pointers)

    def _others(self) -> Iterator[str]:
        yield from self._helpful
        yield from (r for r in self.releases[1:] if r not in self._helpful)

    def _of(self, release: str) -> LineValidators:
        return self.validators(release, release in self._helpful or release == self.releases[0])

    def _remember(self, sign: tuple[Any, ...]) -> None:
        """Remember lines for which no other release need be asked again."""
        if len(self._in_vain) < _SIGNS:
            self._in_vain.add(sign)

    def _helped(self, found: LineJudgement) -> LineJudgement:
        """Ask that release earlier the next time; few are kept so."""
        if found.release not in self._helpful:
            self._helpful = [found.release, *self._helpful[:_FEW]]
        return found


_FEW = 2
_SIGNS = 10_000
_INDEX = re.compile(r"/\d+(?=/|\Z)")


def _anywhere(pointer: str) -> str:
    return _INDEX.sub("/*", pointer)


Climb: TypeAlias = "Callable[[Profile, Version | None], Ladder]"
"""From the protocol of a file of lines and the release that made it to the ladder; CodexwireError."""


def _is_unknown(violation: Violation, line: _Line) -> bool:
    """Whether nothing is wrong but a value, or the key of a variant, that the release does not list."""
    value: Any = line
    for step in split_pointer(violation.pointer):
        value = value[int(step)] if isinstance(value, list) else value[step]
    if violation.rule == "schema/enum":
        return isinstance(value, str)
    return isinstance(value, dict) and violation.got == "none of them"

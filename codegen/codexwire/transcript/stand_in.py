"""A schema that stands in for that of the server's own release, and the errors which that explains."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import TypeAlias

from codexwire.direction import Side
from codexwire.version import Version
from codexwire.wire import Validators, Violation

__all__ = ["Excuses", "StandIn"]

_MOST_ASKED = 24
_MOST_FAILED = 1000
"""So many releases are asked, and none any more after so many messages that none of them takes."""

_UNHEARD_OF = frozenset({"schema/unknown-method", "schema/enum"})
"""What a newer server may say that no available schema has."""

Check: TypeAlias = "Callable[[Validators], Iterable[Violation]]"


@dataclass(frozen=True, slots=True)
class StandIn:
    """What stands in for the schema of the server's `release`, which is not available.

    `is_newer` tells whether the release is newer than all that are; `others` yields the names and the
    validators of these, the nearest first.
    """

    release: Version
    is_newer: bool
    others: Callable[[], Iterator[tuple[str, Validators]]]


class Excuses:
    """Tells which errors of one recording may only be differences of releases."""

    def __init__(self, stand_in: StandIn) -> None:
        self._stand_in = stand_in
        self._rest = islice(stand_in.others(), _MOST_ASKED)
        self._asked: list[tuple[str, Validators]] = []
        self._failed = 0

    def taken_elsewhere(self, found: Sequence[Violation], check: Check) -> str:
        """Return what says that another release takes a message; empty when none does.

        `check` yields what validators find wrong with the message; `found` is what those of the stand-in
        did.
        """
        if self._failed > _MOST_FAILED or not all(v.rule.startswith("schema/") for v in found):
            return ""
        for at, (name, validators) in enumerate(self._others()):
            if next(iter(check(validators)), None) is None:
                self._asked.insert(0, self._asked.pop(at))  # it is likely to take the next one, too
                return f"{name} takes this, and {self._stand_in.release} may"
        self._failed += 1
        return ""

    def _others(self) -> Iterator[tuple[str, Validators]]:
        """Yield the releases in the order in which they are asked; each is prepared when it is needed."""
        yield from self._asked
        for other in self._rest:
            self._asked.append(other)
            yield other

    def unheard_of(self, found: Sequence[Violation], sender: Side) -> str:
        """Return what says that a server may be too new for the schema; empty when it is not that."""
        if not self._stand_in.is_newer or sender is not Side.SERVER:
            return ""
        if not all(v.rule in _UNHEARD_OF for v in found):
            return ""
        return f"{self._stand_in.release} is newer than all that is available, and may have it"

"""No verdict of the diff is contradicted by what the schemas themselves say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from codexwire.diff.collect import apply_rules
from codexwire.diff.delta import compare
from codexwire.diff.engine import Analysis, analyse
from codexwire.diff.sides import Pair, Sides
from codexwire.ir.model import Protocol

PAIRS = [
    ("0.72.0", "0.99.0"),
    ("0.99.0", "0.125.0"),
    ("0.125.0", "0.163.0"),
    ("0.163.0", "0.169.0"),
]


class Claims:
    """What the diff says about whole types: their own changes and those of all they refer to."""

    def __init__(self, analysis: Analysis) -> None:
        self.sides: Sides = analysis.sides
        self.known = dict(analysis.reach.deltas)

    def narrows_widens(self, name: str) -> tuple[bool, bool]:
        seen: set[Pair] = set()
        pending = [Pair(name, name)]
        narrows = widens = False
        while pending:
            pair = pending.pop()
            if pair in seen:
                continue
            seen.add(pair)
            if pair not in self.known:
                self.known[pair] = compare(self.sides, pair)
            delta = self.known[pair]
            pending += delta.edges
            for found in apply_rules(pair, pair, (), delta.matches):
                narrows |= found.effect.narrows
                widens |= found.effect.widens
        return narrows, widens


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_what_is_called_safe_is_accepted(
    old: str,
    new: str,
    published: Callable[[str], Protocol],
    oracle: Callable[[str], Any],
) -> None:
    before, after = oracle(old), oracle(new)
    claims = Claims(analyse(published(old), published(new)))
    judged = 0
    wrong = []
    for name in sorted(before.types.keys() & after.types.keys()):
        narrows, widens = claims.narrows_widens(name)
        for safe, sender, taker in ((not narrows, before, after), (not widens, after, before)):
            if not safe:
                continue
            for value in sender.values(name):
                assert sender.accepts(name, value)
                judged += 1
                if not taker.accepts(name, value):
                    wrong.append((name, "old" if sender is before else "new", value))
    assert wrong == []
    assert judged > 1000

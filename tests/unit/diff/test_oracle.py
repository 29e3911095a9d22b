"""No verdict of the diff is contradicted by what the schemas themselves say.

What is called safe is accepted, and what is called a break comes with a message of which the judge of the
tests thinks the same as the validators that the diff proves it with.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from codexwire.diff import Witness, diff
from codexwire.diff.collect import apply_rules
from codexwire.diff.delta import compare
from codexwire.diff.engine import Analysis, analyse
from codexwire.diff.version_pair import Pair, VersionPair
from codexwire.direction import Kind, Side
from codexwire.ir.model import UNIONS, Protocol

PAIRS = [
    ("0.72.0", "0.99.0"),
    ("0.99.0", "0.125.0"),
    ("0.125.0", "0.163.0"),
    ("0.163.0", "0.169.0"),
]


class Claims:
    """What the diff says about whole types: their own changes and those of all they refer to."""

    def __init__(self, analysis: Analysis) -> None:
        self.versions: VersionPair = analysis.versions
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
                self.known[pair] = compare(self.versions, pair)
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


@pytest.mark.parametrize(("old", "new"), PAIRS)
def test_every_break_is_shown_by_a_message(
    old: str,
    new: str,
    published: Callable[[str], Protocol],
    oracle: Callable[[str], Any],
) -> None:
    shown = 0
    for finding in diff(published(old), published(new)).findings:
        for skew, verdict in (
            ("old_client_new_server", finding.old_client),
            ("new_client_old_server", finding.new_client),
        ):
            if verdict == "safe":
                continue
            assert finding.witness is not None
            witness = finding.witness[skew]
            from_old = (skew == "old_client_new_server") == (witness.sender is Side.CLIENT)
            versions = (old, new) if from_old else (new, old)
            sender, taker = (_judged(oracle(v), published(v), witness) for v in versions)
            assert (sender, taker) == (True, False), (finding.type, finding.path, witness.value)
            shown += 1
    assert shown > 20


def _judged(oracle: Any, protocol: Protocol, witness: Witness) -> bool:
    """Whether a version takes a witness: as a message of a union, as the result of a method, as a type."""
    if witness.kind == "type":
        return bool(oracle.accepts(witness.method, witness.value))
    if witness.kind == "result":
        method = protocol.method(witness.method, witness.sender.other, Kind.REQUEST)
        assert method is not None
        return bool(oracle.accepts(method.result, witness.value["result"]))
    kind = Kind.REQUEST if "id" in witness.value else Kind.NOTIFICATION
    (union,) = (u.union for u in UNIONS if (u.sender, u.kind) == (witness.sender, kind))
    return bool(oracle.accepts(union, witness.value))

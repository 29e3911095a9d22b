"""Which JSON kinds, strings and numbers two value sets do not share."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from codexwire.diff.containment import number_fits, string_fits
from codexwire.diff.match import KindMatch, LimitMatch, Match, OpenMatch, StringMatch
from codexwire.diff.rule import KindSample
from codexwire.diff.value_set import KINDS, StringSet, ValueSet

__all__ = ["foreign_kinds", "scalar_matches"]

_PLAIN = frozenset({"boolean", "number", "array"})


def foreign_kinds(whole: tuple[ValueSet, ValueSet]) -> KindMatch | None:
    """Return the match of two value sets of which one admits anything, or which share no kind but null.

    None: they have to be compared kind by kind.
    """
    old, new = whole
    if old.any or new.any:
        lost, gained = ("any",) if not new.any else (), ("any",) if not old.any else ()
        return KindMatch(*whole, lost, gained, False)
    before, after = old.kinds - {"null"}, new.kinds - {"null"}
    if before and after:
        if before & after:
            return None
        return KindMatch(*whole, *_only(before, after), True)
    return KindMatch(
        *whole,
        *_only(old.kinds, new.kinds),
        bool(old.kinds and new.kinds) and not old.kinds & new.kinds,
    )


def scalar_matches(
    rest: tuple[ValueSet, ValueSet], whole: tuple[ValueSet, ValueSet]
) -> Iterator[Match]:
    """Yield what differs in kinds, strings and numbers.

    `rest` are the parts that are compared here, `whole` the value sets that they are parts of.
    """
    found = [*_kinds_and_strings(rest, whole), *_numbers(*rest)]
    kinds = [m for m in found if isinstance(m, KindMatch)]
    if len(kinds) > 1:  # one change of the same value
        lost = tuple(k for k in KINDS if any(k in m.lost for m in kinds))
        gained = tuple(k for k in KINDS if any(k in m.gained for m in kinds))
        found = [m for m in found if not isinstance(m, KindMatch)]
        found.append(KindMatch(*whole, lost, gained, False))
    yield from found


def _kinds_and_strings(
    rest: tuple[ValueSet, ValueSet], whole: tuple[ValueSet, ValueSet]
) -> Iterator[Match]:
    old, new = rest
    lost, gained = _only(old.kinds & _PLAIN, new.kinds & _PLAIN)
    lost = tuple(k for k in lost if k not in whole[1].kinds)
    gained = tuple(k for k in gained if k not in whole[0].kinds)
    if old.boolean and new.boolean:
        lost += ("boolean",) if set(old.boolean) - set(new.boolean) else ()
        gained += ("boolean",) if set(new.boolean) - set(old.boolean) else ()
    before, after = old.string, new.string
    if whole[0].objects and whole[1].objects:
        # A union of objects and plain values: strings come and go one by one.
        before = before or (StringSet(()) if after and after.values else None)
        after = after or (StringSet(()) if before and before.values else None)
    if before is not None and after is not None:
        yield from _strings(before, after, rest)
        before = after = None
    lost += ("string",) if before is not None and whole[1].string is None else ()
    gained += ("string",) if after is not None and whole[0].string is None else ()
    if lost or gained:
        yield KindMatch(*whole, lost, gained, False)


def _strings(old: StringSet, new: StringSet, rest: tuple[ValueSet, ValueSet]) -> Iterator[Match]:
    narrows, widens = not string_fits(old, new), not string_fits(new, old)
    value_sets = ValueSet(string=old), ValueSet(string=new)
    if (old.values is None) == (new.values is None):
        if old.values is None and (narrows or widens):
            yield LimitMatch("string", *value_sets, narrows, widens)
    elif old.known or new.known:
        sent, taken = value_sets if old.known else value_sets[::-1]
        yield OpenMatch("string", bool(new.known), False, KindSample(sent, "string", taken))
    else:
        yield _kind_match("string", value_sets, narrows, widens)
        return
    if set(old.values or old.known) != set(new.values or new.known):
        yield StringMatch(old, new, rest[0].objects, rest[1].objects)


def _numbers(old: ValueSet, new: ValueSet) -> Iterator[Match]:
    if not old.numbers or not new.numbers:
        return
    value_sets = ValueSet(numbers=old.numbers), ValueSet(numbers=new.numbers)
    narrows = not all(any(number_fits(n, m) for m in new.numbers) for n in old.numbers)
    widens = not all(any(number_fits(n, m) for m in old.numbers) for n in new.numbers)
    if not (narrows or widens):
        return
    if all(n.integer for n in old.numbers) != all(n.integer for n in new.numbers):
        yield _kind_match("number", value_sets, narrows, widens)
    else:
        yield LimitMatch("number", *value_sets, narrows, widens)


def _kind_match(
    kind: str, value_sets: tuple[ValueSet, ValueSet], narrows: bool, widens: bool
) -> KindMatch:
    lost = (kind,) if narrows else ()
    return KindMatch(*value_sets, lost, (kind,) if widens else (), False)


def _only(old: Iterable[str], new: Iterable[str]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    before, after = set(old), set(new)
    return tuple(sorted(before - after)), tuple(sorted(after - before))

"""The vectors of one subject: values, and what a correct implementation says of each."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any
from zlib import crc32

from codexwire.emit.testdata.bases import Base, bases
from codexwire.emit.testdata.damage import UNKNOWN, Damage, of_member, of_root
from codexwire.emit.testdata.subjects import TestSubject
from codexwire.location import JsonPath, join_pointer
from codexwire.model.choose import passed
from codexwire.model.sample import TypeSampler
from codexwire.model.types import Enum, Type

__all__ = ["Vector", "recorded", "vectors"]

Vector = dict[str, Any]


def vectors(subject: TestSubject, sampler: TypeSampler) -> Iterator[Vector]:
    """Yield the vectors made of the schema; the same ones whatever other subjects there are."""
    sampler = sampler.again(crc32(subject.label.encode()))
    return _judged(subject, _made(subject, sampler))


def recorded(subject: TestSubject, value: dict[str, Any], release: str) -> Iterator[Vector]:
    """Yield the vectors made of a recorded message: itself, and without each member of its payload."""
    base = f"recorded {release}"
    made = [(base, Damage("", (), value))]
    payload = value.get(subject.part)
    if isinstance(payload, dict):
        for key in payload:
            less = {**value, subject.part: {k: v for k, v in payload.items() if k != key}}
            made.append((base, Damage("missing", (subject.part, key), less)))
    return _judged(subject, made)


def _made(subject: TestSubject, sampler: TypeSampler) -> Iterator[tuple[str, Damage]]:
    """Yield each value with the base that it was made of."""
    if (payload := subject.payload) is not None:
        for base in bases(sampler, payload):
            yield base.name, Damage("", (), subject.whole(base.value))
            yield base.full_name, Damage("", (), subject.whole(base.full))
            for change, at, value in _damaged(base, payload, sampler):
                yield base.name, Damage(change, (*subject.prefix, *at), subject.whole(value))
    if subject.part:
        yield from (("bare", damage) for damage in _around(subject.bare))


def _damaged(base: Base, payload: Type, sampler: TypeSampler) -> Iterator[Damage]:
    def listed(value: Any) -> set[JsonPath]:
        places = passed(sampler.types, payload, value, sampler.fits)
        return {place.at for place in places if isinstance(place.type, Enum)}

    yield from of_root(base.value)
    if not isinstance(base.full, dict):
        return
    in_all = listed(base.value)
    for key in base.value:
        yield from of_member(base.value, key, in_all)
    for key, member in base.more.items():
        value = {**base.value, key: member}
        yield from of_member(value, key, listed(value))


def _around(whole: dict[str, Any]) -> Iterator[Damage]:
    """Yield what may be wrong around a payload: the method stays, so that it is known what is judged."""
    yield Damage("", (), whole)
    for key in whole:
        if key != "method":
            yield from of_member(whole, key, ())
    yield Damage("unknown-member", (UNKNOWN,), {**whole, UNKNOWN: 1})


def _judged(subject: TestSubject, made: Iterable[tuple[str, Damage]]) -> Iterator[Vector]:
    """Yield a vector for each value, once, by the first thing that led to it."""
    seen: set[str] = set()
    for base, damage in made:
        if (text := repr(damage.value)) not in seen:
            seen.add(text)
            yield _vector(subject, base, damage)


def _vector(subject: TestSubject, base: str, damage: Damage) -> Vector:
    found = subject.violations(damage.value)
    changed = {"change": damage.made, "at": join_pointer(damage.at)} if damage.made else {}
    places = sorted({(violation.pointer, violation.rule) for violation in found})
    wrong = {"violations": [{"pointer": pointer, "rule": rule} for pointer, rule in places]}
    ids = {"ids": held} if (held := subject.ids(damage.value)) else {}
    verdict = {"valid": not found, **(wrong if found else {})}
    return {"base": base, **changed, **verdict, **ids, "value": damage.value}

"""Read a message that does not fit its model: apply tolerance rules, and keep raw what fits nothing.

The reader descends only into what does not fit; everything else is read by pydantic as it stands. The
smallest value that cannot be read becomes an `UnknownValue`, and all around it stays typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic import BaseModel, ValidationError

from codexwire.location import JsonPath
from codexwire.profiles.ids import is_id_place
from codexwire.runtime.keep import Mark, Original, construct
from codexwire.runtime.model import WIRE_NAMES, UnknownVariant, open_decoding
from codexwire.runtime.model_types import (
    Alias,
    Choice,
    Enumeration,
    Field,
    Leaf,
    ListOf,
    MapOf,
    ModelObject,
    ModelRoot,
    ModelType,
    Tagged,
)
from codexwire.runtime.tolerance.rule import ExpectedType, Hook, MessagePart, Spot, ToleranceRule
from codexwire.runtime.unknown import ABSENT, Drift, UnknownValue

__all__ = ["Decoded", "MisfitError", "TolerantReader"]

_MAX_DEPTH = 100
_COST_OF_UNKNOWN = 3
_RULES = {
    "greater_than": "schema/minimum",  # more than 0: at least 1, for integers
    "greater_than_equal": "schema/minimum",
    "string_too_short": "schema/minLength",
}


class MisfitError(Exception):
    """A value does not fit its type; `rule` names the broken keyword (`schema/type`)."""

    def __init__(self, rule: str, message: str, path: JsonPath) -> None:
        super().__init__(message)
        self.rule = rule
        self.message = message
        self.path = path


@dataclass(frozen=True, slots=True)
class Decoded:
    """A value, the JSON value that it stands for, and the rules that made one from another.

    `plain` is the raw value itself unless something was read differently; `cost` counts what had to
    be tolerated, so that the better of two readings can be told.
    """

    value: Any
    plain: Any
    marks: tuple[Mark, ...] = ()
    cost: int = 0


@dataclass(frozen=True, slots=True)
class TolerantReader:
    """One way of reading one message: which rules apply, and whether anything else is tolerated."""

    message: MessagePart
    rules: tuple[ToleranceRule, ...]
    strict: bool = False

    def read(self, shape: ModelType, raw: Any, path: JsonPath = (), owner: str = "") -> Decoded:
        """Return the value of `raw` as `shape`. Raises MisfitError when the reader is strict."""
        try:
            return _fit(self, shape, raw, path, owner)
        except MisfitError as misfit:
            found = self._by_rule(shape, raw, path, owner)
            if found is None and not self.strict:
                found = _opened(shape, raw) or _kept_raw(raw)
            if found is None:
                raise misfit
            return found

    def _by_rule(self, shape: ModelType, raw: Any, path: JsonPath, owner: str) -> Decoded | None:
        """Return the reading of what a rule puts in the place of `raw`, if that fits."""
        for rule, instead in self.asked(Hook.MISFIT, shape.facts, raw, path, owner):
            try:
                reading = _fit(self if rule.loose else self.exactly(), shape, instead, path, owner)
            except MisfitError:
                continue
            own: tuple[Mark, ...] = () if rule.exact else (((), rule.id),)
            marks = own + reading.marks
            return Decoded(reading.value, instead, marks, reading.cost + len(own))
        return None

    def exactly(self) -> TolerantReader:
        """Return the same reader with nothing tolerated."""
        if self.strict:
            return self
        return replace(self, rules=tuple(r for r in self.rules if r.exact), strict=True)

    def asked(
        self, hook: Hook, facts: ExpectedType, raw: Any, path: JsonPath, owner: str
    ) -> list[tuple[ToleranceRule, Any]]:
        """Return the rules of a hook that match at a place, each with what it reads instead."""
        spot = Spot(self.message, path, owner, facts)
        answers = [(rule, rule.apply(spot, raw)) for rule in self.rules if rule.hook is hook]
        return [(rule, answer) for rule, answer in answers if answer is not ABSENT]


def _opened(shape: ModelType, raw: Any) -> Decoded | None:
    """Return an unknown enum value or an unknown variant, where `shape` can be opened."""
    if isinstance(shape, Alias):
        return _opened(shape.inner, raw)
    if isinstance(shape, Enumeration) and isinstance(raw, str):
        with open_decoding():
            return Decoded(shape.enum(raw), raw, cost=1)
    if isinstance(shape, Tagged) and isinstance(raw, dict):
        return Decoded(_unknown_variant(raw, shape.tag), raw, cost=1)
    inner = shape.others if isinstance(shape, Tagged) else ()
    if isinstance(shape, Choice):
        inner = shape.members
    return next((r for r in (_opened(member, raw) for member in inner) if r is not None), None)


def _unknown_variant(raw: dict[str, Any], tag: str | None) -> UnknownVariant:
    found = next(iter(raw), None) if tag is None else raw.get(tag)
    variant = construct(UnknownVariant, {}, set(raw), dict(raw), {})
    private = {"_tag": found if isinstance(found, str) else None}
    object.__setattr__(variant, "__pydantic_private__", private)
    return variant


def _kept_raw(raw: Any) -> Decoded:
    if raw is None:
        return Decoded(None, None, (((), Drift.NULL_VALUE),), cost=1)
    return Decoded(UnknownValue(raw), raw, cost=_COST_OF_UNKNOWN)


def _fit(reader: TolerantReader, shape: ModelType, raw: Any, path: JsonPath, owner: str) -> Decoded:
    if len(path) > _MAX_DEPTH:
        raise MisfitError("envelope/nesting", "nested too deeply", path)
    return _FIT[type(shape)](reader, shape, raw, path, owner)


def _leaf(reader: TolerantReader, shape: Leaf, raw: Any, path: JsonPath, owner: str) -> Decoded:
    del reader, owner
    try:
        return Decoded(shape.validate(raw), raw)
    except ValidationError as error:
        raise _misfit(error, shape.facts, path) from None


def _misfit(error: ValidationError, facts: ExpectedType, path: JsonPath) -> MisfitError:
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    rule = _RULES.get(first["type"], "schema/enum" if facts.values else "schema/type")
    return MisfitError(rule, first["msg"], path)


def _enumeration(
    reader: TolerantReader, shape: Enumeration, raw: Any, path: JsonPath, owner: str
) -> Decoded:
    del reader, owner
    if not isinstance(raw, str):
        raise MisfitError("schema/type", "expected a string", path)
    if raw not in shape.facts.values:
        raise MisfitError("schema/enum", f"not a value of {shape.enum.__name__}", path)
    return Decoded(shape.enum(raw), raw)


def _list(reader: TolerantReader, shape: ListOf, raw: Any, path: JsonPath, owner: str) -> Decoded:
    del owner
    if not isinstance(raw, list):
        raise MisfitError("schema/type", "expected an array", path)
    return _items(raw, [reader.read(shape.item, v, (*path, i)) for i, v in enumerate(raw)], list)


def _map(reader: TolerantReader, shape: MapOf, raw: Any, path: JsonPath, owner: str) -> Decoded:
    del owner
    if not isinstance(raw, dict):
        raise MisfitError("schema/type", "expected an object", path)
    readings = [reader.read(shape.value, v, (*path, k)) for k, v in raw.items()]
    return _items(raw, readings, lambda values: dict(zip(raw, values, strict=True)))


def _items(raw: Any, readings: list[Decoded], build: Callable[[Iterable[Any]], Any]) -> Decoded:
    """Return the reading of a container from the readings of what it contains."""
    keys = raw if isinstance(raw, dict) else range(len(raw))
    marks = tuple((("*", *below), rule) for reading in readings for below, rule in reading.marks)
    same = all(r.plain is raw[k] for k, r in zip(keys, readings, strict=True))
    plain = raw if same else build(r.plain for r in readings)
    return Decoded(build(r.value for r in readings), plain, marks, sum(r.cost for r in readings))


def _choice(reader: TolerantReader, shape: Choice, raw: Any, path: JsonPath, owner: str) -> Decoded:
    if raw is None and shape.nullable:
        return Decoded(None, None)
    if len(shape.members) == 1:
        return _fit(reader, shape.members[0], raw, path, owner)
    found = _candidates(reader.exactly(), shape, raw, path, owner)
    if not found and not reader.strict:
        found = _candidates(reader, shape, raw, path, owner)
    if not found:
        raise MisfitError("schema/anyOf", "fits none of the alternatives", path)
    return min(found, key=lambda reading: reading.cost)


def _candidates(
    reader: TolerantReader, shape: Choice, raw: Any, path: JsonPath, owner: str
) -> list[Decoded]:
    found = []
    for member in shape.members:
        try:
            reading = _fit(reader, member, raw, path, owner)
        except MisfitError:
            continue
        extra = len(getattr(reading.value, "__pydantic_extra__", None) or ())
        found.append(replace(reading, cost=reading.cost + extra))
    return found


def _tagged(reader: TolerantReader, shape: Tagged, raw: Any, path: JsonPath, owner: str) -> Decoded:
    if isinstance(raw, dict):
        tags = [raw.get(shape.tag)] if shape.tag is not None else list(raw)
        for tag in tags:
            if not isinstance(tag, str | int) or isinstance(tag, bool):
                continue
            variant = shape.variants.get(tag)
            if variant is not None:
                return _object(reader, variant, raw, path, owner)
    for other in shape.others:
        try:
            return _fit(reader.exactly(), other, raw, path, owner)
        except MisfitError:
            continue
    raise MisfitError("schema/oneOf", "none of the variants", path)


def _alias(reader: TolerantReader, shape: Alias, raw: Any, path: JsonPath, owner: str) -> Decoded:
    return _fit(reader, shape.inner, raw, path, owner)


def _root(
    reader: TolerantReader, shape: ModelRoot, raw: Any, path: JsonPath, owner: str
) -> Decoded:
    inner = reader.read(shape.inner, raw, path, owner)
    if isinstance(inner.value, UnknownValue):
        raise MisfitError("schema/type", "nothing like the type", path)
    kept = _kept(raw, inner)
    model = construct(
        shape.model, {"root": inner.value}, {"root"}, None, {"root": kept} if kept else {}
    )
    return Decoded(model, raw, cost=inner.cost)


def _object(
    reader: TolerantReader, shape: ModelObject, raw: Any, path: JsonPath, owner: str
) -> Decoded:
    del owner
    if not isinstance(raw, dict):
        raise MisfitError("schema/type", "expected an object", path)
    try:
        return Decoded(shape.validate(raw, by_alias=True, by_name=False, context=WIRE_NAMES), raw)
    except (ValidationError, RecursionError):  # enums put what they refuse into words
        return _assembled(reader, shape, raw, path)


def _assembled(
    reader: TolerantReader, shape: ModelObject, raw: dict[str, Any], path: JsonPath
) -> Decoded:
    """Read an object property by property."""
    if path and raw and shape.facts.required and _is_foreign(reader, shape, raw, path):
        raise MisfitError("schema/required", f"nothing that {shape.model.__name__} has", path)
    extra = {k: _further(reader, shape, k, v, path) for k, v in raw.items() if k not in shape.wires}
    values: dict[str, Any] = {}
    kept: dict[str, Original] = {}
    present: set[str] = set()
    cost = 0
    for field in shape.fields:
        if field.wire in raw:
            present.add(field.name)
            value = raw[field.wire]
            reading = reader.read(field.shape, value, (*path, field.wire), shape.model.__name__)
        elif field.required:
            value = ABSENT
            reading = _missing(reader, shape, field, raw, path)
        elif field.name in extra and (
            found := _instead(reader, Hook.OPTIONAL_ELSEWHERE, shape, field, raw, path)
        ):
            value = ABSENT
            reading = found
        else:
            values[field.name] = field.info.get_default(call_default_factory=True)
            continue
        values[field.name] = reading.value
        cost += reading.cost
        if keep := _kept(value, reading):
            kept[field.name] = keep
    unknown = (
        extra.keys() - shape.by_name.keys()
    )  # one that is called like a field is not that field
    model = construct(shape.model, values, present | unknown, extra, kept)
    return Decoded(model, raw, cost=cost)


def _further(reader: TolerantReader, shape: ModelObject, key: str, raw: Any, path: JsonPath) -> Any:
    """Return a further property as its type, where it has one and fits."""
    if shape.extra is None:
        return raw
    try:
        reading = _fit(reader.exactly(), shape.extra, raw, (*path, key), shape.model.__name__)
    except MisfitError:
        if reader.strict:
            raise
        return UnknownValue(raw)
    return reading.value if reading.plain is raw else UnknownValue(raw)


def _is_foreign(
    reader: TolerantReader, shape: ModelObject, raw: dict[str, Any], path: JsonPath
) -> bool:
    """Whether an object has nothing that its type has, nor an id of the message in another place."""
    if not shape.wires.isdisjoint(raw):
        return False
    method, part = reader.message.method, reader.message.part
    here = ".".join(map(str, path))
    return not any(is_id_place(method, part, f"{here}.{key}") for key in raw)


def _kept(raw: Any, reading: Decoded) -> Original | None:
    """Return what a property must keep: anything but a value read as it came, or a model."""
    if reading.plain is raw and not reading.marks and (not reading.cost or _is_model(reading)):
        return None
    return Original(raw, reading.plain, reading.marks)


def _is_model(reading: Decoded) -> bool:
    return isinstance(reading.value, BaseModel)


def _missing(
    reader: TolerantReader, shape: ModelObject, field: Field, raw: dict[str, Any], path: JsonPath
) -> Decoded:
    """Read what a rule puts in the place of a required property that is absent."""
    if reader.strict:
        raise MisfitError("schema/required", f"{field.wire!r} is required", path)
    found = _instead(reader, Hook.MISSING, shape, field, raw, path)
    return found or Decoded(None, None, (((), Drift.MISSING_FIELD),), cost=_COST_OF_UNKNOWN)


def _instead(
    reader: TolerantReader,
    hook: Hook,
    shape: ModelObject,
    field: Field,
    raw: dict[str, Any],
    path: JsonPath,
) -> Decoded | None:
    """Read a property that is absent from what a rule puts in its place, if that fits."""
    at, name = (*path, field.wire), shape.model.__name__
    for rule, instead in reader.asked(hook, field.shape.facts, raw, at, name):
        reading = reader.read(field.shape, instead, at, name)
        if not isinstance(reading.value, UnknownValue):
            marks = (((), rule.id), *reading.marks)
            return replace(reading, marks=marks, cost=reading.cost + 1)
    return None


_FIT: Mapping[type, Callable[[TolerantReader, Any, Any, JsonPath, str], Decoded]] = {
    Alias: _alias,
    Leaf: _leaf,
    Enumeration: _enumeration,
    ListOf: _list,
    MapOf: _map,
    Choice: _choice,
    Tagged: _tagged,
    ModelRoot: _root,
    ModelObject: _object,
}

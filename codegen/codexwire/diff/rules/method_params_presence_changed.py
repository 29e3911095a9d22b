"""Params became or stopped being null, absent or an object."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import ParamsMatch
from codexwire.diff.rule import (
    Change,
    KindSample,
    Levels,
    ObjectSample,
    Probe,
    PropertySample,
    Rule,
    effect_of,
)
from codexwire.diff.value_set import KINDS, ObjectSet, ValueSet
from codexwire.finding import Level
from codexwire.ir.model import Method
from codexwire.model.read import read
from codexwire.model.words import words

__all__ = ["RULE"]


def _check(match: ParamsMatch) -> Iterator[Change]:
    yield Change(
        effect_of(narrows=match.narrows, widens=match.widens),
        _presence(match.old),
        _presence(match.new),
        narrow=_probe(match.old_object, match.new_object, match.old_set, match.new_set),
        widen=_probe(match.new_object, match.old_object, match.new_set, match.old_set),
    )


def _presence(method: Method) -> str:
    if method.params is None:
        return "absent"
    return ("" if method.params_required else "absent | ") + words(read(method.params))


def _probe(sent: ObjectSet, taken: ObjectSet, values: ValueSet, others: ValueSet) -> Probe:
    """The smallest message without params, where the other asks for them, else with a foreign kind."""
    have, want = sent.properties.get("params"), taken.properties.get("params")
    if want is not None and want.required and (have is None or not have.required):
        return ObjectSample(sent)
    foreign = [k for k in KINDS if k in values.kinds - others.kinds]
    return PropertySample(
        sent, "params", KindSample(values, foreign[0] if foreign else "any", others)
    )


RULE = Rule(
    id="method-params-presence-changed",
    title="A method whose params may be null, absent or an object where they might not before.",
    words="{path} was {old}, is {new}",
    on=ParamsMatch,
    levels=Levels(client=(Level.ERROR, Level.ERROR), server=(Level.ERROR, Level.ERROR)),
    check=_check,
)

"""What stands beside `method` and `params` changed, in every message or in those of one method.

The former is reported once for the union, with the method `*`."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import EnvelopeMatch
from codexwire.diff.rule import Change, Levels, ObjectSample, Rule, effect_of
from codexwire.diff.value_set import Property
from codexwire.finding import Level
from codexwire.model.words import words

__all__ = ["RULE"]


def _check(match: EnvelopeMatch) -> Iterator[Change]:
    yield Change(
        effect_of(narrows=match.narrows, widens=match.widens),
        _text(match.old),
        _text(match.new),
        key=match.name,
        narrow=ObjectSample(match.old_object, (match.name,) if match.old else ()),
        widen=ObjectSample(match.new_object, (match.name,) if match.new else ()),
    )


def _text(prop: Property | None) -> str | None:
    if prop is None:
        return None
    return f"{'required' if prop.required else 'optional'} {words(prop.type)}"


RULE = Rule(
    id="envelope-changed",
    title="A property beside `method` and `params`, of every message of a kind or of one method.",
    words="{where} was {old}, is {new}",
    on=EnvelopeMatch,
    levels=Levels(client=(Level.ERROR, Level.ERROR), server=(Level.ERROR, Level.ERROR)),
    check=_check,
)

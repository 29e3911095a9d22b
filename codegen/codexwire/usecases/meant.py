"""Suggests a known method, type or field for an unknown name."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from codexwire.diff.usage import inventory
from codexwire.diff.value_sets import ValueSets
from codexwire.ir.model import Protocol
from codexwire.model.cached import cached
from codexwire.near import did_you_mean

__all__ = ["meant", "with_meant"]

_END_OF_TYPE = re.compile(r"[.<\[{=]")


def meant(name: str, protocols: Sequence[Protocol]) -> str:
    """Return the question whether a method, a type, or a place in a type, was meant; empty for none.

    There is none for a name that is known, though not there.
    Places are written as `v2/Thread.id`, with or without the namespace. One that ends in `=` or `<>`
    stands for a value or a variant that is not told.
    """
    if name.endswith(("=", "<>")):
        return ""
    spaces = protocols[-1].namespaces
    bare = spaces.bare(name)
    head = _END_OF_TYPE.split(bare)[0]
    types = {spaces.bare(t): t for p in protocols for t in p.types}
    if head not in types or head == bare:
        known = types.keys() | {m.name for p in protocols for m in p.methods}
        return "" if head in known else did_you_mean(head, known)
    names = (types[head], head)
    places = {
        s for p in protocols for n in names for s in inventory(cached(ValueSets, p), n).places
    }
    return did_you_mean(bare.removeprefix(head), places, before=head)


def with_meant(names: Iterable[str], protocols: Sequence[Protocol]) -> list[str]:
    """Return names, each with what it may have been meant to be."""
    told = ((name, meant(name, protocols)) for name in names)
    return [f"{name} ({question})" if question else name for name, question in told]

"""An object type as one list of fields: what the fast path can express of members and unions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import reduce

from msgspec import structs

from codexwire.model.read import Types
from codexwire.model.types import All, Anything, Object, Type, Union

__all__ = ["ObjectLayout", "combine_any", "combine_one", "layout_of", "merge"]


@dataclass(frozen=True, slots=True)
class ObjectLayout:
    """An object whose members are all known by name.

    `closed` forbids other members; `choices` are sets of names of which at least one set (`single`:
    exactly one) must be there in full, beside the `required` ones.
    """

    fields: Mapping[str, Type]
    required: frozenset[str]
    closed: bool = False
    choices: tuple[frozenset[str], ...] = ()
    single: bool = False


def layout_of(types: Types, found: Type) -> ObjectLayout | None:
    """Return a layout that takes nothing the type refuses, or None when there is no such layout.

    It may refuse more than the type does.
    """
    found = types.resolve(found)
    if isinstance(found, All):
        return reduce(merge, [layout_of(types, part) for part in found.members])
    if isinstance(found, Union) and not (found.exact or found.by_kind):
        open_only = ObjectLayout({}, frozenset())
        return merge(open_only, combine_any([layout_of(types, b) for b in found.branches]))
    if not isinstance(found, Object) or not structs.replace(found, others=False).is_plain:
        return None
    if not (found.rest is None or found.is_closed or isinstance(found.rest, Anything)):
        return None
    required = frozenset(found.required)
    if found.is_closed and not required <= found.properties.keys():
        return None
    unnamed = {key: Anything() for key in found.required if key not in found.properties}
    return ObjectLayout({**found.properties, **unnamed}, required, found.is_closed)


def merge(one: ObjectLayout | None, two: ObjectLayout | None) -> ObjectLayout | None:
    """Return the layout of objects that fit both, or None when one layout cannot say that."""
    if one is None or two is None or one.closed or two.closed or (one.choices and two.choices):
        return None
    if not _agree(one, two):
        return None
    return ObjectLayout(
        {**one.fields, **two.fields},
        one.required | two.required,
        choices=one.choices or two.choices,
        single=one.single or two.single,
    )


def combine_any(layouts: Sequence[ObjectLayout | None]) -> ObjectLayout | None:
    """Return a layout of objects that fit at least one of the layouts, those it cannot take left out."""
    taken: list[ObjectLayout] = []
    for layout in layouts:
        usable = layout is not None and not layout.choices and not layout.closed
        if layout is not None and usable and all(_agree(layout, other) for other in taken):
            taken.append(layout)
    if len(taken) < 2:
        return next((s for s in layouts if s is not None), None)
    fields = {key: node for layout in taken for key, node in layout.fields.items()}
    shared = frozenset.intersection(*(s.required for s in taken))
    choices = tuple(s.required - shared for s in taken)
    return ObjectLayout(fields, shared, choices=() if frozenset() in choices else choices)


def combine_one(layouts: Sequence[ObjectLayout | None]) -> ObjectLayout | None:
    """Return a layout of objects that fit exactly one of several closed layouts of one key each."""
    taken = [s for s in layouts if s is not None and s.closed and len(s.fields) == 1]
    keys = [s.required for s in taken if s.required == s.fields.keys()]
    if len(keys) != len(layouts) or len(set(keys)) != len(keys):
        return None
    fields = {key: node for layout in taken for key, node in layout.fields.items()}
    return replace(ObjectLayout(fields, frozenset(), closed=True), choices=tuple(keys), single=True)


def _agree(one: ObjectLayout, two: ObjectLayout) -> bool:
    return all(one.fields[k] == two.fields[k] for k in one.fields.keys() & two.fields.keys())

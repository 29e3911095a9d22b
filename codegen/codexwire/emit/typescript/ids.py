"""The table of the places of ids, for the functions that find them."""

from __future__ import annotations

import re
from collections.abc import Iterator

from codexwire.emit.typescript.source import literal
from codexwire.profiles.ids import PLACES

__all__ = ["KINDS", "places_of"]

KINDS = ("thread", "turn", "item", "request")
"""The kinds of ids that a package finds: `threadId`, `turnId`, `itemId`, `requestId`."""


def places_of(kind: str) -> Iterator[str]:
    """Yield the places of one kind of id, best first: steps, patterns of methods, part, and standing."""
    for place in PLACES[kind]:
        methods = ", ".join(map(_glob, place.methods))
        steps, part = literal(place.path.split(".")), literal(place.part)
        yield f"[{steps}, [{methods}], {part}, {place.standing:d}]"


def _glob(name: str) -> str:
    """Return what matches the methods that a name stands for; `*` is all that patterns have."""
    assert not set(name) & set("?[]"), name
    return f"/^{re.escape(name).replace('/', chr(92) + '/').replace(chr(92) + '*', '.*')}$/s"

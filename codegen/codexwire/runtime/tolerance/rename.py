"""What the rules about renamed enum values share: tables of names, by enum class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codexwire.runtime.tolerance.rule import Spot
from codexwire.runtime.unknown import ABSENT

__all__ = ["Pairs", "renamed"]

Pairs = Mapping[str, Mapping[str, str]]
"""Name of an enum class → old name → new name of a value."""


def renamed(spot: Spot, raw: Any, *, both: Pairs, onward: Pairs) -> Any:
    """Return a value by the name that this enum has for it, or ABSENT.

    `both` has pairs that mean the same, `onward` old names whose meaning went into another value,
    which does not hold backwards.
    """
    values = spot.facts.values
    if not isinstance(raw, str) or raw in values:
        return ABSENT
    enum = spot.facts.name.removesuffix("Value")
    pairs = both.get(enum, {})
    names = [*onward.get(enum, {}).items(), *pairs.items(), *((n, o) for o, n in pairs.items())]
    return next((other for name, other in names if name == raw and other in values), ABSENT)

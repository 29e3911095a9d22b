"""What the rules about renamed enum values share: a table of names, read in both directions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from codexwire.runtime.tolerance.rule import Spot
from codexwire.runtime.unknown import ABSENT

__all__ = ["renaming"]


def renaming(
    both: Mapping[str, Mapping[str, str]], onward: Mapping[str, Mapping[str, str]] | None = None
) -> Callable[[Spot, Any], Any]:
    """Return the function of a rule that reads a value by the name that the enum at hand has for it.

    `both` maps the names of enum classes to pairs that mean the same, `onward` to old names whose
    meaning went into another value, which does not hold backwards.
    """

    def renamed(spot: Spot, raw: Any) -> Any:
        values = spot.facts.values
        enum = spot.facts.name.removesuffix("Value")
        if not isinstance(raw, str) or raw in values:
            return ABSENT
        pairs = both.get(enum, {})
        names = {
            **(onward or {}).get(enum, {}),
            **pairs,
            **{new: old for old, new in pairs.items()},
        }
        return next((new for old, new in names.items() if old == raw and new in values), ABSENT)

    return renamed

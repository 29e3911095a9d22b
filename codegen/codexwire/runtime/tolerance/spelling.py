"""Names that differ in case and punctuation only, and members that are found by such a name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from codexwire.runtime.tolerance.rule import Spot
from codexwire.runtime.unknown import ABSENT

__all__ = ["member_respelled", "respelled"]


def respelled(name: Any, known: Iterable[Any]) -> Any:
    """Return the one known name that differs from `name` in case and punctuation only, or ABSENT."""
    if not isinstance(name, str):
        return ABSENT
    bare = _bare(name)
    alike = [k for k in known if isinstance(k, str) and k != name and _bare(k) == bare]
    return alike[0] if len(alike) == 1 and bare else ABSENT


def member_respelled(spot: Spot, raw: Any) -> Any:
    """Return the value of the member that is spelled almost as the place is called, or ABSENT."""
    key = respelled(spot.name, raw)
    return ABSENT if key is ABSENT else raw[key]


def _bare(name: str) -> str:
    return re.sub(r"[^0-9a-z]", "", name.lower())

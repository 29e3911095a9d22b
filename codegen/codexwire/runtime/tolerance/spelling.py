"""Names that differ in case and punctuation only."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from codexwire.runtime.unknown import ABSENT

__all__ = ["respelled"]


def respelled(name: Any, known: Iterable[Any]) -> Any:
    """Return the one known name that differs from `name` in case and punctuation only, or ABSENT."""
    if not isinstance(name, str):
        return ABSENT
    bare = _bare(name)
    alike = [k for k in known if isinstance(k, str) and k != name and _bare(k) == bare]
    return alike[0] if len(alike) == 1 and bare else ABSENT


def _bare(name: str) -> str:
    return re.sub(r"[^0-9a-z]", "", name.lower())

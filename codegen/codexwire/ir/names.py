"""How rules make type names out of what the protocol says."""

from __future__ import annotations

import keyword
import re
from functools import lru_cache
from hashlib import sha256

__all__ = ["is_identifier", "pascal", "second_name"]


@lru_cache(1 << 12)
def pascal(text: str) -> str:
    """Return `text` in PascalCase, keeping the capitals it has (`turn/start` gives `TurnStart`)."""
    return "".join(w[:1].upper() + w[1:] for w in re.split(r"[\W_]+", text) if w)


def is_identifier(name: object) -> bool:
    """Whether `name` is a string that can name a class as it stands."""
    return isinstance(name, str) and name.isidentifier() and not keyword.iskeyword(name)


def second_name(name: str, spelling: str) -> str:
    """Return the name for a thing whose first choice is another thing's name."""
    suffix = sha256(spelling.encode("utf-8", "surrogatepass")).hexdigest()[:6]
    return f"{name.rstrip('_')}_{suffix}"

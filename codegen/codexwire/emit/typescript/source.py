"""Pieces of TypeScript source: literals, keys, and descriptions as TSDoc."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from typing import Any

from codexwire.emit.definitions import Marks
from codexwire.emit.docs import UNITS, documented
from codexwire.model.types import Facts

__all__ = ["comment", "doc", "key", "literal", "notes_of"]

_SAFE = 2**53
_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*")


def literal(value: Any) -> str:
    """Return a JSON value as an expression, and an integer that no double holds as a bigint."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(literal, value))}]"
    if isinstance(value, dict):
        members = (f"[{json.dumps(name)}]: {literal(inner)}" for name, inner in value.items())
        return f"{{ {', '.join(members)} }}"
    if type(value) is int and abs(value) >= _SAFE:
        return f"{value}n"
    if isinstance(value, float) and value.is_integer() and abs(value) < _SAFE:
        return str(int(value))
    return json.dumps(value)


def key(name: str) -> str:
    """Return the name of a member as it stands in a type."""
    return name if _NAME.fullmatch(name) else json.dumps(name)


def doc(lines: Sequence[str], indent: str = "") -> str:
    """Return lines as a comment that ends with its line; nothing for no lines."""
    if not lines:
        return ""
    if len(lines) == 1:
        return f"{indent}/** {lines[0]} */\n"
    body = "".join(f"{indent} * {line}".rstrip() + "\n" for line in lines)
    return f"{indent}/**\n{body}{indent} */\n"


def notes_of(facts: Facts, *more: str) -> list[str]:
    """Return what is said about a place, as the lines of its comment."""
    values = [f"- `{value}`: {text}" for value, text in facts.value_texts.items()]
    text = documented(
        Marks(description=facts.description),
        notes=[note for note in ("\n".join(values), _unit(facts), *more) if note],
    )
    tags = ["@experimental"] * facts.is_experimental + ["@deprecated"] * facts.deprecated
    return comment(text, tags)


def comment(text: str, tags: Iterable[str] = ()) -> list[str]:
    """Return a text and its tags as lines, in which nothing ends the comment or begins another tag."""
    lines = re.sub(r"(?m)^(\s*)@", r"\1\\@", text.replace("*/", "*\\/")).splitlines()
    tags = list(tags)
    return [*lines, *([""] if lines and tags else []), *tags]


def _unit(facts: Facts) -> str:
    return "" if "seconds" in facts.description.lower() else UNITS.get(facts.unit, "")

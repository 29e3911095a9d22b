"""Python names and literals for generated source."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

__all__ = ["FreshNames", "literal", "python_name", "type_identifier"]


def type_identifier(name: str) -> str:
    """Return the Python name of a type: `v2_Thread` for `v2/Thread`, `v1_RequestId` for `RequestId`."""
    return python_name(name if "/" in name else f"v1_{name}")


def python_name(text: str) -> str:
    """Return a text that starts with a letter as a Python name.

    Letters beyond ASCII go, because Python takes some different ones for the same.
    """
    return re.sub(r"\W", "_", text, flags=re.ASCII)


def literal(text: str) -> str:
    """Return a Python string literal, in double quotes where that needs no escape."""
    quoted = repr(text)
    return quoted if '"' in quoted else f'"{quoted[1:-1]}"'


@dataclass(slots=True)
class FreshNames:
    """Gives every type one name, with a prefix, and every other thing a fresh one."""

    prefix: str = ""
    _types: dict[str, str] = field(default_factory=dict)
    taken: set[str] = field(default_factory=set)

    def of(self, full: str) -> str:
        """Return the name of a type by its full name; the same one every time."""
        if full not in self._types:
            self._types[full] = self.fresh(self.prefix + type_identifier(full))
        return self._types[full]

    def fresh(self, wanted: str) -> str:
        """Return a name like `wanted` that nothing else bears."""
        name = python_name(wanted)
        while name in self.taken:
            name += "_"
        self.taken.add(name)
        return name

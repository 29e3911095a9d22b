"""Tables of a TOML script, read with types; what is wrong is said with its place."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import MISSING, dataclass, fields
from typing import Any, TypeVar

from codexwire.errors import UsageError
from codexwire.location import Location, join_pointer

__all__ = ["Table", "read_record"]

T = TypeVar("T")
Number = TypeVar("Number", int, float)
_MISSING: Any = object()
_NAMES: Mapping[type, str] = {
    str: "a string",
    bool: "true or false",
    int: "an integer",
    float: "a number",
    dict: "a table",
    list: "a list",
}


@dataclass(frozen=True, slots=True)
class Table:
    """A TOML table, the file that it stands in and the keys and numbers (from 0) that lead to it."""

    data: Mapping[str, Any]
    file: str | None = None
    path: tuple[str | int, ...] = ()

    def problem(self, text: str, *path: str | int) -> UsageError:
        """Return the error that says what is wrong, here or further down."""
        pointer = join_pointer((*self.path, *path))
        return UsageError(
            text,
            location=Location(self.file or "script", pointer=pointer),
            hint="see `codexwire.proxy.mock.script` for the form",
        )

    def only(self, allowed: Iterable[str]) -> None:
        """Refuse keys that are not among those allowed."""
        names = sorted(allowed)
        for key in self.data:
            if key not in names:
                raise self.problem(f"unknown key {key!r}; known: {', '.join(names)}", key)

    def get(self, key: str, kind: type[T], default: T = _MISSING) -> T:
        """Return the value of a key; integers are numbers, too, and booleans are not."""
        if key not in self.data:
            if default is _MISSING:
                raise self.problem(f"{key!r} is missing")
            return default
        value: Any = self.data[key]
        if kind is float and type(value) is int:
            value = float(value)
        if type(value) is not kind:
            raise self.problem(f"must be {_NAMES[kind]}, got {value!r}", key)
        return value

    def at_least(
        self, key: str, kind: type[Number], least: Number, default: Number = _MISSING
    ) -> Number:
        """Return a number that is not below `least`."""
        value = self.get(key, kind, default)
        if value is not default and value < least:
            raise self.problem(f"must be at least {least}, got {value!r}", key)
        return value

    def table(self, key: str) -> Table:
        """Return the table below a key."""
        return Table(self.get(key, dict), self.file, (*self.path, key))

    def tables(self, key: str, read: Callable[[Table], T]) -> tuple[T, ...]:
        """Return what `read` makes of each table in the list of a key; none without the key."""
        found = self.get(key, list, [])
        for index, table in enumerate(found):
            if not isinstance(table, dict):
                raise self.problem(f"must be a table, got {table!r}", key, index)
        return tuple(
            read(Table(table, self.file, (*self.path, key, index)))
            for index, table in enumerate(found)
        )

    def one_of(self, kinds: Iterable[str]) -> str:
        """Return the one key of those named that the table has."""
        names = tuple(kinds)
        found = [name for name in names if name in self.data]
        if len(found) != 1:
            said = " and ".join(found or self.data) or "nothing"
            raise self.problem(f"needs one of {', '.join(names)}; has {said}")
        return found[0]


def read_record(kind: type[T], table: Table, *, beside: Iterable[str] = ()) -> T:
    """Return the dataclass that a table spells: its fields are the keys, `beside` are allowed, too."""
    known = fields(kind)  # type: ignore[arg-type]  # dataclasses, all of them
    table.only({*(f.name for f in known), *beside})
    values = {
        f.name: table.get(f.name, _TYPES[f.type])
        for f in known
        if f.name in table.data or f.default is f.default_factory is MISSING
    }
    return kind(**values)


_TYPES: Mapping[Any, Any] = {
    "str": str,
    "bool": bool,
    "int": int,
    "float": float,
    "Mapping[str, Any]": dict,
}

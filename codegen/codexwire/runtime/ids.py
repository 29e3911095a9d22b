"""Thread, turn, item and request ids out of messages, by tables that the generator proved.

A *path* is the wire names that lead from a payload (params or result) to an id, dotted:
`"threadId"`, `"thread.id"`. Payloads are generated models or plain mappings, in any depth.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, RootModel

from codexwire.runtime.spec import MethodTable

__all__ = ["IdMatch", "IdPaths", "IdRow", "field_name", "paths_by_class"]

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class IdMatch(Generic[T]):
    """An id and the path at which it was found."""

    value: T
    path: str


@dataclass(frozen=True, slots=True)
class IdRow:
    """Where one kind of id lies in one method's messages: paths in its params and in its result."""

    params: tuple[str, ...] = ()
    result: tuple[str, ...] = ()


class IdPaths(Generic[T]):
    """One kind of id: method → where it lies, and the aliases that old or odd peers use.

    `of` are the types that such an id has; `aliases` maps a proven path to the paths that are tried
    after it.
    """

    def __init__(
        self,
        rows: Mapping[str, IdRow],
        *,
        of: tuple[type[T], ...],
        aliases: Mapping[str, tuple[str, ...]],
    ) -> None:
        self._rows = rows
        self._of = of
        self._aliases = aliases

    @property
    def rows(self) -> Mapping[str, IdRow]:
        """The proven paths by method."""
        return self._rows

    def find(self, method: str, payload: Any, *, part: str | None = None) -> IdMatch[T] | None:
        """Return the id of a message of `method` and where it was, or None; never raises.

        `payload` is the params or the result, a model or a mapping. `part` (`"params"` or
        `"result"`) says which; without it the paths of both are tried, params first.
        """
        row = self._rows.get(method)
        if row is None:
            return None
        proven = (row.params if part != "result" else ()) + (row.result if part != "params" else ())
        for path in (*proven, *self._also(proven)):
            value = _follow(payload, path)
            if isinstance(value, self._of) and not isinstance(value, bool):
                return IdMatch(value, path)
        return None

    def value(self, method: str, payload: Any, *, part: str | None = None) -> T | None:
        """Return what `find` finds, without its path."""
        found = self.find(method, payload, part=part)
        return None if found is None else found.value

    def at(self, payload: Any, paths: tuple[str, ...]) -> str | None:
        """Return the first string at one of `paths`, or None."""
        values = (_follow(payload, path) for path in paths)
        return next((value for value in values if isinstance(value, str)), None)

    def _also(self, proven: tuple[str, ...]) -> Iterator[str]:
        for path in proven:
            yield from self._aliases.get(path, ())


def paths_by_class(table: MethodTable, ids: IdPaths[str]) -> dict[str, tuple[str, ...]]:
    """Return params class name → the paths at which `ids` proved an id in its messages."""
    return {
        spec.spec.params: ids.rows[method].params
        for method, spec in table.items()
        if spec.spec.params is not None and method in ids.rows
    }


def field_name(wire: str) -> str:
    """Return the attribute name of a wire name (`threadId` → `thread_id`)."""
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in wire)


def _follow(value: Any, path: str) -> Any:
    for step in path.split("."):
        value = _step(value, step)
        if value is None:
            return None
    return value


def _step(value: Any, name: str) -> Any:
    while isinstance(value, RootModel):
        value = value.root
    if isinstance(value, Mapping):
        return value.get(name)
    if not isinstance(value, BaseModel):
        return None
    fields = value.__dict__
    attribute = field_name(name)
    if attribute in fields:
        return fields[attribute]
    return fields.get(name, (value.__pydantic_extra__ or {}).get(name))

"""Requests made from the schema: the smallest valid params, and where they can be damaged.

Texts come from tables, never from chance: an id that an earlier answer gave, a folder of the probe's own, a
harmless command line. The same schema gives the same requests.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any, TypeAlias

from codexwire.ir.model import Method
from codexwire.model.choose import Fits
from codexwire.model.kinds import json_kind
from codexwire.model.read import Types, read
from codexwire.model.types import (
    All,
    Anything,
    Enum,
    List,
    Never,
    Object,
    Ref,
    Scalar,
    Tuple,
    Type,
    Union,
    is_null,
)
from codexwire.probe.session import OMITTED

__all__ = ["DamagedParams", "Requests"]

_DEEP = 8

Put: TypeAlias = "Callable[[Any], Any]"
"""Returns the params of a request with another value at one place."""


@dataclass(frozen=True, slots=True)
class DamagedParams:
    """Params with one wrong place: where, what stands there, and the kind of change."""

    params: Any
    place: str
    kind: str


_FORMS: tuple[tuple[str, Any], ...] = (
    ("null", None),
    ("array", []),
    ("object", {}),
    ("text", "probe"),
    ("number", 7),
    ("boolean", True),
)
UNKNOWN = "codexwireProbe"
"""The property that nobody knows."""


@dataclass(frozen=True, slots=True)
class Requests:
    """Makes the requests of one protocol; `texts` maps names of members and of types to what stands there."""

    types: Types
    fits: Fits
    texts: Mapping[str, Any]

    def minimal(self, method: Method) -> Any:
        """Return the smallest valid params: OMITTED where a method needs none."""
        if method.params is None or not method.params_required:
            return OMITTED
        return self._smallest(read(method.params), "", frozenset())

    def _smallest(self, found: Type, name: str, inside: frozenset[str]) -> Any:
        if name in self.texts and self.fits(found, self.texts[name]):
            return self.texts[name]
        if isinstance(found, Ref):
            bare = found.name.rpartition("/")[2]
            known = bare if name not in self.texts and bare in self.texts else name
            return self._smallest(self.types.named(found.name), known, inside | {found.name})
        if isinstance(found, Enum):
            return found.values[0]
        if isinstance(found, Union):
            return self._smallest(self._branch(found, inside), name, inside)
        if isinstance(found, All):
            parts = [self._smallest(part, name, inside) for part in found.members]
            made = [part for part in parts if isinstance(part, dict)]
            return {k: v for part in made for k, v in part.items()} if made else parts[-1]
        if isinstance(found, Object):
            return {
                key: self._smallest(found.properties.get(key) or Anything(), key, inside)
                for key in found.required
            }
        if isinstance(found, List):
            least = int(found.limits.get("minItems", 0))
            return [self._smallest(found.items, name, inside)] * least
        if isinstance(found, Tuple):
            return [self._smallest(item, name, inside) for item in found.items]
        if isinstance(found, Scalar):
            return _scalar(found)
        return {}

    def _branch(self, union: Union, inside: frozenset[str]) -> Type:
        """Return the first branch that is not null and does not lead back to where one came from."""
        some = [b for b in union.branches if not is_null(b)] or list(union.branches)
        ahead = (b for b in some if not (isinstance(b, Ref) and b.name in inside))
        return next(ahead, some[0])

    def takes_null(self, method: Method) -> bool:
        """Whether the params of a method may be null."""
        return method.params is not None and self.fits(read(method.params), None)

    def experimental_members(self, method: Method) -> list[str]:
        """Return the members of a method's params that only the experimental schema has."""
        found = self.types.resolve(read(method.params)) if method.params is not None else None
        members = found.properties.items() if isinstance(found, Object) else ()
        return [name for name, inner in members if inner.facts.is_experimental]

    def example(self, method: Method, name: str) -> Any:
        """Return a value of a member of a method's params that says something: true rather than false."""
        found = self.types.resolve(read(method.params or {}))
        inner = found.properties[name] if isinstance(found, Object) else Anything()
        return True if self.fits(inner, True) else self._smallest(inner, name, frozenset())

    def damaged(self, method: Method) -> Iterator[DamagedParams]:
        """Yield the params of a method, each once, as a whole and with each reachable place damaged."""
        return _once(chain(self._wholes(method), self._parts(method)))

    def wholes(self, method: Method) -> Iterator[DamagedParams]:
        """Yield the params of a method as a whole, each once, the smallest valid ones first.

        Then they are left out, null, of each other kind, and have a property that nobody knows.
        """
        return _once(self._wholes(method))

    def _wholes(self, method: Method) -> Iterator[DamagedParams]:
        whole = self.minimal(method)
        yield DamagedParams(whole, "", "valid")
        yield DamagedParams(OMITTED, "", "missing")
        yield from (DamagedParams(value, "", kind) for kind, value in _FORMS)
        yield DamagedParams({**_as_object(whole), UNKNOWN: 1}, "", "unknown")

    def _parts(self, method: Method) -> Iterator[DamagedParams]:
        if method.params is not None:
            base = _as_object(self.minimal(method))
            yield from self._damages(read(method.params), base, (), frozenset(), lambda v: v)

    def _damages(
        self, found: Type, base: Any, at: tuple[str, ...], inside: frozenset[str], put: Put
    ) -> Iterator[DamagedParams]:
        """Yield damages inside a value of a type; `put` returns the params with another such value."""
        if isinstance(found, Ref):
            if found.name not in inside and len(at) < _DEEP:
                named = self.types.named(found.name)
                yield from self._damages(named, base, at, inside | {found.name}, put)
        elif isinstance(found, Union):
            for branch in found.branches:
                if not is_null(branch):
                    fresh = self._smallest(branch, at[-1] if at else "", inside)
                    same = (
                        base
                        if json_kind(base) == json_kind(fresh) and self.fits(branch, base)
                        else fresh
                    )
                    yield from self._damages(branch, same, at, inside, put)
        elif isinstance(found, All):
            for part in found.members:
                yield from self._damages(part, base, at, inside, put)
        elif isinstance(found, Object):
            yield from self._members(found, base if isinstance(base, dict) else {}, at, inside, put)
        elif isinstance(found, List):
            item = self._smallest(found.items, at[-1] if at else "", inside)
            yield from self._places(found.items, item, (*at, "*"), inside, lambda v: put([v]))

    def _members(
        self,
        found: Object,
        base: dict[str, Any],
        at: tuple[str, ...],
        inside: frozenset[str],
        put: Put,
    ) -> Iterator[DamagedParams]:
        for key, inner in found.properties.items():
            value = base[key] if key in base else self._smallest(inner, key, inside)
            if key in base:
                rest = {k: v for k, v in base.items() if k != key}
                yield DamagedParams(put(rest), ".".join((*at, key)), "missing")
            yield from self._places(inner, value, (*at, key), inside, _with(put, base, key))
        if found.rest is not None and not isinstance(found.rest, Never | Anything):
            value = self._smallest(found.rest, "", inside)
            yield from self._places(
                found.rest, value, (*at, "*"), inside, _with(put, base, "probe")
            )

    def _places(
        self, found: Type, value: Any, at: tuple[str, ...], inside: frozenset[str], put: Put
    ) -> Iterator[DamagedParams]:
        """Yield every damage of one place, then those inside it."""
        place = ".".join(at)
        yield DamagedParams(put(value), place, "valid")
        for kind, wrong in _FORMS:
            yield DamagedParams(put(wrong), place, kind)
        yield from self._damages(found, value, at, inside, put)


def _as_object(params: Any) -> dict[str, Any]:
    """Return params to which a property can be added: an empty object for those that are none."""
    return params if isinstance(params, dict) else {}


def _once(made: Iterable[DamagedParams]) -> Iterator[DamagedParams]:
    """Yield the first of those with the same params."""
    seen: set[str] = set()
    for one in made:
        text = "" if one.params is OMITTED else json.dumps(one.params, sort_keys=True)
        if text not in seen:
            seen.add(text)
            yield one


def _scalar(found: Scalar) -> Any:
    match found.kind:
        case "string":
            return "probe".ljust(int(found.limits.get("minLength", 0)), "x")
        case "boolean":
            return False
        case "null":
            return None
        case _:
            return max(1, int(found.limits.get("minimum", 1)))


def _with(put: Put, base: dict[str, Any], key: str) -> Put:
    """Return what puts a value into an object as one member, and that object where it belongs."""
    return lambda value: put({**base, key: value})

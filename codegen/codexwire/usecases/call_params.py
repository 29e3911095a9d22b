"""The params of a request as they are typed in a shell: `key=value` by the schema, or JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from codexwire.direction import Kind, Side
from codexwire.errors import UsageError
from codexwire.ir.model import Method, Protocol
from codexwire.lazy import meant
from codexwire.model.message import LineError, parse
from codexwire.model.read import Types, types_of
from codexwire.model.types import (
    All,
    Enum,
    List,
    Map,
    Object,
    Scalar,
    Type,
    Union,
    is_null,
    split_nullable,
)

__all__ = ["fields", "methods", "params_of"]

_NO_JSON: Any = object()


def methods(protocol: Protocol) -> dict[str, Method]:
    """Return the requests that a client may send, by name."""
    return {m.name: m for m in protocol.table(Side.CLIENT, Kind.REQUEST)}


def fields(protocol: Protocol, method: str) -> dict[str, Type]:
    """Return the members of the params of a method, by their names on the wire."""
    spec = methods(protocol).get(method)
    found = None if spec is None else types_of(protocol).params(spec)
    return {} if found is None else dict(types_of(protocol).members(found))


def params_of(protocol: Protocol, method: str, words: Sequence[str]) -> tuple[Any, list[str]]:
    """Return the params that the words of a command line mean, and what is odd about them.

    One word that is a JSON object is the params. Any others are `key=value`: the value is read as its
    type in the schema asks (a text as it is, all else as JSON), a dotted key leads into an object, a key
    that is repeated makes a list. Without words the params are absent, or `{}` where they must be there.
    UsageError for a word that is neither.
    """
    if len(words) == 1 and words[0].lstrip().startswith("{"):
        return _json_object(words[0]), []
    if not words:
        spec = methods(protocol).get(method)
        params = None if spec is None else types_of(protocol).params(spec)
        return (None if params is None or is_null(params) else {}), []
    types, known = types_of(protocol), fields(protocol, method)
    made: dict[str, Any] = {}
    odd: list[str] = []
    for word in words:
        key, equals, text = word.partition("=")
        if not equals or not key:
            raise UsageError(
                f"not a field: {word!r}", hint="write key=value, one JSON object, or `-`"
            )
        path = key.split(".")
        if path[0] not in known:
            odd.append(f"{method} has no field {path[0]}{meant(path[0], known)}")
        wanted = _type_at(types, known, path)
        _put(made, path, text, _Wanted.of(types, wanted), key)
    return made, odd


def _json_object(text: str) -> dict[str, Any]:
    try:
        value = parse(text.encode("utf-8", "surrogateescape"))
    except LineError as problem:
        raise UsageError(f"the params are {problem}") from None
    if not isinstance(value, dict):
        raise UsageError("the params are no JSON object")
    return value


@dataclass(frozen=True, slots=True)
class _Wanted:
    """The JSON types that a value may have, and those of its items where it is an array."""

    kinds: tuple[str, ...] = ()
    items: tuple[str, ...] = ()

    @classmethod
    def of(cls, types: Types, found: Type | None) -> _Wanted:
        """Return what a type asks for; nothing where it is not known."""
        if found is None:
            return cls()
        items = [kind for inner in _items(types, found) for kind in _kinds(types, inner)]
        return cls(tuple(_kinds(types, found)), tuple(items))


def _put(made: dict[str, Any], path: list[str], text: str, wanted: _Wanted, key: str) -> None:
    *above, last = path
    for name in above:
        made = made.setdefault(name, {})
        if not isinstance(made, dict):
            raise UsageError(f"{key}: {name} has a value already")
    value = _value(text, wanted.kinds)
    if "array" in wanted.kinds and _kind(value) not in wanted.kinds:
        value = [*made.get(last, []), _value(text, wanted.items)]
    elif last in made:
        raise UsageError(f"{key} is given twice")
    made[last] = value


def _value(text: str, kinds: tuple[str, ...]) -> Any:
    """Return what a text means where one of these kinds is asked for; any where none is known."""
    try:
        found = parse(text.encode("utf-8", "surrogateescape"))
    except LineError:
        found = _NO_JSON
    if found is _NO_JSON or ("string" in kinds and _kind(found) not in kinds):
        return text
    if isinstance(found, str) and kinds and "string" in kinds:
        return text  # the quotes are meant
    return found


def _kind(value: Any) -> str:
    names = {bool: "boolean", int: "integer", float: "number", str: "string", list: "array"}
    return "null" if value is None else names.get(type(value), "object")


def _type_at(types: Types, known: dict[str, Type], path: list[str]) -> Type | None:
    found: Type | None = None
    for name in path:
        found = known.get(name)
        if found is None:
            return None
        known = dict(types.members(found))
    return found


def _items(types: Types, found: Type) -> Iterator[Type]:
    """Yield the types of the items of an array, of all branches of a union."""
    found = types.resolve(split_nullable(types.resolve(found))[0])
    if isinstance(found, List):
        yield found.items
    elif isinstance(found, Union | All):
        for part in found.parts():
            yield from _items(types, part)


def _kinds(types: Types, found: Type, depth: int = 0) -> Iterator[str]:
    """Yield the JSON types that a value of a type may have."""
    found = types.resolve(found)
    if isinstance(found, Enum):
        yield from map(_kind, found.values)
    elif isinstance(found, Scalar):
        yield from {"number": ("number", "integer")}.get(found.kind, (found.kind,))
    elif isinstance(found, List):
        yield "array"
    elif isinstance(found, Object | Map):
        yield "object"
    elif isinstance(found, Union | All) and depth < 10:
        for part in found.parts():
            yield from _kinds(types, part, depth + 1)

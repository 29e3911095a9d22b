"""References that name a schema by its `$id`, by an anchor or by its file, read as JSON pointers.

Published schemas refer to `#/definitions/…` alone, and nothing behind this module knows another form.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias
from urllib.parse import urljoin

from codexwire.ingest.drafts import MAPS, VALUES
from codexwire.ir.model import full_name
from codexwire.location import JsonPath, join_pointer

__all__ = ["by_pointer", "to_other_files"]

_Targets: TypeAlias = dict[str, tuple[str, JsonPath]]
"""Absolute URI → the file, and where in it the schema stands."""


def by_pointer(files: Mapping[str, dict[str, Any]]) -> dict[str, dict[str, Any]]:
    """Return documents, by the names of their files (one alone: empty), in which no `$id` is left.

    References into the same file begin with `#`, those into another one with its name and `#`. What
    leads into none of these files stays as it is.
    """
    if not any(_names_places(node) for value in files.values() for _, node, _ in _nodes(value)):
        return dict(files)
    targets: _Targets = {}
    for name, value in files.items():
        targets.setdefault(_uri(name), (name, ()))
        for path, node, base in _nodes(value, _uri(name)):
            if _is_named(node):
                targets.setdefault(base, (name, path))
    return {name: _pointing(value, name, _uri(name), targets) for name, value in files.items()}


def to_other_files(value: dict[str, Any]) -> Iterator[tuple[str, str, str]]:
    """Yield the references of a document that `by_pointer` led to other files: text, file, pointer."""
    for _, node, _ in _nodes(value):
        ref = node.get("$ref")
        if isinstance(ref, str) and not ref.startswith("#"):
            name, sign, pointer = ref.partition("#")
            if sign:
                yield full_name(ref), name, pointer


def _uri(name: str) -> str:
    return f"{name}.json" if name else ""


def _is_named(node: dict[str, Any]) -> bool:
    return isinstance(node.get("$id"), str) and "$ref" not in node


def _names_places(node: dict[str, Any]) -> bool:
    ref = node.get("$ref", "#/")
    return _is_named(node) or not (isinstance(ref, str) and ref.startswith("#/"))


def _nodes(
    value: Any, base: str = "", path: JsonPath = ()
) -> Iterator[tuple[JsonPath, dict[str, Any], str]]:
    """Yield path, content and base URI of every object that may be a schema, outer ones first."""
    if isinstance(value, list):
        for index, part in enumerate(value):
            yield from _nodes(part, base, (*path, index))
    elif isinstance(value, dict):
        base = _base(value, base)
        yield path, value, base
        for keyword, part in value.items():
            if keyword in MAPS and isinstance(part, dict):
                for key, inner in part.items():
                    yield from _nodes(inner, base, (*path, keyword, key))
            elif keyword not in VALUES:
                yield from _nodes(part, base, (*path, keyword))


def _base(node: dict[str, Any], base: str) -> str:
    return _join(base, node["$id"]).removesuffix("#") if _is_named(node) else base


def _join(base: str, ref: str) -> str:
    if ref.startswith("#"):
        return base.partition("#")[0] + ref
    try:
        return urljoin(base, ref)
    except ValueError:  # no URI
        return ref


def _pointing(value: Any, name: str, base: str, targets: _Targets) -> Any:
    if isinstance(value, list):
        return [_pointing(part, name, base, targets) for part in value]
    if not isinstance(value, dict):
        return value
    base = _base(value, base)
    made: dict[str, Any] = {}
    for keyword, part in value.items():
        if keyword in MAPS and isinstance(part, dict):
            made[keyword] = {k: _pointing(v, name, base, targets) for k, v in part.items()}
        else:
            made[keyword] = part if keyword in VALUES else _pointing(part, name, base, targets)
    if _is_named(value):
        del made["$id"]
    if isinstance(value.get("$ref"), str):
        made["$ref"] = _pointer(value["$ref"], name, base, targets)
    return made


def _pointer(ref: str, name: str, base: str, targets: _Targets) -> str:
    whole = _join(base, ref)
    uri, _, fragment = whole.partition("#")
    is_pointer = not fragment or fragment.startswith("/")
    found = targets.get(uri if is_pointer else whole)
    if found is None:
        return ref
    file, path = found
    pointer = join_pointer(path).replace("%", "%25") + (fragment if is_pointer else "")
    return f"#{pointer}" if file == name else f"{file}#{pointer}"

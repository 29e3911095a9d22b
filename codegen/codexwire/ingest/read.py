"""Bytes to a JSON document, with one clear error for everything that can be wrong."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from codexwire.errors import IngestError
from codexwire.location import JsonPath, Location, join_pointer

__all__ = ["read_bytes", "read_document"]

_DEEPEST = 100  # published schemas have 12 levels; the generator of models copes with 150


def read_bytes(path: Path | str) -> bytes:
    """Return the content of a file (`-` is standard input), gunzipped when it is gzip."""
    where = Location(str(path) if str(path) != "-" else "<stdin>")
    try:
        data = sys.stdin.buffer.read() if str(path) == "-" else Path(path).read_bytes()
    except OSError as error:
        raise IngestError(
            f"cannot read the schema: {error.strerror}",
            location=where,
            hint="name a bundle file, a folder of schema files, or a version",
        ) from None
    if data[:2] != b"\x1f\x8b":
        return data
    try:
        return gzip.decompress(data)
    except (OSError, EOFError, zlib.error) as error:
        raise IngestError(
            f"the gzip data is damaged or cut short: {error}",
            location=where,
            hint="fetch the file again",
        ) from None


def read_document(path: Path | str) -> dict[str, Any]:
    """Return the JSON object in a file; IngestError when there is none."""
    where = str(path) if str(path) != "-" else "<stdin>"
    data = read_bytes(path)
    try:
        value = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise IngestError(
            f"not UTF-8 at byte {error.start}", location=Location(where), hint="is it a schema?"
        ) from None
    except json.JSONDecodeError as error:
        raise IngestError(
            f"not JSON: {error.msg} at column {error.colno}",
            location=Location(where, error.lineno),
            hint="the file may be cut short; write it again with generate-json-schema",
        ) from None
    except ValueError as error:  # what Python does not read: an integer of thousands of digits
        raise IngestError(
            f"a number cannot be read: {error}",
            location=Location(where),
            hint="is it a schema?",
        ) from None
    except RecursionError:
        raise _too_deep(where) from None
    if _depth(value) > _DEEPEST:
        raise _too_deep(where)
    if b"\\ud" in data.lower() and (spot := _surrogate(value)) is not None:
        raise IngestError(
            "a string is no Unicode text (it has half a surrogate pair)",
            location=Location(where, None, join_pointer(spot)),
        )
    if not isinstance(value, dict):
        raise IngestError(
            f"the schema must be a JSON object, not {_kind(value)}",
            location=Location(where, None, ""),
        )
    return value


def _too_deep(where: str) -> IngestError:
    return IngestError(
        f"the JSON is nested deeper than {_DEEPEST} levels",
        location=Location(where),
        hint="is it a schema?",
    )


def _depth(value: Any) -> int:
    """Return how deeply lists and objects are nested, without recursion."""
    level, depth = [value], 0
    while level := [v for v in level if isinstance(v, (dict, list))]:
        level = [part for v in level for part in (v.values() if isinstance(v, dict) else v)]
        depth += 1
    return depth


def _surrogate(value: Any, path: JsonPath = ()) -> JsonPath | None:
    """Return the path of a string that is no Unicode text, a key's being that of its object."""
    if isinstance(value, str):
        return path if any("\ud800" <= c <= "\udfff" for c in value) else None
    pairs: Iterable[tuple[str | int, Any]] = ()
    if isinstance(value, (dict, list)):
        pairs = value.items() if isinstance(value, dict) else enumerate(value)
    for key, part in pairs:
        if _surrogate(key) is not None:
            return path
        if (found := _surrogate(part, (*path, key))) is not None:
            return found
    return None


def _kind(value: object) -> str:
    names = {list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")

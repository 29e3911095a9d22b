"""Bytes to a JSON document, with one clear error for everything that can be wrong."""

from __future__ import annotations

import gzip
import json
import sys
import zlib
from pathlib import Path
from typing import Any

from codexwire.errors import IngestError
from codexwire.location import Location

__all__ = ["read_bytes", "read_document"]

_DRAFTS = ("http://json-schema.org/draft-07/schema", "https://json-schema.org/draft-07/schema")


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
    """Return the draft-07 JSON object in a file; IngestError when there is none."""
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
    except RecursionError:
        raise IngestError(
            "the JSON is nested too deeply", location=Location(where), hint="is it a schema?"
        ) from None
    if not isinstance(value, dict):
        raise IngestError(
            f"the schema must be a JSON object, not {_kind(value)}",
            location=Location(where, None, ""),
        )
    draft = value.get("$schema")
    if draft is not None and (not isinstance(draft, str) or draft.rstrip("#") not in _DRAFTS):
        raise IngestError(
            f"unsupported JSON Schema draft {draft!r}",
            location=Location(where, None, "/$schema"),
            hint="codex publishes draft-07",
        )
    return value


def _kind(value: object) -> str:
    names = {list: "an array", str: "a string", bool: "a boolean", type(None): "null"}
    return names.get(type(value), "a number")

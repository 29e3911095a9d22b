"""What an exec-server serves, told by its release and the schema of all releases that codexwire keeps."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from codexwire.ir.layout import UNIONS
from codexwire.ir.pruned import types_of
from codexwire.model.message import parse_object
from codexwire.profiles.exec_server.profile import EXEC_SERVER
from codexwire.resources import schema_root
from codexwire.version import Version

__all__ = ["supports"]

_REF: Final = "#/definitions/"


def supports(release: Version | None, method: str, field: str | None = None) -> bool | None:
    """Return whether a release has a method, and a field of its params; None for unknown.

    Unknown are releases before the first and behind the last one that was looked at.
    """
    types = None if release is None else _types(release)
    if types is None:
        return None
    branches = (
        branch for union in UNIONS for branch in types.get(union.union, {}).get("oneOf", ())
    )
    messages = (branch["properties"] for branch in branches)
    found = next((m for m in messages if m["method"]["enum"] == [method]), None)
    if found is None or field is None:
        return found is not None
    params = found.get("params", {})
    params = types[params["$ref"].removeprefix(_REF)] if "$ref" in params else params
    return field in params.get("properties", {})


@cache
def _document() -> dict[str, Any]:
    text = schema_root().joinpath(*EXEC_SERVER.described).read_bytes()
    return parse_object(text) or {}


@cache
def _types(release: Version) -> dict[str, Any] | None:
    _, first, *_, last = map(
        Version.parse, _document()["x-versions"]
    )  # before it, an older protocol
    return types_of(_document(), release) if first <= release <= last else None

"""What an exec-server serves, told by its release and the schema of all releases that codexwire keeps."""

from __future__ import annotations

from functools import cache
from typing import Any

from codexwire.ir.pruned import definitions_of, param_names
from codexwire.model.message import parse_object
from codexwire.profiles.exec_server.profile import EXEC_SERVER
from codexwire.resources import schema_root
from codexwire.version import Version

__all__ = ["supports"]


def supports(release: Version | None, method: str, field: str | None = None) -> bool | None:
    """Return whether a release has a method, and a field of its params; None for unknown.

    Unknown are releases before the first and behind the last one that was looked at.
    """
    types = None if release is None else _types(release)
    if types is None:
        return None
    members = param_names(types, method)
    return members is not None and (field is None or field in members)


@cache
def _document() -> dict[str, Any]:
    text = schema_root().joinpath(*EXEC_SERVER.described).read_bytes()
    return parse_object(text) or {}


@cache
def _types(release: Version) -> dict[str, Any] | None:
    _, first, *_, last = map(Version.parse, _document()["x-versions"])  # the 0th: another protocol
    return definitions_of(_document(), release) if first <= release <= last else None

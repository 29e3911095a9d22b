"""Faults: what goes wrong on the way from the mock to its client, one table of a script each.

`on` names the message that a fault befalls: a notification or request of the server, or a request of
the client, which means its answer; `"*"` is any message. `nth` says which of them on a connection (from
1, the default; 0: every one), `after` lets that many further messages pass first and befalls the next.

    delay = 0.5                 this message and all behind it come that many seconds later
    drop = true                 it is not sent
    reorder = 2                 it comes after the next two messages
    duplicate = 2               it comes that many times
    malformed_line = true       it comes cut off, as a line that is no JSON
    partial_line = true         its first half comes without the end of the line
    huge_line = 5000000         it comes with a member of so many bytes more
    unknown_notification = "future/thing"     (`params`) comes before it
    new_enum_value = "hologram"               `at` a pointer; default: the first closed enum in it
    unknown_field = "hologram"                (`value`, any) `at` an object; default: params or result
    missing_field = "/params/turn/id"         a pointer
    unknown_item_type = "hologram"            at /params/item/type
    error = { code = -32603, message = "…" }  in place of the result (`data`): the request does nothing
    disconnect = true           the connection ends after it, without a goodbye
    exit = 3                    the server ends after it, with that exit code
    stderr = "panicked at …"    the text comes on standard error before it
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, TypeAlias

import msgspec

from codexwire.toml import TomlValue

__all__ = ["FAULTS", "Fault", "RpcFailure", "read_fault"]


class RpcFailure(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A JSON-RPC error."""

    code: int
    message: str
    data: dict[str, Any] = {}

    def wire(self) -> dict[str, Any]:
        """Return the error as it is sent: without data unless there is some."""
        error = {"code": self.code, "message": self.message}
        return {**error, "data": self.data} if self.data else error


class Fault(msgspec.Struct, frozen=True):
    """One fault: which message it befalls, what it does (a key of `FAULTS`), and with what."""

    on: str
    kind: str
    value: Any
    nth: int = 1
    after: int = 0
    at: str | None = None
    params: dict[str, Any] = {}


_Count: TypeAlias = Annotated[int, msgspec.Meta(ge=1)]
_Ordinal: TypeAlias = Annotated[int, msgspec.Meta(ge=0)]
_Seconds: TypeAlias = Annotated[float, msgspec.Meta(ge=0)]
_ExitCode: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=255)]
_Pointer: TypeAlias = Annotated[
    str, msgspec.Meta(pattern="^/", description="a JSON pointer (/params/…)")
]

_BESIDE: Mapping[str, tuple[Any, Any]] = {
    "params": (dict[str, Any], {}),
    "at": (_Pointer | None, None),
    "value": (Any, True),
}
"""What some faults have beside their value → its type, and its default."""

FAULTS: Mapping[str, tuple[Any, tuple[str, ...]]] = {
    "delay": (_Seconds, ()),
    "drop": (bool, ()),
    "reorder": (_Count, ()),
    "duplicate": (_Count, ()),
    "malformed_line": (bool, ()),
    "partial_line": (bool, ()),
    "huge_line": (_Count, ()),
    "unknown_notification": (str, ("params",)),
    "new_enum_value": (str, ("at",)),
    "unknown_field": (str, ("at", "value")),
    "missing_field": (_Pointer, ()),
    "unknown_item_type": (str, ()),
    "error": (RpcFailure, ()),
    "disconnect": (bool, ()),
    "exit": (_ExitCode, ()),
    "stderr": (str, ()),
}
"""Kind of fault → the type of its value, and which keys it has beside."""


def _table_type(kind: str) -> type[msgspec.Struct]:
    """Return the type of the table that spells a kind of fault."""
    value, beside = FAULTS[kind]
    optional = [("nth", _Ordinal, 1), ("after", _Ordinal, 0)]
    optional += [(name, *_BESIDE[name]) for name in beside]
    return msgspec.defstruct(
        kind, [("on", str), (kind, value), *optional], frozen=True, forbid_unknown_fields=True
    )


_TABLES = {kind: _table_type(kind) for kind in FAULTS}


def read_fault(table: TomlValue) -> Fault:
    """Return the fault that a table spells; UsageError with its place when it is malformed."""
    kind = table.one_of(FAULTS)
    row = msgspec.structs.asdict(table.read(_TABLES[kind]))
    value = row.pop(kind)
    if value is False:
        raise table.problem(f"{kind} must be true; leave the fault out instead", kind)
    if kind == "unknown_field":
        row["params"] = {value: row.pop("value")}
    return Fault(kind=kind, value=value, **row)

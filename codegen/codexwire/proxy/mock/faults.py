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
    error = { code = -32603, message = "…" }  in place of the result (`data`)
    disconnect = true           the connection ends after it, without a goodbye
    exit = 3                    the server ends after it, with that exit code
    stderr = "panicked at …"    the text comes on standard error before it
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from codexwire.proxy.mock.reading import Table, read_record

__all__ = ["FAULTS", "Fault", "read_fault"]


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault: which message it befalls, what it does (a key of `FAULTS`), and with what."""

    on: str
    kind: str
    value: Any
    nth: int = 1
    after: int = 0
    at: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    where: Table | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class _RpcError:
    code: int
    message: str
    data: Mapping[str, Any] = field(default_factory=dict)


def _flag(table: Table, key: str) -> Any:
    if not table.get(key, bool):
        raise table.problem("must be true; leave the fault out instead", key)
    return True


def _text(table: Table, key: str) -> Any:
    return table.get(key, str)


def _count(table: Table, key: str) -> Any:
    return table.at_least(key, int, 1)


def _seconds(table: Table, key: str) -> Any:
    return table.at_least(key, float, 0.0)


def _code(table: Table, key: str) -> Any:
    code = table.at_least(key, int, 0)
    if code > 255:
        raise table.problem(f"must be at most 255, got {code}", key)
    return code


def _pointer(table: Table, key: str) -> Any:
    pointer = table.get(key, str)
    if not pointer.startswith("/"):
        raise table.problem(f"must be a JSON pointer (/params/…), got {pointer!r}", key)
    return pointer


def _error(table: Table, key: str) -> Any:
    error = read_record(_RpcError, table.table(key))
    data = {"data": dict(error.data)} if error.data else {}
    return {"code": error.code, "message": error.message, **data}


FAULTS: Mapping[str, tuple[Callable[[Table, str], Any], frozenset[str]]] = {
    "delay": (_seconds, frozenset()),
    "drop": (_flag, frozenset()),
    "reorder": (_count, frozenset()),
    "duplicate": (_count, frozenset()),
    "malformed_line": (_flag, frozenset()),
    "partial_line": (_flag, frozenset()),
    "huge_line": (_count, frozenset()),
    "unknown_notification": (_text, frozenset({"params"})),
    "new_enum_value": (_text, frozenset({"at"})),
    "unknown_field": (_text, frozenset({"at", "value"})),
    "missing_field": (_pointer, frozenset()),
    "unknown_item_type": (_text, frozenset()),
    "error": (_error, frozenset()),
    "disconnect": (_flag, frozenset()),
    "exit": (_code, frozenset()),
    "stderr": (_text, frozenset()),
}
"""Kind of fault → how its value is read, and which keys it has beside."""


def read_fault(table: Table) -> Fault:
    """Return the fault that a table spells; UsageError with its place when it is malformed."""
    kind = table.one_of(FAULTS)
    read, beside = FAULTS[kind]
    table.only({"on", "nth", "after", kind, *beside})
    value = read(table, kind)
    params = table.get("params", dict, {})
    if kind == "unknown_field":
        params = {value: table.data.get("value", True)}
    return Fault(
        on=table.get("on", str),
        kind=kind,
        value=value,
        nth=table.at_least("nth", int, 0, 1),
        after=table.at_least("after", int, 0, 0),
        at=_pointer(table, "at") if "at" in table.data else None,
        params=params,
        where=table,
    )

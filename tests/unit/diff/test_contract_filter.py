"""Which changes concern a client that keeps to a contract."""

from __future__ import annotations

from types import MappingProxyType
from typing import Any

import pytest

from codexwire.diff import diff
from codexwire.diff.contract import Contract
from codexwire.diff.contract_filter import touching
from codexwire.direction import Kind, Side, Stability
from codexwire.ir.model import Method, Protocol, Source

OBJECT = {"type": "object"}


def method(name: str, kind: Kind) -> Method:
    properties = {"method": {"enum": [name]}, "params": OBJECT}
    branch = {"type": "object", "properties": properties, "required": ["method", "params"]}
    return Method(name, Side.SERVER, kind, branch, Stability.UNKNOWN)


def server(*methods: Method, notifications: dict[str, Any] | None = None) -> Protocol:
    beside = {"ServerNotification": MappingProxyType(notifications or {})}
    sources, none = (Source("unknown", ""),), MappingProxyType({})
    return Protocol("case", None, sources, none, methods, MappingProxyType(beside))


OLD = server(method("a/told", Kind.NOTIFICATION), method("a/ask", Kind.REQUEST))
NEW = server(
    *OLD.methods,
    method("b/told", Kind.NOTIFICATION),
    method("b/ask", Kind.REQUEST),
    notifications={"emittedAtMs": {"type": "integer"}},
)


@pytest.mark.parametrize(
    ("used", "touched"),
    [
        ({"ServerNotification": {"a/told"}}, {("envelope-changed", "*")}),
        ({"ServerRequest": {"a/ask"}}, {("request-added", "b/ask")}),
        (
            {"ServerNotification": {"b/told"}},
            {("envelope-changed", "*"), ("notification-added", "b/told")},
        ),
        ({"ServerRequest": set(), "ClientRequest": {"c/do"}}, set()),
    ],
    ids=["notifications", "requests", "the new notification", "neither"],
)
def test_who_reads_a_message_of_a_kind_is_touched_by_what_all_of_them_have(
    used: dict[str, set[str]], touched: set[tuple[str, str]]
) -> None:
    """And who answers one request of the server by each that is new, for nobody asks the client."""
    contract = Contract({union: frozenset(names) for union, names in used.items()}, {}, {})
    found = {(f.rule, *f.methods) for f in touching(contract, diff(OLD, NEW).findings)}
    assert found == touched

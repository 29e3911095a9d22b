"""Definitions are dealt to modules that import one way."""

from __future__ import annotations

import pytest

from codexwire.emit.definitions import Definition, DefinitionKind, Property
from codexwire.emit.domains import domain_index
from codexwire.emit.modules import deal, strongly_connected
from codexwire.model.types import Ref, Union
from codexwire.profiles.app_server.domains import DOMAINS
from codexwire.profiles.app_server.profile import APP_SERVER


def model(name: str, *refs: str) -> Definition:
    fields = tuple(Property(r, r.lower(), Ref(r), required=True) for r in refs)
    return Definition(name, DefinitionKind.MODEL, name, properties=fields)


def alias(name: str, *refs: str) -> Definition:
    return Definition(name, DefinitionKind.UNION, name, type=Union(tuple(map(Ref, refs))))


def by_module(*definitions: Definition) -> dict[str, list[str]]:
    named = {d.name: d for d in sorted(definitions, key=lambda d: d.name)}
    modules = deal(named, APP_SERVER)
    return {m.name: [d.name for d in m.definitions] for m in modules}


@pytest.mark.parametrize(
    ("name", "domain"),
    [
        ("ThreadStartParams", "thread"),
        ("ThreadItem", "item"),
        ("ThreadRealtimeStartParams", "realtime"),
        ("TurnCompletedNotification", "turn"),
        ("CommandExecParams", "process"),
        ("CommandExecutionStatus", "item"),
        ("Turnip", "shared"),
        ("SomethingNew", "shared"),
        ("TurnAbortedEventMsg", "legacy"),
        ("ServerRequestResolvedNotification", "approval"),
        ("ServerRequest", "server_messages"),
    ],
)
def test_domain_by_longest_prefix(name: str, domain: str) -> None:
    assert DOMAINS[domain_index(DOMAINS, name)].name == domain


def test_no_prefix_stands_in_two_domains() -> None:
    prefixes = [p for domain in DOMAINS for p in domain.prefixes]
    assert len(prefixes) == len(set(prefixes))


def test_a_type_lives_no_earlier_than_what_it_uses() -> None:
    found = by_module(model("ThreadItem", "ThreadX"), model("ThreadX"), model("SomethingNew"))
    assert found == {"shared": ["SomethingNew"], "thread": ["ThreadX", "ThreadItem"]}


def test_types_that_refer_to_each_other_share_a_module() -> None:
    found = by_module(model("ItemA", "TurnB"), model("TurnB", "ThreadC"), model("ThreadC", "ItemA"))
    assert found == {"thread": ["ItemA", "ThreadC", "TurnB"]}


def test_an_alias_stands_after_what_it_is_made_of() -> None:
    found = by_module(alias("Item", "ItemPart"), model("ItemPart", "Item"))
    assert found == {"item": ["ItemPart", "Item"]}


def test_aliases_of_each_other_share_a_module() -> None:
    found = by_module(alias("Item", "ItemPart"), alias("ItemPart", "Item"))
    assert found == {"item": ["Item", "ItemPart"]}


def test_groups_come_after_what_they_refer_to() -> None:
    graph = {"a": ["b"], "b": ["c", "d"], "c": ["b"], "d": [], "e": ["a", "e"]}
    assert list(strongly_connected(graph)) == [("d",), ("b", "c"), ("a",), ("e",)]

"""Definitions are dealt to modules that import one way."""

from __future__ import annotations

from collections import Counter

import pytest
from msgspec.structs import replace

from codexwire.emit.definitions import Definition, DefinitionKind, ModelProperty
from codexwire.emit.domains import domain_index
from codexwire.emit.modules import assign_modules, strongly_connected
from codexwire.ingest.archive import archive
from codexwire.ingest.described import described_versions, load_described
from codexwire.ir.model import UNIONS
from codexwire.model.profile import Profile
from codexwire.model.types import Ref, Union
from codexwire.profiles.app_server.domains import DOMAINS
from codexwire.profiles.app_server.profile import APP_SERVER
from codexwire.profiles.table import PROFILES
from codexwire.version import Version


def model(name: str, *refs: str) -> Definition:
    fields = tuple(ModelProperty(r, r.lower(), Ref(r), required=True) for r in refs)
    return Definition(name, DefinitionKind.MODEL, name, properties=fields)


def alias(name: str, *refs: str) -> Definition:
    return Definition(name, DefinitionKind.UNION, name, type=Union(tuple(map(Ref, refs))))


def by_module(*definitions: Definition) -> dict[str, list[str]]:
    named = {d.name: d for d in sorted(definitions, key=lambda d: d.name)}
    modules = assign_modules(named, APP_SERVER, APP_SERVER.namespaces)
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


def published(profile: Profile, last: Version | None = None) -> set[str]:
    """The types of all releases (to `last`), and the unions of messages, by their bare names."""
    if profile.described:
        versions = [v for v in described_versions(profile) if last is None or v <= last]
        names = {name for v in versions for name in load_described(profile, v).types}
    else:
        kept = archive(profile)
        end = len(kept.versions) if last is None else kept.versions.index(last) + 1
        timelines = {**kept.table["mended"]["types"], **kept.table["published"]["types"]}
        names = {name for name, ((first, *_), *_) in timelines.items() if first < end}
    unions = set() if profile.root else {union.union for union in UNIONS}
    return {name.rpartition("/")[2] for name in names} | unions


EACH_PROFILE = pytest.mark.parametrize("profile", PROFILES, ids=lambda profile: profile.name)


@EACH_PROFILE
def test_every_prefix_and_suffix_places_a_type_of_a_release(profile: Profile) -> None:
    domains, names = profile.domains, published(profile)
    placed = {name: domain_index(domains, name) for name in names}
    for at, domain in enumerate(domains):
        for field in ("prefixes", "suffixes"):
            for entry in getattr(domain, field):
                left = tuple(e for e in getattr(domain, field) if e != entry)
                without = replace(domain, **{field: left})
                mutated = (*domains[:at], without, *domains[at + 1 :])
                moved = [n for n in names if domain_index(mutated, n) != placed[n]]
                assert moved, f"{domain.name}: {entry} makes no difference"


# How many types of all releases to 0.171.0 belong to a domain.
PLACED = {
    "codex-app-server": {
        "shared": 93,
        "envelope": 10,
        "permissions": 42,
        "model": 58,
        "account": 63,
        "mcp": 77,
        "hooks": 20,
        "plugin": 121,
        "config": 61,
        "item": 65,
        "response_item": 14,
        "turn": 28,
        "thread": 171,
        "guardian": 15,
        "realtime": 51,
        "project": 19,
        "review": 8,
        "approval": 29,
        "fs": 32,
        "process": 23,
        "environment": 10,
        "external_agent": 29,
        "remote_control": 21,
        "feedback": 4,
        "user_verification": 28,
        "windows_sandbox": 7,
        "legacy": 210,
        "client_messages": 2,
        "server_messages": 2,
    },
    "codex-exec-server": {
        "shared": 11,
        "envelope": 5,
        "permissions": 3,
        "fs": 29,
        "process": 16,
        "environment": 7,
        "client_messages": 2,
        "server_messages": 2,
    },
    "codex-rollout": {
        "shared": 78,
        "permissions": 30,
        "account": 7,
        "mcp": 19,
        "hooks": 10,
        "guardian": 9,
        "review": 6,
        "realtime": 20,
        "response_item": 17,
        "item": 27,
        "session": 23,
        "usage": 8,
        "event": 8,
        "line": 1,
    },
    "codex-exec-stream": {"item": 17, "event": 11},
}


@EACH_PROFILE
def test_no_type_moves_to_another_domain(profile: Profile) -> None:
    names = published(profile, Version(0, 171, 0))
    placed = Counter(profile.domains[domain_index(profile.domains, n)].name for n in names)
    assert placed == PLACED[profile.name]


def test_no_two_modules_say_the_same_of_themselves() -> None:
    told = {(domain.name, domain.title) for profile in PROFILES for domain in profile.domains}
    assert len({title for _, title in told}) == len(told)

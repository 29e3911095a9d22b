"""The table of the places of ids: held against the schemas of releases, and entry by entry."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from typing import Any

import pytest

from codexwire.emit.ids import path_exists
from codexwire.ingest import load
from codexwire.ingest.described import described_versions, load_described
from codexwire.ir.model import Protocol, ref_to
from codexwire.model.identity import IdPlace, Ids, Standing
from codexwire.model.profile import profile_of
from codexwire.model.read import read, types_of
from codexwire.normalize import normalize
from codexwire.profiles.exec_server.profile import EXEC_SERVER
from codexwire.profiles.ids import (
    PLACES,
    differences,
    find,
    id_of,
    ids_of,
    is_id_place,
    places,
    rests,
)

RELEASES = ("0.72.0", "0.99.0", "0.125.0", "0.163.0", "0.169.0")


@cache
def protocol(version: str) -> Protocol:
    if version == "exec-server":
        return normalize(load_described(EXEC_SERVER, described_versions(EXEC_SERVER)[-1])).protocol
    return normalize(load(version)).protocol


def payloads(version: str) -> Iterator[tuple[str, str, Any]]:
    """Method, part and schema of every params and every result."""
    for method in protocol(version).methods:
        if method.params is not None:
            yield method.name, "params", method.params
        if method.result is not None:
            yield method.name, "result", ref_to(method.result)


@pytest.mark.parametrize("version", RELEASES)
def test_what_the_schema_of_a_method_has_comes_before_what_it_does_not_have(version: str) -> None:
    """So that a typed value and everybody else read the same id where two places differ."""
    release, seen = protocol(version), 0
    for method, part, schema in payloads(version):
        if method == "feedback/upload":  # conversationId up to 0.107.0, threadId since
            continue
        for kind in profile_of(release).identities.kinds:
            listed = [p for p in places(kind, method, part) if p.standing is not Standing.GUESS]
            has = [path_exists(types_of(release), read(schema), place.path) for place in listed]
            assert has == sorted(has, reverse=True), (kind, method, part)
            seen += any(has)
    assert seen > 100


@pytest.mark.parametrize(
    "place",
    [p for kind in PLACES for p in PLACES[kind] if p.standing is Standing.PUBLISHED],
)
def test_every_published_place_is_in_the_schema_of_a_release(place: IdPlace) -> None:
    versions = ("0.72.0", "0.169.0", "exec-server")
    assert any(
        place.applies_to(method, part)
        and path_exists(types_of(protocol(version)), read(schema), place.path)
        for version in versions
        for method, part, schema in payloads(version)
    )


def in_several(
    kind: str, methods: tuple[str, ...], part: str | None, payload: dict[str, Any], path: str
) -> list[tuple[str, str, str | None, dict[str, Any], str | None]]:
    return [(kind, method, part, payload, path) for method in methods]


CALLS = ("item/tool/call", "applyPatchApproval", "execCommandApproval")
# Kind, method, part, payload, and the place that is read. T is the id, B another one.
MESSAGES: list[tuple[str, str, str | None, dict[str, Any], str | None]] = [
    ("thread", "sessionConfigured", None, {"sessionId": "T", "threadId": "B"}, "sessionId"),
    (
        "thread",
        "getConversationSummary",
        "result",
        {"summary": {"conversationId": "T"}, "conversationId": "B"},
        "summary.conversationId",
    ),
    ("thread", "newConversation", "result", {"summary": {"conversationId": "T"}}, None),
    *in_several(
        "thread",
        (
            "codex/event/error",
            "resumeConversation",
            "sendUserTurn",
            "applyPatchApproval",
            "execCommandApproval",
        ),
        None,
        {"conversationId": "T", "threadId": "B"},
        "conversationId",
    ),
    *in_several(
        "thread",
        ("thread/started", "thread/start"),
        None,
        {"thread": {"id": "T"}, "threadId": "B"},
        "thread.id",
    ),
    *in_several(
        "thread",
        (
            "thread/resume",
            "thread/fork",
            "thread/read",
            "thread/unarchive",
            "thread/rollback",
            "thread/revert",
            "thread/metadata/update",
        ),
        "result",
        {"thread": {"id": "T"}, "threadId": "B"},
        "thread.id",
    ),
    ("thread", "thread/fork", "params", {"thread": {"id": "B"}, "threadId": "T"}, "threadId"),
    *in_several(
        "thread",
        ("thread/goal/get", "thread/goal/set"),
        "result",
        {"goal": {"threadId": "T"}, "threadId": "B"},
        "goal.threadId",
    ),
    (
        "thread",
        "review/start",
        "result",
        {"reviewThreadId": "T", "threadId": "B"},
        "reviewThreadId",
    ),
    ("thread", "x", None, {"threadId": "T", "goal": {"threadId": "B"}}, "threadId"),
    ("thread", "x", None, {"goal": {"threadId": "T"}, "thread": {"id": "B"}}, "goal.threadId"),
    ("thread", "x", None, {"thread": {"id": "T"}, "conversationId": "B"}, "thread.id"),
    ("thread", "x", None, {"conversationId": "T", "thread_id": "B"}, "conversationId"),
    ("thread", "x", None, {"thread": {"threadId": "T", "thread_id": "B"}}, "thread.threadId"),
    ("thread", "x", None, {"thread": {"thread_id": "T"}, "thread_id": "B"}, "thread.thread_id"),
    ("thread", "x", None, {"thread_id": "T", "conversation_id": "B"}, "thread_id"),
    (
        "thread",
        "x",
        None,
        {"conversation_id": "T", "goal": {"thread_id": "B"}},
        "conversation_id",
    ),
    ("thread", "x", None, {"goal": {"thread_id": "T"}, "thread": {}}, "goal.thread_id"),
    (
        "thread",
        "turn/x",
        None,
        {"thread": {"sessionId": "T"}, "sessionId": "B"},
        "thread.sessionId",
    ),
    ("thread", "x", None, {"sessionId": "T"}, None),
    *in_several(
        "thread",
        (
            "thread/start",
            "thread/started",
            "thread/resume",
            "thread/fork",
            "thread/name/updated",
            "thread/status/changed",
            "thread/tokenUsage/updated",
            "turn/started",
            "item/started",
        ),
        None,
        {"sessionId": "T", "turn": {"threadId": "B"}},
        "sessionId",
    ),
    ("thread", "x", None, {"turn": {"threadId": "T"}, "item": {"threadId": "B"}}, "turn.threadId"),
    (
        "thread",
        "x",
        None,
        {"item": {"threadId": "T"}, "tokenUsage": {"threadId": "B"}},
        "item.threadId",
    ),
    ("thread", "x", None, {"tokenUsage": {"threadId": "T"}}, "tokenUsage.threadId"),
    ("turn", "codex/event/error", None, {"id": "T", "turnId": "B"}, "id"),
    ("turn", "x", None, {"id": "T"}, None),
    ("turn", "turn/steer", "params", {"expectedTurnId": "T", "turnId": "B"}, "expectedTurnId"),
    ("turn", "turn/steer", "result", {"turnId": "T", "turn": {"id": "B"}}, "turnId"),
    *in_several(
        "turn",
        ("turn/started", "turn/completed"),
        "params",
        {"turn": {"id": "T"}, "turnId": "B"},
        "turn.id",
    ),
    *in_several(
        "turn",
        ("turn/start", "review/start", "thread/queue/start"),
        "result",
        {"turn": {"id": "T"}, "turnId": "B"},
        "turn.id",
    ),
    ("turn", "x", None, {"turnId": "T", "turn": {"id": "B"}}, "turnId"),
    ("turn", "x", None, {"turn": {"id": "T", "turnId": "B"}}, "turn.id"),
    ("turn", "x", None, {"turn": {"turnId": "T", "turn_id": "B"}}, "turn.turnId"),
    ("turn", "x", None, {"turn": {"turn_id": "T"}, "turn_id": "B"}, "turn.turn_id"),
    ("turn", "x", None, {"turn_id": "T", "item": {"turnId": "B"}}, "turn_id"),
    ("turn", "x", None, {"item": {"turnId": "T"}}, "item.turnId"),
    (
        "item",
        "item/autoApprovalReview/completed",
        None,
        {"targetItemId": "T", "itemId": "B"},
        "targetItemId",
    ),
    *in_several("item", CALLS, None, {"callId": "T", "itemId": "B"}, "callId"),
    *in_several("item", CALLS, None, {"call_id": "T"}, "call_id"),
    *in_several(
        "item",
        (
            "item/started",
            "item/completed",
            "rawResponseItem/completed",
            "thread/realtime/item/started",
            "thread/realtime/item/completed",
        ),
        None,
        {"item": {"id": "T"}, "itemId": "B"},
        "item.id",
    ),
    ("item", "x", None, {"itemId": "T", "item": {"id": "B"}}, "itemId"),
    ("item", "x", None, {"item": {"id": "T", "itemId": "B"}}, "item.id"),
    ("item", "x", None, {"item": {"itemId": "T"}, "item_id": "B"}, "item.itemId"),
    ("item", "x", None, {"item_id": "T", "item": {"item_id": "B"}}, "item_id"),
    ("item", "x", None, {"item": {"item_id": "T"}}, "item.item_id"),
    ("item", "x", None, {"callId": "T", "call_id": "T", "targetItemId": "T"}, None),
    ("request", "serverRequest/resolved", None, {"requestId": 7, "request_id": 8}, "requestId"),
    ("request", "serverRequest/resolved", None, {"request_id": "7"}, "request_id"),
    ("request", "serverRequest/resolved", None, {"requestId": True}, None),
    ("request", "http/request", None, {"requestId": "T"}, "requestId"),
    ("request", "http/request", None, {"request_id": "T"}, "request_id"),
    ("request", "thread/sample/cancel", None, {"requestId": "T"}, None),
    ("request", "thread/sample/cancel", None, {"request_id": "T"}, None),
    ("process", "process/start", None, {"processId": "T"}, "processId"),
    ("seq", "process/read", None, {"nextSeq": 3, "seq": 2}, "nextSeq"),
    ("seq", "process/output", None, {"seq": 0}, "seq"),
    ("seq", "process/output", None, {"seq": 2, "nextSeq": 3}, "seq"),
    ("seq", "process/output", None, {"seq": True}, None),
]


@pytest.mark.parametrize(("kind", "method", "part", "payload", "path"), MESSAGES)
def test_the_first_place_that_holds_an_id_decides(
    kind: str, method: str, part: str | None, payload: dict[str, Any], path: str | None
) -> None:
    found = find(kind, method, payload, part)
    assert (found and found.path) == path
    assert id_of(kind, method, payload, part) == (found and found.value)


@pytest.mark.parametrize("payload", [None, 7, "x", [], {}, {"threadId": ""}, {"thread": 7}])
def test_what_holds_no_id_has_none(payload: Any) -> None:
    assert ids_of("turn/started", payload) == Ids()
    assert find("thread", "turn/started", payload) is None
    assert list(differences("turn/started", payload)) == []


def test_an_id_that_is_no_id_is_passed_over() -> None:
    payload = {"threadId": None, "thread": {"id": 7, "threadId": "T"}, "turnId": ["U"]}
    assert ids_of("x", payload) == Ids("T")


def test_places_that_may_hold_another_id_contradict_nothing() -> None:
    thread = {"id": "T", "sessionId": "S"}
    assert list(differences("thread/started", {"thread": thread})) == []
    found = [(d.kind, d.read, d.other) for d in differences("x", {"turnId": "U", "turn_id": "V"})]
    assert found == [("turn", "turnId", "turn_id")]


@pytest.mark.parametrize(
    ("method", "payload", "other"),
    [
        ("x", {"threadId": "T", "thread": {"threadId": "B"}}, "thread.threadId"),
        ("x", {"threadId": "T", "thread": {"thread_id": "B"}}, "thread.thread_id"),
        ("x", {"threadId": "T", "thread_id": "B"}, "thread_id"),
        ("x", {"threadId": "T", "conversation_id": "B"}, "conversation_id"),
        ("x", {"threadId": "T", "goal": {"thread_id": "B"}}, "goal.thread_id"),
        ("x", {"turnId": "T", "turn": {"turnId": "B"}}, "turn.turnId"),
        ("x", {"turnId": "T", "turn": {"turn_id": "B"}}, "turn.turn_id"),
        ("x", {"turnId": "T", "turn_id": "B"}, "turn_id"),
        ("x", {"itemId": "T", "item": {"itemId": "B"}}, "item.itemId"),
        ("x", {"itemId": "T", "item_id": "B"}, "item_id"),
        ("item/tool/call", {"callId": "T", "call_id": "B"}, "call_id"),
        ("turn/started", {"threadId": "T", "thread": {"sessionId": "B"}}, None),
        ("turn/started", {"threadId": "T", "sessionId": "B"}, None),
        ("x", {"threadId": "T", "turn": {"threadId": "B"}}, None),
        ("x", {"threadId": "T", "item": {"threadId": "B"}}, None),
        ("x", {"threadId": "T", "tokenUsage": {"threadId": "B"}}, None),
        ("x", {"turnId": "T", "item": {"turnId": "B"}}, None),
        ("x", {"itemId": "T", "item": {"item_id": "B"}}, None),
    ],
)
def test_another_form_of_an_id_contradicts_it_and_a_guess_does_not(
    method: str, payload: dict[str, Any], other: str | None
) -> None:
    assert [found.other for found in differences(method, payload)] == ([other] if other else [])


def test_places_at_and_below_a_path() -> None:
    assert ("thread", "id") in set(rests("thread/started", "params", "thread"))
    assert ("thread", "") in set(rests("turn/started", "params", "threadId"))
    assert not list(rests("turn/started", "params", "thread_id"))
    assert not list(rests("thread/started", "params", "threa"))
    assert is_id_place("thread/started", "params", "thread.threadId")
    assert not is_id_place("thread/started", "params", "thread.color")

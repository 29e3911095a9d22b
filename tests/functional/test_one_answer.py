"""Everybody who reads a message says the same about it: its ids in every form, and every odd line."""

from __future__ import annotations

import json
from functools import cache
from typing import Any, TypeAlias

import anyio
import pytest
from fake_app_server import FakeServer, connected

import codex_app_server_protocol as protocol
from codexwire import ingest, normalize, turns
from codexwire.direction import Kind, Side
from codexwire.ir.model import Protocol
from codexwire.model.session_message import SessionMessage
from codexwire.proxy.live_ids import LiveIds
from codexwire.proxy.mock.call import MockCall
from codexwire.proxy.recorded import RecordedMessage, recorded_connections
from codexwire.runtime.client import AsyncClient
from codexwire.runtime.client.subscription import Subscription
from codexwire.runtime.transport import MemoryServer
from codexwire.transcript.session.state import SessionState

Ids: TypeAlias = "tuple[str | None, str | None, str | None]"
"""Thread, turn, item."""

TURN = {"id": "U", "items": [], "status": "inProgress"}
ITEM = {"id": "I", "type": "contextCompaction"}

# What a notification says, and which thread, turn and item it is about.
NOTIFICATIONS: list[tuple[str, dict[str, Any], Ids]] = [
    ("thread/started", {"thread": {"id": "T"}}, ("T", None, None)),
    ("thread/started", {"thread": {"threadId": "T"}}, ("T", None, None)),
    ("thread/started", {"thread": {"thread_id": "T"}}, ("T", None, None)),
    ("thread/started", {"thread": {"sessionId": "T"}}, ("T", None, None)),
    ("thread/started", {"threadId": "T"}, ("T", None, None)),
    ("thread/started", {"thread_id": "T"}, ("T", None, None)),
    ("thread/started", {"sessionId": "T"}, ("T", None, None)),
    ("thread/started", {"conversationId": "T"}, ("T", None, None)),
    ("turn/started", {"threadId": "T", "turn": TURN}, ("T", "U", None)),
    ("turn/started", {"thread": {"id": "T"}, "turn": TURN}, ("T", "U", None)),
    ("turn/started", {"thread_id": "T", "turn": {"turnId": "U"}}, ("T", "U", None)),
    ("turn/started", {"conversationId": "T", "turn": {"turn_id": "U"}}, ("T", "U", None)),
    ("turn/started", {"conversation_id": "T", "turnId": "U"}, ("T", "U", None)),
    ("turn/started", {"sessionId": "T", "turn_id": "U"}, ("T", "U", None)),
    ("turn/started", {"turn": TURN}, (None, "U", None)),
    ("turn/started", {"turn": {**TURN, "threadId": "T"}}, ("T", "U", None)),
    ("turn/completed", {"threadId": "T", "turn": TURN}, ("T", "U", None)),
    ("turn/completed", {"threadId": "T", "turnId": "U"}, ("T", "U", None)),
    ("item/started", {"threadId": "T", "turnId": "U", "item": ITEM}, ("T", "U", "I")),
    ("item/started", {"thread_id": "T", "turn_id": "U", "item_id": "I"}, ("T", "U", "I")),
    ("item/completed", {"threadId": "T", "turn": {"id": "U"}, "itemId": "I"}, ("T", "U", "I")),
    (
        "item/completed",
        {"item": {"itemId": "I", "threadId": "T", "turnId": "U"}},
        ("T", "U", "I"),
    ),
    ("item/completed", {"threadId": "T", "item": {"item_id": "I"}}, ("T", None, "I")),
    (
        "item/agentMessage/delta",
        {"threadId": "T", "turnId": "U", "itemId": "I", "delta": ""},
        ("T", "U", "I"),
    ),
    (
        "item/agentMessage/delta",
        {"threadId": "T", "turnId": "U", "item": {"id": "I"}, "delta": ""},
        ("T", "U", "I"),
    ),
    (
        "item/autoApprovalReview/started",
        {"threadId": "T", "turnId": "U", "targetItemId": "I"},
        ("T", "U", "I"),
    ),
    ("thread/goal/updated", {"goal": {"threadId": "T"}}, ("T", None, None)),
    ("thread/goal/updated", {"goal": {"thread_id": "T"}, "turnId": "U"}, ("T", "U", None)),
    ("thread/goal/updated", {"threadId": "T", "goal": {}}, ("T", None, None)),
    ("thread/tokenUsage/updated", {"tokenUsage": {"threadId": "T"}}, ("T", None, None)),
    ("codex/event/task_started", {"conversationId": "T", "id": "0"}, ("T", "0", None)),
    ("codex/event/task_started", {"conversationId": "T", "id": ""}, ("T", None, None)),
    ("thread/of/tomorrow", {"threadId": "T", "turnId": "U", "itemId": "I"}, ("T", "U", "I")),
    # No ids of a thread, a turn or an item.
    ("fuzzyFileSearch/sessionUpdated", {"sessionId": "T", "query": ""}, (None, None, None)),
    ("thread/realtime/started", {"sessionId": "T"}, (None, None, None)),
    ("thread/started", {"thread": {"id": 7}}, (None, None, None)),
    ("thread/started", {"thread": {"id": ""}}, (None, None, None)),
    ("thread/started", {"parentThreadId": "T"}, (None, None, None)),
    # Two forms that differ: the place of the schema decides, then the order of the table.
    ("thread/started", {"threadId": "B", "thread": {"id": "T"}}, ("T", None, None)),
    ("thread/started", {"thread": {"id": "T", "threadId": "B"}}, ("T", None, None)),
    (
        "turn/started",
        {"threadId": "T", "thread": {"id": "B"}, "turn": TURN, "turnId": "B"},
        ("T", "U", None),
    ),
    ("turn/started", {"thread_id": "B", "conversationId": "T", "turn": TURN}, ("T", "U", None)),
    ("item/started", {"threadId": "T", "item": ITEM, "itemId": "B"}, ("T", None, "I")),
    ("thread/goal/updated", {"threadId": "T", "goal": {"threadId": "B"}}, ("T", None, None)),
]
RESULTS: list[tuple[str, dict[str, Any], Ids]] = [
    ("thread/start", {"thread": {"id": "T"}}, ("T", None, None)),
    ("thread/start", {"thread": {"threadId": "T"}}, ("T", None, None)),
    ("thread/start", {"threadId": "T"}, ("T", None, None)),
    ("thread/start", {"conversationId": "T"}, ("T", None, None)),
    ("thread/start", {"thread": {"id": "T"}, "threadId": "B"}, ("T", None, None)),
    ("thread/resume", {"thread": {"thread_id": "T"}}, ("T", None, None)),
    ("thread/fork", {"thread": {"id": "T"}, "threadId": "B"}, ("T", None, None)),
    ("thread/goal/get", {"goal": {"threadId": "T"}}, ("T", None, None)),
    ("turn/start", {"turn": {"turnId": "U"}}, (None, "U", None)),
    ("turn/start", {"turn_id": "U"}, (None, "U", None)),
    ("turn/start", {"turn": TURN, "turnId": "B"}, (None, "U", None)),
    ("turn/steer", {"turn": {"id": "U"}}, (None, "U", None)),
    ("turn/steer", {"turn": {"id": "B"}, "turnId": "U"}, (None, "U", None)),
    ("review/start", {"turn": TURN, "reviewThreadId": "T"}, ("T", "U", None)),
    ("review/start", {"turn": TURN, "threadId": "T"}, ("T", "U", None)),
    ("getConversationSummary", {"summary": {"conversationId": "T"}}, ("T", None, None)),
    ("thread/list", {"data": [{"id": "B"}]}, (None, None, None)),
]
REQUESTS: list[tuple[str, dict[str, Any], Ids]] = [
    ("turn/start", {"threadId": "T", "input": []}, ("T", None, None)),
    ("turn/start", {"thread_id": "T", "input": []}, ("T", None, None)),
    ("turn/start", {"conversationId": "T", "input": []}, ("T", None, None)),
    ("turn/steer", {"threadId": "T", "expectedTurnId": "U", "input": []}, ("T", "U", None)),
    ("turn/steer", {"threadId": "T", "turnId": "U", "input": []}, ("T", "U", None)),
    ("turn/interrupt", {"threadId": "T", "turn": {"id": "U"}}, ("T", "U", None)),
    ("thread/fork", {"threadId": "T", "thread": {"id": "B"}}, ("T", None, None)),
    ("getConversationSummary", {"conversationId": "T"}, ("T", None, None)),
]
KINDS = ("thread", "turn", "item")
TURN_METHODS = (
    "turn/started",
    "turn/completed",
    "item/started",
    "item/completed",
    "item/agentMessage/delta",
)


@cache
def app_server() -> Protocol:
    return normalize.normalize(ingest.load("0.163.0")).protocol


def by_registry(payload: Any, method: str, part: str | None) -> Ids:
    thread, turn, item = (
        getattr(protocol, f"{kind}_id")(method, payload, part=part) for kind in KINDS
    )
    return thread, turn, item


def by_session(method: str, part: str, payload: Any) -> Ids:
    """The ids that the session checks of `validate` see."""
    body = {"method": method, part: payload} if part == "params" else {"id": 1, part: payload}
    session = SessionState(app_server())
    request = None
    if part == "result":
        asked = SessionMessage.of(1, "", Side.CLIENT, {"id": 1, "method": method})
        session.advance(session.step(asked))
        request = session.pending("", Side.CLIENT, 1)
        assert request is not None
    message = SessionMessage.of(2, "", Side.SERVER, body)
    step = session.answer(message, request) if part == "result" else session.step(message)
    ids = step.ids
    return ids.thread, ids.turn, ids.item


def by_replay(method: str, part: str, payload: Any) -> str | None:
    """The thread that a replayed message belongs to."""
    asked = RecordedMessage(1, "", Side.CLIENT, json.dumps({"id": 1, "method": method}).encode())
    body = {"method": method, part: payload} if part == "params" else {"id": 1, part: payload}
    told = RecordedMessage(2, "", Side.SERVER, json.dumps(body).encode())
    (connection,) = recorded_connections([asked, told]).values()
    return connection.steps[1].thread_id


def learnt(method: str, part: str, payload: Any) -> Ids:
    """What a replay takes the ids of another session to be, whose message has this form."""
    ids = LiveIds()
    flat = {"threadId": "recorded-t", "turnId": "recorded-u", "itemId": "recorded-i"}
    if method.startswith("codex/event/"):
        flat = {"conversationId": "recorded-t", "id": "recorded-u"}
    if method == "item/autoApprovalReview/started":
        flat = {**flat, "targetItemId": "recorded-i"}
    ids.bind({part: flat}, {part: payload}, method)
    thread, turn, item = (ids.live(f"recorded-{kind[0]}") for kind in ("thread", "u", "item"))
    return tuple(None if i is None or i.startswith("recorded") else i for i in (thread, turn, item))  # type: ignore[return-value]


def by_router(method: str, params: Any) -> tuple[str | None, str | None]:
    """The key that a live client routes a notification by."""

    async def run() -> tuple[str | None, str | None]:
        async with connected() as (connection, server):
            heard = connection.router.subscribe(Subscription(2))
            await server.notify(method, params)
            (notification,) = await heard.batch()
            return notification.thread_id, notification.turn_id

    return anyio.run(run)


def names(cases: list[tuple[str, dict[str, Any], Ids]]) -> list[Any]:
    return [
        pytest.param(*case, id=f"{case[0]} {json.dumps(case[1], separators=(',', ':'))}")
        for case in cases
    ]


def decoded(kind: str, method: str, payload: Any) -> Any:
    value = getattr(protocol, f"decode_{kind}")(method, payload)
    assert protocol.dump(value) == payload
    return value


@pytest.mark.parametrize(("method", "params", "ids"), names(NOTIFICATIONS))
def test_a_notification_is_about_the_same_for_everybody(
    method: str, params: dict[str, Any], ids: Ids
) -> None:
    said = {
        "registry": by_registry(params, method, None),
        "registry, part": by_registry(params, method, "params"),
        "model": by_registry(decoded("notification", method, params), method, None),
        "session": by_session(method, "params", params),
        "live ids": learnt(method, "params", params),
    }
    assert said == dict.fromkeys(said, ids)
    assert by_router(method, params) == ids[:2]
    assert by_replay(method, "params", params) == ids[0]


@pytest.mark.parametrize(
    ("method", "params", "ids"),
    names([case for case in NOTIFICATIONS if case[0] in TURN_METHODS and case[2][1] is not None]),
)
def test_the_state_of_a_turn_has_the_ids_that_everybody_reads(
    method: str, params: dict[str, Any], ids: Ids
) -> None:
    state = turns.step(turns.start(), {"method": method, "params": params})
    assert (state.thread_id, state.turn_id) == ids[:2]
    assert [item.id for item in state.items] == [item for item in ids[2:] if item is not None]


@pytest.mark.parametrize(("method", "result", "ids"), names(RESULTS))
def test_a_result_is_about_the_same_for_everybody(
    method: str, result: dict[str, Any], ids: Ids
) -> None:
    said = {
        "registry": by_registry(result, method, None),
        "registry, part": by_registry(result, method, "result"),
        "model": by_registry(decoded("result", method, result), method, None),
        "session": by_session(method, "result", result),
    }
    assert said == dict.fromkeys(said, ids)
    assert by_replay(method, "result", result) == ids[0]


@pytest.mark.parametrize(("method", "params", "ids"), names(REQUESTS))
def test_a_request_is_about_the_same_for_everybody(
    method: str, params: dict[str, Any], ids: Ids
) -> None:
    spec = app_server().method(method, Side.CLIENT, Kind.REQUEST)
    assert spec is not None
    nobody: Any = None
    mock = MockCall(nobody, nobody, spec, params).ids
    said = {
        "registry": by_registry(params, method, "params"),
        "model": by_registry(decoded("request", method, params), method, "params"),
        "session": by_session(method, "params", params),
        "mock": tuple(mock.get(kind) for kind in KINDS),
    }
    assert said == dict.fromkeys(said, ids)
    assert by_replay(method, "params", params) == ids[0]


@pytest.mark.parametrize(
    ("kind", "method", "payload", "path", "value"),
    [
        ("result", "thread/start", {"thread": {"threadId": "T"}}, "thread.id", "T"),
        ("result", "thread/start", {"threadId": "T"}, "thread.id", "T"),
        ("result", "thread/start", {"conversationId": "T"}, "thread.id", "T"),
        ("result", "thread/resume", {"thread_id": "T"}, "thread.id", "T"),
        ("result", "review/start", {"turn": TURN, "threadId": "T"}, "review_thread_id", "T"),
        ("result", "turn/steer", {"turn": {"id": "U"}}, "turn_id", "U"),
        ("notification", "thread/started", {"thread": {"threadId": "T"}}, "thread.id", "T"),
        ("notification", "turn/started", {"thread_id": "T", "turnId": "U"}, "thread_id", "T"),
        ("notification", "turn/started", {"thread_id": "T", "turnId": "U"}, "turn.id", "U"),
        ("notification", "thread/goal/updated", {"goal": {"threadId": "T"}}, "thread_id", "T"),
        ("notification", "thread/goal/updated", {"threadId": "T", "goal": {}}, "thread_id", "T"),
        (
            "notification",
            "turn/started",
            {"thread_id": "B", "conversationId": "T", "turn": TURN},
            "thread_id",
            "T",
        ),
        ("request", "turn/steer", {"threadId": "T", "turnId": "U"}, "expected_turn_id", "U"),
    ],
)
def test_the_typed_value_has_the_id_where_its_type_has_it(
    kind: str, method: str, payload: Any, path: str, value: str
) -> None:
    found = model = decoded(kind, method, payload)
    for name in path.split("."):
        found = getattr(found, name)
    assert found == value
    part = "result" if kind == "result" else "params"
    rules = {note.rule for note in protocol.drift_notes(model, method=method, part=part)}
    assert "t004-id-alias" in rules or path == "thread_id"


def test_an_object_that_has_only_a_foreign_member_is_still_unknown() -> None:
    value = decoded("result", "thread/start", {"thread": {"color": "red"}})
    assert type(value.thread).__name__ == "UnknownValue"


@pytest.mark.parametrize(
    ("method", "part", "payload", "notes"),
    [
        (
            "thread/started",
            "params",
            {"threadId": "B", "thread": {"id": "T"}},
            {"/params/threadId": "/params/thread/id"},
        ),
        (
            "turn/started",
            "params",
            {"threadId": "T", "thread": {"id": "B"}, "turn": {**TURN, "turnId": "V"}},
            {"/params/thread/id": "/params/threadId", "/params/turn/turnId": "/params/turn/id"},
        ),
        (
            "turn/started",
            "params",
            {"thread_id": "B", "conversationId": "T", "turn": TURN},
            {"/params/thread_id": "/params/conversationId"},
        ),
        (
            "thread/start",
            "result",
            {"thread": {"id": "T"}, "conversationId": "B"},
            {"/result/conversationId": "/result/thread/id"},
        ),
        (
            "item/started",
            "params",
            {
                "threadId": "T",
                "turnId": "U",
                "startedAtMs": 1,
                "item": {"type": "agentMessage", "id": "I", "text": "", "itemId": "B"},
            },
            {"/params/item/itemId": "/params/item/id"},
        ),
        ("thread/started", "params", {"threadId": "T", "thread": {"id": "T"}}, {}),
        # A fork has the session of the thread that it was forked from.
        ("thread/start", "result", {"thread": {"id": "T", "sessionId": "B"}}, {}),
    ],
)
def test_two_places_of_an_id_that_differ_are_drift(
    method: str, part: str, payload: Any, notes: dict[str, str]
) -> None:
    kind = "result" if part == "result" else "notification"
    value = decoded(kind, method, payload)
    found = [
        note
        for note in protocol.drift_notes(value, method=method, part=part)
        if note.rule == "id-conflict"
    ]
    assert {note.pointer: note.other for note in found} == notes
    assert all(note.message.endswith(f": {note.other}.") for note in found)


@pytest.mark.parametrize("answer", [{"thread": {"threadId": "T"}}, {"conversationId": "T"}])
def test_a_client_starts_a_thread_whatever_the_form_of_the_answer(answer: Any) -> None:
    server = FakeServer()

    async def start(end: MemoryServer, message: Any) -> None:
        await end.answer(message, answer)

    async def run() -> str:
        server.answers["thread/start"] = start
        async with AsyncClient(server.open) as client:
            return await client.start_thread()

    assert anyio.run(run) == "T"

"""What the mock refuses or drops, and that it says what real servers say."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from mocked import HELLO, converse, mock_of, play, request

RECORDINGS = Path(__file__).parents[2] / "data" / "recordings"
# What a validator cannot say as a decoder does, or finds in another order.
OTHERWISE_WORDED = {56, 58, 59, 69, 72}
# Of a key that comes twice the last counts here; the real server drops the line.
ANSWERED_HERE = {67}


def answers(messages: list[Any]) -> dict[str, list[Any]]:
    """Id (as JSON: 7 and "7" differ) → the answers to it, in order; of results only that they are."""
    found: dict[str, list[Any]] = {}
    for message in messages:
        if "method" not in message:
            said = message.get("error", "a result")
            found.setdefault(json.dumps(message["id"]), []).append(said)
    return found


def test_bad_input_is_answered_as_recorded() -> None:
    """Of 0.72.0: lines that are no message, ids of all kinds, params that do not fit."""
    lines = (RECORDINGS / "0.72.0" / "s08_bad_input.jsonl").read_text("utf-8").splitlines()
    entries = [json.loads(line) for line in lines]
    said = [e["raw"].encode() if "raw" in e else e["msg"] for e in entries if e["dir"] == "client"]
    real = answers([e["msg"] for e in entries if e["dir"] == "server"])
    mine = answers([json.loads(text) for text in play(mock_of("0.72.0"), *said).sent])
    assert set(mine) - set(real) == {str(number) for number in ANSWERED_HERE}
    assert set(real) <= set(mine)
    for number in real:
        if number not in {str(n) for n in OTHERWISE_WORDED}:
            assert mine[number] == real[number], number
        else:
            assert mine[number][0]["code"] == real[number][0]["code"]


def refusal(message: Any, *, version: str = "0.163.0", hello: Any = HELLO) -> Any:
    sent = play(mock_of(version), hello, message).sent
    return json.loads(sent[-1]).get("error", {}).get("message")


DEEP = b'{"id":1,"method":"thread/list","params":' + b"[" * 3000 + b"]" * 3000 + b"}"
STABLE = request("hello", "initialize", {"clientInfo": {"name": "test", "version": "1"}})


@pytest.mark.parametrize(
    ("method", "params", "said"),
    [
        ("thread/search", {"searchTerm": "x"}, "thread/search requires experimentalApi capability"),
        (
            "thread/start",
            {"experimentalRawEvents": True},
            "thread/start.experimentalRawEvents requires experimentalApi capability",
        ),
        ("thread/start", {"mockExperimentalField": None}, None),
        ("thread/start", {"allowProviderModelFallback": False}, None),
        (
            "thread/start",
            {"allowProviderModelFallback": True},
            "thread/start.allowProviderModelFallback requires experimentalApi capability",
        ),
        (
            "thread/start",
            {"daybreakEnabled": False},
            "thread/start.daybreakEnabled requires experimentalApi capability",
        ),
        (
            "thread/start",
            {"dynamicTools": []},
            "thread/start.dynamicTools requires experimentalApi capability",
        ),
        (
            "thread/list",
            {"projectId": ""},
            "thread/list.projectId requires experimentalApi capability",
        ),
        ("thread/start", {}, None),
    ],
)
def test_what_is_experimental_has_to_be_asked_for(
    method: str, params: dict[str, Any], said: str | None
) -> None:
    assert refusal(request(1, method, params), hello=STABLE) == said
    assert refusal(request(1, method, params)) is None


@pytest.mark.parametrize(
    ("method", "more", "said"),
    [
        ("thread/read", {}, "thread not loaded: gone"),
        ("thread/resume", {}, "no rollout found for thread id gone"),
        ("turn/start", {"input": []}, "thread not found: gone"),
        ("thread/goal/get", {}, "thread not found: gone"),
        ("thread/unsubscribe", {}, None),
    ],
)
def test_a_thread_that_is_not_there(method: str, more: dict[str, Any], said: str | None) -> None:
    assert refusal(request(1, method, {"threadId": "gone", **more})) == said


def test_a_failed_handshake_can_be_tried_again() -> None:
    bad = request(1, "initialize", {"clientInfo": {"name": "test"}})
    sent = [json.loads(line) for line in play(mock_of("0.163.0"), bad, HELLO, HELLO).sent]
    assert sent[0]["error"]["message"] == "Invalid request: missing field `version`"
    assert "result" in sent[1]
    assert sent[2]["error"]["message"] == "Already initialized"


@pytest.mark.parametrize(
    "line",
    [
        b"{",
        b"\xff",
        b"[]",
        b"null",
        b'{"id":1}',
        b'{"id":1,"method":"\\ud83d"}',
        DEEP,
        b"\xef\xbb\xbf{}",
    ],
)
def test_what_is_no_message_is_dropped(line: bytes) -> None:
    assert len(play(mock_of("0.163.0"), HELLO, line).sent) == 1


def test_fixed_answers() -> None:
    script = """
    [[answer]]
    method = "model/list"
    result = { nextCursor = "more", data = [] }
    [[answer]]
    method = "model/list"
    nth = 2
    error = { code = -32603, message = "no more", data = { why = "spent" } }
    [[answer]]
    method = "thread/start"
    result = { thread = { name = "fixed" } }
    """
    asked = [request(n, "model/list", {}) for n in (1, 2, 3)]
    first, second, third, thread, *_ = converse(
        mock_of("0.163.0", script), *asked, request(4, "thread/start", {})
    )
    assert first["result"] == third["result"] == {"nextCursor": "more", "data": []}
    assert second["error"] == {"code": -32603, "data": {"why": "spent"}, "message": "no more"}
    assert thread["result"]["thread"]["name"] == "fixed"
    assert thread["result"]["thread"]["id"].count("-") == 4


def test_threads_live_through_requests() -> None:
    server = mock_of("0.163.0")

    def ask(method: str, **params: Any) -> Any:
        return converse(server, request(1, method, params))[0]["result"]

    def listed(**params: Any) -> list[str]:
        return [thread["id"] for thread in ask("thread/list", **params)["data"]]

    one, two = (ask("thread/start", cwd=f"/{n}")["thread"]["id"] for n in (1, 2))
    assert listed() == [two, one]
    assert listed(limit=1) == [two]
    ask("thread/archive", threadId=one)
    assert (listed(), listed(archived=True)) == ([two], [one])
    assert ask("thread/loaded/list")["data"] == [two]
    ask("thread/unarchive", threadId=one)
    assert (listed(), listed(archived=True)) == ([two, one], [])
    ask("thread/name/set", threadId=one, name="first")
    thread = ask("thread/read", threadId=one)["thread"]
    assert (thread["name"], thread["cwd"]) == ("first", "/1")
    ask("turn/start", threadId=one, input=[{"type": "text", "text": "say this"}])
    assert ask("thread/read", threadId=one)["thread"]["preview"] == "say this"
    (turn,) = ask("thread/read", threadId=one, includeTurns=True)["thread"]["turns"]
    assert [item["type"] for item in turn["items"]] == ["userMessage", "agentMessage"]
    entries = ask("thread/items/list", threadId=one, turnId=turn["id"])["data"]
    assert [entry["item"]["id"] for entry in entries] == [item["id"] for item in turn["items"]]
    fork = ask("thread/fork", threadId=one)["thread"]
    assert fork["forkedFromId"] == one
    assert [t["id"] for t in fork["turns"]] == [turn["id"]]
    ask("thread/delete", threadId=one)
    assert listed() == [fork["id"], two]


def test_ids_of_the_request_stand_in_the_result() -> None:
    server = mock_of("0.163.0")
    thread = converse(server, request(1, "thread/start", {}))[0]["result"]["thread"]["id"]
    asked = {"threadId": thread, "objective": "win"}
    goal = converse(server, request(2, "thread/goal/set", asked))[0]["result"]["goal"]
    assert goal["threadId"] == thread


def test_up_to_0_120_an_empty_list_asks_for_nothing() -> None:
    asked = request(1, "thread/start", {"dynamicTools": []})
    assert refusal(asked, version="0.120.0", hello=STABLE) is None
    assert "dynamicTools requires" in refusal(asked, version="0.125.0", hello=STABLE)


OVERLOADED = """
    [[fault]]
    on = "turn/start"
    nth = 1
    error = { code = -32001, message = "Server overloaded; retry later." }
"""


def test_a_request_that_a_fault_answers_with_an_error_does_nothing() -> None:
    server = mock_of("0.163.0", OVERLOADED)
    thread = converse(server, request(1, "thread/start", {}))[0]["result"]["thread"]["id"]
    turn = {"threadId": thread, "input": [{"type": "text", "text": "hi"}]}
    refused, *rest = converse(server, request(2, "turn/start", turn))
    assert refused == {
        "error": {"code": -32001, "message": "Server overloaded; retry later."},
        "id": 2,
    }
    assert rest == []
    assert not server.state.threads[thread].turns


def test_after_the_refusal_the_next_request_acts() -> None:
    server = mock_of("0.163.0", OVERLOADED)
    thread = converse(server, request(1, "thread/start", {}))[0]["result"]["thread"]["id"]
    turn = {"threadId": thread, "input": [{"type": "text", "text": "hi"}]}
    said = converse(server, request(2, "turn/start", turn), request(3, "turn/start", turn))
    assert next(m for m in said if m.get("id") == 3)["result"]["turn"]
    assert sum(m.get("method") == "turn/started" for m in said) == 1

"""Turns of the mock: approvals, interrupts, steering, several at once, who hears of them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import anyio
import pytest
from mocked import Refused, Talker, converse, live, mock_of, request, talking

from codexwire.proxy.mock import MockServer, open_mock
from codexwire.runtime.client.sync import Client

ASKING = """
[[turn]]
[[turn.step]]
command = "rm -r x"
ask = true
[[turn.step]]
message = "after"
"""
HANGING = "[[turn]]\nstep = [{ message = 'before' }, { hang = true }]"
APPROVAL = "item/commandExecution/requestApproval"


def ended(message: dict[str, Any]) -> tuple[str, str]:
    turn = message["params"]["turn"]
    return turn["id"], turn["status"]


def completed(client: Talker) -> list[dict[str, Any]]:
    return [m for m in client.heard if m.get("method") == "turn/completed"]


@pytest.mark.parametrize(
    ("answer", "item", "status"),
    [
        ({"result": {"decision": "accept"}}, "completed", "completed"),
        ({"result": {"decision": "acceptForSession"}}, "completed", "completed"),
        (
            {"result": {"decision": {"acceptWithExecpolicyAmendment": {"x": []}}}},
            "completed",
            "completed",
        ),
        ({"result": {"decision": "decline"}}, "declined", "completed"),
        ({"result": {"decision": "something else"}}, "declined", "completed"),
        ({"error": {"code": 1, "message": "no"}}, "failed", "completed"),
        ({"result": {"decision": "cancel"}}, None, "interrupted"),
        ({"result": None}, None, "interrupted"),
    ],
)
def test_an_approval_decides(answer: dict[str, Any], item: str | None, status: str) -> None:
    async def scenario() -> None:
        async with talking(mock_of("0.163.0", ASKING)) as client:
            _, turn = await client.start()
            asked = await client.hear(APPROVAL)
            assert asked["params"]["turnId"] == turn
            await client.say({"id": asked["id"], **answer})
            assert ended(await client.hear("turn/completed")) == (turn, status)
            done = [
                m["params"]["item"]["status"]
                for m in client.heard
                if m.get("method") == "item/completed"
                and m["params"]["item"]["type"] == "commandExecution"
            ]
            assert done == ([] if item is None else [item])
            order = client.told()
            assert order.index("serverRequest/resolved") < order.index("turn/completed")

    live(scenario)


def test_an_interrupt_of_a_turn_that_waits_for_an_answer() -> None:
    """The request is called resolved after the end of the turn, as 0.169.0 does it."""

    async def scenario() -> None:
        async with talking(mock_of("0.169.0", ASKING)) as client:
            thread, turn = await client.start()
            asked = await client.hear(APPROVAL)
            await client.ask("turn/interrupt", {"threadId": thread, "turnId": turn})
            resolved = await client.hear("serverRequest/resolved")
            assert resolved["params"]["requestId"] == asked["id"]
            assert client.told()[-3:] == [
                "thread/status/changed",
                "turn/completed",
                "serverRequest/resolved",
            ]
            await client.say({"id": asked["id"], "result": {"decision": "accept"}})
            status = (await client.ask("thread/read", {"threadId": thread}))["thread"]["status"]
            assert status == {"type": "idle"}

    live(scenario)


def test_what_cannot_be_interrupted_or_steered_is_refused() -> None:
    async def scenario() -> None:
        async with talking(mock_of("0.163.0", HANGING)) as client:
            thread, turn = await client.start()
            steer = {"threadId": thread, "input": []}
            with pytest.raises(Refused, match=f"expected active turn id x but found {turn}"):
                await client.ask("turn/interrupt", {"threadId": thread, "turnId": "x"})
            with pytest.raises(Refused, match=f"expected active turn id `x` but found `{turn}`"):
                await client.ask("turn/steer", {**steer, "expectedTurnId": "x"})
            await client.ask("turn/interrupt", {"threadId": thread, "turnId": turn})
            assert ended(await client.hear("turn/completed")) == (turn, "interrupted")
            with pytest.raises(Refused, match="no active turn to interrupt"):
                await client.ask("turn/interrupt", {"threadId": thread, "turnId": turn})
            with pytest.raises(Refused, match="no active turn to steer"):
                await client.ask("turn/steer", {**steer, "expectedTurnId": turn})

    live(scenario)


def test_input_that_comes_later_joins_the_turn() -> None:
    script = "[[turn]]\nwhen = 'first'\nstep = [{ command = 'a', ask = true }]"

    async def scenario() -> None:
        async with talking(mock_of("0.163.0", script)) as client:
            thread, turn = await client.start("first")
            asked = await client.hear(APPROVAL)
            text = [{"type": "text", "text": "and this"}]
            steer = {"threadId": thread, "expectedTurnId": turn, "input": text}
            assert await client.ask("turn/steer", steer) == {"turnId": turn}
            await client.say({"id": asked["id"], "result": {"decision": "accept"}})
            await client.hear("turn/completed")
            items = [
                (m["params"]["item"]["type"], m["params"]["turnId"])
                for m in client.heard
                if m.get("method") == "item/completed"
            ]
            kinds = ["userMessage", "commandExecution", "userMessage", "commandExecution"]
            assert items == [(kind, turn) for kind in kinds]

    script += "\n[[turn]]\nwhen = 'and this'\nstep = [{ command = 'b' }]"
    live(scenario)


@pytest.mark.parametrize(("version", "same"), [("0.140.0", False), ("0.150.0", True)])
def test_a_second_start_while_a_turn_runs(version: str, same: bool) -> None:
    """From 0.150.0 on it names the running turn, before that one that never is."""

    async def scenario() -> None:
        async with talking(mock_of(version, ASKING)) as client:
            thread, turn = await client.start()
            asked = await client.hear(APPROVAL)
            _, second = await client.start("more", thread)
            assert (second == turn) is same
            await client.say({"id": asked["id"], "result": {"decision": "accept"}})
            again = await client.hear(APPROVAL)  # for the input that came later
            await client.say({"id": again["id"], "result": {"decision": "accept"}})
            assert ended(await client.hear("turn/completed")) == (turn, "completed")

    live(scenario)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_several_turns_at_once(backend: str) -> None:
    script = "[[turn]]\nstep = [{ delay = 0.01, message = 'a b' }, { delay = 0.01, message = 'c' }]"

    async def scenario() -> None:
        async with talking(mock_of("0.163.0", script)) as client:
            turns = dict([await client.start() for _ in range(20)])
            while len(completed(client)) < len(turns):  # some come while others are started
                await client.hear("turn/completed")
            done = completed(client)
            assert {m["params"]["threadId"]: ended(m) for m in done} == {
                thread: (turn, "completed") for thread, turn in turns.items()
            }
            deltas = [m for m in client.heard if m.get("method") == "item/agentMessage/delta"]
            for thread, turn in turns.items():
                own = [m["params"] for m in deltas if m["params"]["threadId"] == thread]
                assert [p["delta"] for p in own] == ["a ", "b", "c"]
                assert {p["turnId"] for p in own} == {turn}

    live(scenario, backend)


def test_only_those_who_listen_hear_a_turn() -> None:
    server = mock_of("0.163.0")

    async def scenario() -> None:
        async with talking(server) as one, talking(server) as other:
            thread, _ = await one.start()
            await other.ask("thread/list", {})
            assert set(other.told()) == {"thread/started", "thread/status/changed"}
            await other.ask("thread/resume", {"threadId": thread})
            await one.ask("thread/unsubscribe", {"threadId": thread})
            one.heard.clear()
            await other.start("again", thread)
            await other.hear("turn/completed")
            await one.ask("thread/list", {})
            assert set(one.told()) == {"thread/status/changed"}

    live(scenario)


def test_what_is_not_wanted_is_not_sent() -> None:
    async def scenario() -> None:
        unwanted = ["item/agentMessage/delta", "thread/status/changed"]
        async with talking(mock_of("0.163.0"), optOutNotificationMethods=unwanted) as client:
            await client.start()
            await client.hear("turn/completed")
            assert not {*client.told()} & {*unwanted}

    live(scenario)


def test_a_client_that_leaves_takes_its_turns_along() -> None:
    server = mock_of("0.163.0", ASKING)

    async def scenario() -> None:
        async with talking(server) as watcher:
            async with talking(server) as client:
                thread, turn = await client.start()
                await client.hear(APPROVAL)
                await watcher.ask("thread/resume", {"threadId": thread})
            assert ended(await watcher.hear("turn/completed")) == (turn, "interrupted")

    live(scenario)


def test_any_request_of_the_server_can_be_part_of_a_turn() -> None:
    question = '{ id = "q", header = "Q", question = "Which?" }'
    script = f"""
    [[turn]]
    [[turn.step]]
    request = "item/tool/requestUserInput"
    params = {{ questions = [{question}] }}
    """
    server = mock_of("0.163.0", script)

    async def scenario() -> None:
        async with talking(server) as client:
            thread, turn = await client.start()
            asked = await client.hear("item/tool/requestUserInput")
            assert asked["id"] == 0
            assert asked["params"]["questions"][0]["question"] == "Which?"
            assert (asked["params"]["threadId"], asked["params"]["turnId"]) == (thread, turn)
            await client.say({"id": 0, "result": {"answers": {}}})
            assert (await client.hear("serverRequest/resolved"))["params"]["requestId"] == 0
            assert ended(await client.hear("turn/completed")) == (turn, "completed")

    live(scenario)


def run_turn(server: MockServer, method: str, params: dict[str, Any]) -> list[dict[str, Any]]:
    thread = converse(server, request(1, "thread/start", {}))[0]["result"]["thread"]["id"]
    return converse(server, request(2, method, {"threadId": thread, **params}))


def test_each_answer_of_the_model_costs_the_same() -> None:
    """What is said, done or asked is one; what is thought belongs to it; a pause or notice is none."""
    steps = (
        "{ wait = 0.01 }",
        "{ reasoning = 'hm' }",
        "{ message = 'a' }",
        "{ command = 'b' }",
        "{ patch = 'c' }",
        "{ request = 'item/tool/requestUserInput' }",
        "{ notify = 'thread/compacted' }",
    )
    script = f"[[turn]]\nstep = [{', '.join(steps)}]"
    sent = run_turn(mock_of("0.163.0", script), "turn/start", {"input": []})
    told = [m["params"] for m in sent if m.get("method") == "thread/tokenUsage/updated"]
    assert len(told) == 4
    one = {"inputTokens": 100, "cachedInputTokens": 0, "outputTokens": 10, "totalTokens": 110}
    for number, params in enumerate(told, 1):
        usage = params["tokenUsage"]
        assert usage["last"] == usage["last"] | one
        all_of_them = {name: number * count for name, count in one.items()}
        assert usage["total"] == usage["total"] | all_of_them


def test_a_review_is_a_turn() -> None:
    target = {"type": "custom", "instructions": "check it"}
    sent = run_turn(mock_of("0.163.0"), "review/start", {"target": target})
    turn = sent[0]["result"]["turn"]["id"]
    items = [m["params"]["item"] for m in sent if m.get("method") == "item/completed"]
    kinds = [item["type"] for item in items]
    assert kinds == ["enteredReviewMode", "agentMessage", "exitedReviewMode"]
    assert items[0]["review"] == "check it"
    assert ended(sent[-1]) == (turn, "completed")


def test_a_compaction_is_a_turn() -> None:
    sent = run_turn(mock_of("0.163.0"), "thread/compact/start", {})
    assert sent[0]["result"] == {}
    items = [m["params"]["item"]["type"] for m in sent if m.get("method") == "item/completed"]
    assert items == ["contextCompaction"]
    assert sent[-1]["method"] == "turn/completed"


def test_at_the_end_of_the_input_a_turn_comes_to_its_end_at_once() -> None:
    script = "[[turn]]\nstep = [{ delay = 3600, message = 'slow' }]"
    sent = run_turn(mock_of("0.163.0", script), "turn/start", {"input": []})
    assert ended(sent[-1])[1] == "completed"
    sent = run_turn(mock_of("0.163.0", HANGING), "turn/start", {"input": []})
    assert ended(sent[-1])[1] == "interrupted"
    sent = run_turn(mock_of("0.163.0", ASKING), "turn/start", {"input": []})
    assert "interrupted" in [ended(m)[1] for m in sent if m.get("method") == "turn/completed"]


def test_nothing_is_left_of_a_server_when_its_clients_are_gone() -> None:
    server = mock_of("0.163.0", HANGING)

    async def scenario() -> None:
        async with talking(server) as client:
            await client.start()
            assert len(server.clients) == 1
        with anyio.fail_after(30):
            while server.clients:
                await anyio.sleep(0.01)

    live(scenario)


def test_blocking_clients_hear_of_each_other() -> None:
    """Each has a thread and a loop of its own."""
    server = mock_of("0.163.0", HANGING)
    with Client(open_mock(server)) as one, Client(open_mock(server)) as other:
        thread = one.start_thread({})
        other.request("thread/resume", {"threadId": thread})
        heard = one.notifications(methods=("turn/completed",))
        turn = one.start_turn(thread, "go")
        other.request("turn/interrupt", {"threadId": thread, "turnId": turn.turn_id}, timeout=30)
        assert next(heard).wire_params["turn"]["status"] == "interrupted"
        assert turn.result().status == "interrupted"
        renamed = one.notifications(methods=("thread/name/updated",))
        with ThreadPoolExecutor() as pool:
            waiting = pool.submit(next, renamed)
            other.request("thread/name/set", {"threadId": thread, "name": "x"})
            assert waiting.result(timeout=30).wire_params["threadName"] == "x"


@pytest.mark.parametrize("asked", [True, False])
def test_experimental_notifications_are_for_those_who_asked(asked: bool) -> None:
    script = """
    [[turn]]
    [[turn.step]]
    notify = "thread/settings/updated"
    [[turn.step]]
    notify = "thread/goal/cleared"
    """

    async def scenario() -> None:
        async with talking(mock_of("0.163.0", script), experimentalApi=asked) as client:
            await client.start()
            await client.hear("turn/completed")
            assert "thread/goal/cleared" in client.told()
            assert ("thread/settings/updated" in client.told()) is asked

    live(scenario)

from __future__ import annotations

from typing import Any

import anyio
import pytest
from fake_app_server import FakeServer, play_turn, quiet, turns

from codexwire.runtime.client import AsyncClient, ClientOptions, RetryPolicy
from codexwire.runtime.errors import (
    OverloadedError,
    RequestTimeoutError,
    ThreadBusyError,
    TurnFailedError,
    TurnNotActiveError,
)
from codexwire.runtime.transport import MemoryServer

pytestmark = pytest.mark.anyio


@pytest.mark.parametrize("early", [False, True])
async def test_a_turn_is_run_to_its_result(server: FakeServer, early: bool) -> None:
    server.answers["turn/start"] = turns(early=early)
    async with AsyncClient(server.open) as client:
        result = await client.run_turn("t", "hello", {"model": "m"})
        assert quiet(client)
    assert (result.status, result.text, result.turn_id) == ("completed", "hi there", "0")
    assert result.items == ({"type": "agentMessage", "id": "m", "text": "hi there"},)
    assert server.seen[-1]["params"] == {
        "model": "m",
        "threadId": "t",
        "input": [{"type": "text", "text": "hello"}],
    }


async def test_text_is_streamed_and_a_failed_turn_raises_at_its_end(server: FakeServer) -> None:
    error = {"message": "stream broke", "codexErrorInfo": "other"}
    server.answers["turn/start"] = turns(text="half an answer", status="failed", error=error)
    async with AsyncClient(server.open) as client:
        stream = client.stream_text("t", "go")
        assert [await anext(stream) for _ in range(3)] == ["half", "an", "answer"]
        with pytest.raises(TurnFailedError, match="failed: stream broke") as failure:
            await anext(stream)
    assert failure.value.result.error == error


async def test_a_message_without_deltas_is_text_too(server: FakeServer) -> None:
    async def answer(end: MemoryServer, message: Any) -> None:
        await end.answer(message, {"turn": {"id": "1"}})
        item = {"type": "agentMessage", "id": "m", "text": "whole"}
        await end.notify("item/completed", {"threadId": "t", "turnId": "1", "item": item})
        await play_turn(end, "t", "1")

    server.answers["turn/start"] = answer
    async with AsyncClient(server.open) as client:
        assert [piece async for piece in client.stream_text("t", "go")] == ["whole"]


async def test_the_final_answer_is_the_one_called_so(server: FakeServer) -> None:
    async def answer(end: MemoryServer, message: Any) -> None:
        await end.answer(message, {"turn": {"id": "1"}})
        for name, phase in (("a", "commentary"), ("b", "final_answer"), ("c", "commentary")):
            item = {"type": "agentMessage", "id": name, "text": name, "phase": phase}
            await end.notify("item/completed", {"threadId": "t", "turnId": "1", "item": item})
        usage = {
            "last": {"totalTokens": 5, "inputTokens": 4, "outputTokens": 1},
            "total": {"totalTokens": 50},
            "modelContextWindow": 1000,
        }
        params = {"threadId": "t", "turnId": "1", "tokenUsage": usage}
        await end.notify("thread/tokenUsage/updated", params)
        await play_turn(end, "t", "1")

    server.answers["turn/start"] = answer
    async with AsyncClient(server.open) as client:
        result = await client.run_turn("t", "go")
    assert (result.text, len(result.items)) == ("b", 3)
    assert result.usage is not None
    assert (result.usage.last.total_tokens, result.usage.total.total_tokens) == (5, 50)
    assert result.usage.context_window == 1000


async def test_a_second_turn_waits_for_the_first(server: FakeServer) -> None:
    release = anyio.Event()
    started: list[str] = []

    async def wait(message: Any) -> None:
        started.append(message["params"]["input"][0]["text"])
        if len(started) == 1:
            await release.wait()

    server.answers["turn/start"] = turns(wait=wait)
    ended: list[str] = []

    async def run(client: AsyncClient, text: str) -> None:
        await client.run_turn("t", text)
        ended.append(text)

    async with AsyncClient(server.open) as client, anyio.create_task_group() as tasks:
        for text in ("first", "second", "third"):
            tasks.start_soon(run, client, text)
            await anyio.wait_all_tasks_blocked()
        assert started == ["first"]
        await client.run_turn("other", "another thread is free")
        release.set()
    assert started == ["first", "another thread is free", "second", "third"]
    assert ended == ["first", "second", "third"]
    assert quiet(client)


async def test_a_second_turn_can_be_refused(server: FakeServer) -> None:
    async def wait(_: Any) -> None:
        await anyio.sleep_forever()

    server.answers["turn/start"] = turns(wait=wait)
    async with AsyncClient(server.open, ClientOptions(on_busy="error")) as client:
        turn = await client.start_turn("t", "first")
        with pytest.raises(ThreadBusyError) as busy:
            await client.start_turn("t", "second")
    assert (busy.value.thread_id, busy.value.turn_id) == ("t", turn.turn_id)
    assert server.methods().count("turn/start") == 1


async def test_a_second_turn_can_join_the_first(server: FakeServer) -> None:
    steered = anyio.Event()

    async def wait(_: Any) -> None:
        await steered.wait()

    async def steer(end: MemoryServer, message: Any) -> None:
        await end.answer(message, {"turnId": message["params"]["expectedTurnId"]})
        steered.set()

    server.answers |= {"turn/start": turns(wait=wait), "turn/steer": steer}
    async with AsyncClient(server.open, ClientOptions(on_busy="steer")) as client:
        first = await client.start_turn("t", "first")
        second = await client.start_turn("t", "more")
        assert (await first.result()).text == (await second.result()).text == "hi there"
        assert (await client.run_turn("t", "idle now")).turn_id == "1"
    assert server.methods().count("turn/start") == 2


async def test_steering_a_turn_that_just_ended_starts_the_next(server: FakeServer) -> None:
    async def hang(_: Any) -> None:
        await anyio.sleep_forever()

    async def steer(end: MemoryServer, message: Any) -> None:
        await play_turn(end, "t", "0", "old")
        await end.refuse(message, -32600, "no active turn to steer")
        server.answers["turn/start"] = second

    async def second(end: MemoryServer, message: Any) -> None:
        await end.answer(message, {"turn": {"id": "1"}})
        await play_turn(end, "t", "1", "new")

    server.answers |= {"turn/start": turns(wait=hang), "turn/steer": steer}
    async with AsyncClient(server.open) as client:
        await client.start_turn("t", "first")
        assert (await client.run_turn("t", "more", on_busy="steer")).text == "new"


async def test_an_overloaded_server_is_asked_again(server: FakeServer) -> None:
    asked = 0

    async def answer(end: MemoryServer, message: Any) -> None:
        nonlocal asked
        asked += 1
        if asked < 3:
            await end.refuse(message, -32001, "Server overloaded; retry later.")
        else:
            await end.answer(message, {"data": asked})

    server.answers["model/list"] = answer
    retry = RetryPolicy(retries=2, first=0.001)
    async with AsyncClient(server.open, ClientOptions(retry=retry)) as client:
        assert await client.request("model/list", {}) == {"data": 3}
        asked = -10
        with pytest.raises(OverloadedError):
            await client.request("model/list", {})
    assert asked == -7


def test_the_waits_grow_and_are_limited() -> None:
    policy = RetryPolicy(first=1, factor=3, longest=5, jitter=0)
    assert [policy.wait(attempt) for attempt in range(4)] == [1, 3, 5, 5]
    assert all(0.5 <= RetryPolicy(first=1, jitter=0.5).wait(0) <= 1 for _ in range(100))


async def test_a_turn_that_takes_too_long_is_interrupted(server: FakeServer) -> None:
    async def hang(_: Any) -> None:
        await anyio.sleep_forever()

    async def interrupt(end: MemoryServer, message: Any) -> None:
        await end.answer(message, {})

    server.answers |= {"turn/start": turns(wait=hang), "turn/interrupt": interrupt}
    async with AsyncClient(server.open) as client:
        with pytest.raises(RequestTimeoutError):
            await client.run_turn("t", "go", timeout=0.05)
        with anyio.move_on_after(0.05):
            await client.run_turn("u", "go")
    asked = [m["params"] for m in server.seen if m.get("method") == "turn/interrupt"]
    assert asked == [{"threadId": "t", "turnId": "0"}, {"threadId": "u", "turnId": "0"}]


@pytest.mark.parametrize("timeout", [None, 0.05])
async def test_a_turn_that_starts_when_nobody_waits_any_more_is_interrupted(
    server: FakeServer, timeout: float | None
) -> None:
    late, interrupted = anyio.Event(), anyio.Event()

    async def start(end: MemoryServer, message: Any) -> None:
        await late.wait()
        await end.answer(message, {"turn": {"id": "0"}})

    async def interrupt(end: MemoryServer, message: Any) -> None:
        assert message["params"] == {"threadId": "t", "turnId": "0"}
        await end.answer(message, {})
        await play_turn(end, "t", "0", status="interrupted")
        interrupted.set()

    server.answers |= {"turn/start": start, "turn/interrupt": interrupt}
    async with AsyncClient(server.open) as client:
        if timeout is None:
            with anyio.move_on_after(0.05) as given_up:
                await client.start_turn("t", "go")
            assert given_up.cancelled_caught
        else:
            with pytest.raises(RequestTimeoutError):
                await client.start_turn("t", "go", timeout=timeout)
        late.set()
        with anyio.fail_after(10):
            await interrupted.wait()
            while not quiet(client):
                await anyio.sleep(0.01)


async def test_a_stream_left_in_a_with_block_interrupts_its_turn(server: FakeServer) -> None:
    async def hang(_: Any) -> None:
        await anyio.sleep_forever()

    async def interrupt(end: MemoryServer, message: Any) -> None:
        await end.answer(message, {})

    server.answers |= {"turn/start": turns(wait=hang), "turn/interrupt": interrupt}
    async with AsyncClient(server.open) as client:
        async with client.stream_turn("t", "go") as stream:
            assert stream.turn is not None
        async with client.stream_text("u", "go"):
            pass
        async with await client.start_turn("v", "go"):
            pass
    assert server.methods().count("turn/interrupt") == 3


async def test_a_stream_starts_its_turn_when_it_is_read(server: FakeServer) -> None:
    server.answers["turn/start"] = turns()
    async with AsyncClient(server.open) as client:
        stream = client.stream_turn("t", "go")
        await anyio.wait_all_tasks_blocked()
        assert "turn/start" not in server.methods()
        methods = [notification.method async for notification in stream]
    assert methods[0] == "turn/started"
    assert methods[-1] == "turn/completed"


async def test_the_end_of_a_raw_turn_can_be_waited_for_before_and_after(server: FakeServer) -> None:
    release = anyio.Event()

    async def wait(_: Any) -> None:
        await release.wait()

    server.answers["turn/start"] = turns(wait=wait)
    async with AsyncClient(server.open) as client:
        await client.request("turn/start", {"threadId": "t", "input": []})
        with pytest.raises(RequestTimeoutError):
            await client.wait_for_turn_completed("t", "0", timeout=0.05)
        release.set()
        before = await client.wait_for_turn_completed("t", "0", timeout=5)
        after = await client.wait_for_turn_completed("t", "0", timeout=5)
    assert before.raw == after.raw
    assert before.params["turn"]["status"] == "completed"


async def test_interrupt_and_steer_find_the_running_turn(server: FakeServer) -> None:
    async def hang(_: Any) -> None:
        await anyio.sleep_forever()

    async def fine(end: MemoryServer, message: Any) -> None:
        await end.answer(message, {})

    server.answers |= {
        "turn/start": turns(wait=hang),
        "turn/interrupt": fine,
        "turn/steer": fine,
    }
    async with AsyncClient(server.open) as client:
        with pytest.raises(TurnNotActiveError):
            await client.interrupt("t")
        await client.start_turn("t", "go")
        await client.steer("t", "left")
        await client.interrupt("t")
    steer, interrupt = server.seen[-2:]
    assert steer["params"]["expectedTurnId"] == interrupt["params"]["turnId"] == "0"


@pytest.mark.parametrize("method", ["turn/start", "review/start", "thread/queue/start"])
async def test_a_turn_that_was_asked_for_plainly_is_followed_from_its_beginning(
    method: str, server: FakeServer
) -> None:
    """Also when all of it came before anybody followed, and though its end was waited for."""
    server.answers["turn/start"] = server.answers[method] = turns()
    async with AsyncClient(server.open) as client:
        followed = [n.method async for n in await client.start_turn("a", "go")]
        await client.request(method, {"threadId": "b", "input": []})
        await client.wait_for_turn_completed("b", "0", timeout=5)
        turn = client.follow_turn("b", "0")
        assert [n.method async for n in turn] == followed
        assert turn.result_so_far().lost == 0
        again = await client.follow_turn("b", "0").result()
        assert (again.status, again.text) == ("completed", "")
        assert quiet(client)


async def test_a_result_says_what_is_lost(server: FakeServer) -> None:
    server.answers["turn/start"] = turns()
    async with AsyncClient(server.open) as client:
        for number in range(300):
            await client.request("turn/start", {"threadId": f"T{number}", "input": []})
        await client.wait_for_turn_completed("T299", "0", timeout=5)
        result = await client.follow_turn("T0", "0").result()
        assert (result.status, result.lost) == ("completed", 5)
        assert (await client.follow_turn("T299", "0").result()).lost == 0

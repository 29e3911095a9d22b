from __future__ import annotations

import threading
from typing import Any

import pytest
from fake_app_server import FakeServer, play_turn

from codexwire.runtime.client import Client, ClientOptions
from codexwire.runtime.errors import (
    ConnectionClosedError,
    RequestTimeoutError,
    TurnFailedError,
    UnsupportedError,
)
from codexwire.runtime.transport import MemoryServer


async def answer_turn(server: MemoryServer, message: Any) -> None:
    await server.answer(message, {"turn": {"id": "1"}})
    thread = message["params"]["threadId"]
    text = message["params"]["input"][0]["text"]
    status = "failed" if text == "fail" else "completed"
    await play_turn(server, thread, "1", f"you said {text}", status)


@pytest.fixture
def client_of(server: FakeServer) -> Client:
    server.answers["turn/start"] = answer_turn
    return Client(server.open)


def test_a_turn_is_run_streamed_and_followed(client_of: Client) -> None:
    with client_of as client:
        assert str(client.server.version) == "0.163.0"
        thread = client.start_thread()
        assert client.run_turn(thread, "hi").text == "you said hi"
        assert list(client.stream_text("a", "hi")) == ["you", "said", "hi"]
        assert [n.method for n in client.stream_turn("b", "hi")][-1] == "turn/completed"
        turn = client.start_turn("c", "hi")
        assert next(turn).method == "turn/started"
        assert turn.result().text == "you said hi"
        assert client.wait_for_turn_completed("c", "1", timeout=5).turn_id == "1"
        assert [n.method for n in client.follow_turn("c", "1")] == ["turn/completed"]


def test_a_failed_turn_raises_after_its_text(client_of: Client) -> None:
    with client_of as client:
        stream = client.stream_text("t", "fail")
        assert [next(stream) for _ in range(3)] == ["you", "said", "fail"]
        with pytest.raises(TurnFailedError):
            next(stream)


def test_many_threads_share_a_client(client_of: Client) -> None:
    results: dict[str, str] = {}
    with client_of as client:

        def work(name: str) -> None:
            results[name] = client.run_turn(name, name).text

        threads = [threading.Thread(target=work, args=(str(n),)) for n in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert results == {str(n): f"you said {n}" for n in range(20)}


def test_a_handler_may_block_and_use_the_client(server: FakeServer) -> None:
    got: list[Any] = []
    done = threading.Event()

    async def ask(end: MemoryServer, message: Any) -> None:
        await end.send({"method": "item/tool/call", "id": 1, "params": {"tool": "t"}})
        await end.answer(message, {})

    async def models(end: MemoryServer, message: Any) -> None:
        await end.answer(message, {"data": ["m"]})

    server.answers |= {"demo": ask, "model/list": models}
    with Client(server.open, ClientOptions(fallback=lambda request: request.method)) as client:

        def tool(params: Any) -> Any:
            got.append((params["tool"], client.request("model/list"), threading.current_thread()))
            done.set()
            return {"success": True, "contentItems": []}

        client.on_request("item/tool/call", tool)
        client.request("demo")
        assert done.wait(5)
    (name, result, thread) = got[0]
    assert (name, result) == ("t", {"data": ["m"]})
    assert thread is not threading.main_thread()


def test_notifications_are_followed(client_of: Client) -> None:
    with client_of as client:
        ends = client.notifications(methods=("turn/completed",))
        for thread in "ab":
            client.run_turn(thread, "x")
        assert {next(ends).thread_id, next(ends).thread_id} == {"a", "b"}
        ends.close()
        assert list(ends) == []


def test_timeouts_and_the_end_reach_the_caller(server: FakeServer) -> None:
    with Client(server.open) as client:
        with pytest.raises(RequestTimeoutError):
            client.request("never", timeout=0.05)
        waiting = client.notifications()
    with pytest.raises(ConnectionClosedError):
        next(waiting)


def test_a_client_that_is_not_open_says_so(server: FakeServer) -> None:
    with pytest.raises(UnsupportedError, match="not open"):
        Client(server.open).request("thread/list")


def test_a_failing_block_fails_as_it_is(client_of: Client) -> None:
    with pytest.raises(ZeroDivisionError), client_of:
        _ = 1 // 0


def test_a_server_that_goes_away_ends_a_turn_with_the_cause(server: FakeServer) -> None:
    async def die(end: MemoryServer, message: Any) -> None:
        await end.answer(message, {"turn": {"id": "1"}})
        await end.notify("turn/started", {"threadId": "t", "turn": {"id": "1"}})
        await end.aclose()

    server.answers["turn/start"] = die
    with Client(server.open) as client:
        turn = client.start_turn("t", "go")
        assert next(turn).method == "turn/started"
        with pytest.raises(ConnectionClosedError, match="the other end is closed"):
            next(turn)

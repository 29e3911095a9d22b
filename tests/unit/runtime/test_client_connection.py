from __future__ import annotations

import logging
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any, TypeAlias

import anyio
import pytest

from codexwire.direction import Side
from codexwire.runtime.client.connection import Connection, open_connection
from codexwire.runtime.client.handlers import SAFE_ANSWERS, Handlers, approval_handlers
from codexwire.runtime.client.subscription import Subscription
from codexwire.runtime.errors import (
    ClientError,
    ConnectionClosedError,
    MessageError,
    RequestTimeoutError,
    RpcError,
)
from codexwire.runtime.transport import MemoryServer, PostMortem, memory_pair, open_memory

pytestmark = pytest.mark.anyio

Connected: TypeAlias = Callable[..., AbstractAsyncContextManager[tuple[Connection, MemoryServer]]]

NOTHING = {
    "waiters": 0,
    "turns": 0,
    "threads": 0,
    "methods": 0,
    "everything": 0,
    "expected": 0,
    "active": 0,
    "idle": 0,
    "untaken": 0,
}


async def asking(connection: Connection, method: str, into: list[Any], **options: Any) -> None:
    try:
        into.append(await connection.request(method, {}, **options))
    except ClientError as problem:
        into.append(problem)


async def test_answers_find_their_requests_in_any_order(connected: Connected) -> None:
    got: dict[str, list[Any]] = {name: [] for name in ("a", "b", "c")}
    async with connected() as (connection, server), anyio.create_task_group() as tasks:
        for name, into in got.items():
            tasks.start_soon(asking, connection, name, into)
        requests = [await server.receive() for _ in got]
        for request in reversed(requests):
            await server.answer(request, request["method"].upper())
    assert got == {"a": ["A"], "b": ["B"], "c": ["C"]}
    assert connection.router.leftovers() == NOTHING


async def test_requests_are_written_as_the_server_reads_them(connected: Connected) -> None:
    seen: list[tuple[Side, bytes]] = []
    async with connected(observer=lambda side, text: seen.append((side, text))) as (
        connection,
        server,
    ):
        await connection.notify("initialized")
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(asking, connection, "demo/é", [])
            await server.receive()
            await server.answer(await server.receive(), None)
    assert seen == [
        (Side.CLIENT, b'{"method":"initialized"}'),
        (Side.CLIENT, '{"id":1,"method":"demo/é","params":{}}'.encode()),
        (Side.SERVER, b'{"id": 1, "result": null}'),
    ]


async def test_seven_is_not_the_string_seven(connected: Connected) -> None:
    got: list[Any] = []
    async with connected() as (connection, server), anyio.create_task_group() as tasks:
        tasks.start_soon(asking, connection, "demo", got)
        request = await server.receive()
        for stray in (str(request["id"]), True, None, 1.0, [1], {"id": 1}):
            await server.send({"id": stray, "result": "wrong"})
        await server.answer(request, "right")
    assert got == ["right"]
    assert connection.router.statistics.stray_answers == 6


async def test_an_error_answer_is_typed_and_keeps_code_and_data(connected: Connected) -> None:
    got: list[Any] = []
    async with connected() as (connection, server), anyio.create_task_group() as tasks:
        tasks.start_soon(asking, connection, "config/write", got)
        data = {"config_write_error_code": "configVersionConflict"}
        await server.refuse(await server.receive(), -32600, "version conflict", data)
    (error,) = got
    assert isinstance(error, RpcError)
    assert (error.code, error.message, error.data, error.method) == (
        -32600,
        "version conflict",
        data,
        "config/write",
    )


async def test_a_timeout_leaves_no_waiter_and_no_confusion(connected: Connected) -> None:
    late: list[Any] = []
    async with connected() as (connection, server), anyio.create_task_group() as tasks:
        tasks.start_soon(lambda: asking(connection, "slow", late, timeout=0.05))
        slow = await server.receive()
        while not late:
            await anyio.sleep(0.01)
        assert connection.router.leftovers() == NOTHING
        await server.answer(slow, "too late")
        tasks.start_soon(asking, connection, "next", late)
        await server.answer(await server.receive(), "in time")
    assert isinstance(late[0], RequestTimeoutError)
    assert late[1] == "in time"
    assert connection.router.statistics.stray_answers == 1


async def test_a_cancelled_request_leaves_no_waiter(connected: Connected) -> None:
    async with connected() as (connection, server):
        with anyio.move_on_after(0.05):
            await connection.request("never")
        assert connection.router.leftovers() == NOTHING
        assert (await server.receive())["method"] == "never"


async def test_what_json_cannot_carry_is_refused_before_it_is_sent(connected: Connected) -> None:
    async with connected() as (connection, _):
        for value in (float("nan"), "\ud83d", object(), {1: {2}}):
            with pytest.raises(MessageError, match="demo cannot be sent"):
                await connection.request("demo", {"value": value})
        assert connection.router.leftovers() == NOTHING


async def test_garbage_is_dropped_counted_and_kept(connected: Connected) -> None:
    got: list[Any] = []
    garbage = [b"panic!", b"[]", b"42", b'{"method": 7}', b'{"id":1,"resu', b"\xff\xfe", b'"x"']
    async with connected() as (connection, server), anyio.create_task_group() as tasks:
        tasks.start_soon(asking, connection, "demo", got)
        request = await server.receive()
        for line in garbage:
            await server.send(line)
        await server.answer(request, "fine")
    assert got == ["fine"]
    assert list(connection.unreadable) == garbage
    assert connection.router.statistics.unreadable == len(garbage)


async def test_the_end_wakes_everyone_with_its_cause(connected: Connected) -> None:
    post = PostMortem(returncode=-9, stderr_tail="thread 'main' panicked\n")
    got: list[Any] = []
    async with connected(post_mortem=post) as (connection, server):
        events = connection.router.subscribe(Subscription())
        turn = connection.router.follow_turn(("t", "1"))
        async with anyio.create_task_group() as tasks:
            for _ in range(3):
                tasks.start_soon(asking, connection, "demo", got)
                await server.receive()
            await server.aclose()
        for subscription in (events, turn):
            with pytest.raises(ConnectionClosedError, match="killed by SIGKILL"):
                await anext(subscription)
        with pytest.raises(ConnectionClosedError, match="panicked"):
            await connection.request("more")
        with pytest.raises(ConnectionClosedError):
            await connection.notify("more")
    assert [type(error) for error in got] == [ConnectionClosedError] * 3
    assert len({id(error) for error in got}) == 3
    assert {(error.returncode, error.stderr_tail) for error in got} == {(-9, post.stderr_tail)}
    assert connection.router.leftovers() == NOTHING


async def test_closing_wakes_everyone_too() -> None:
    got: list[Any] = []
    transport, server = memory_pair()
    async with (
        anyio.create_task_group() as tasks,
        open_connection(lambda: open_memory(transport)) as connection,
    ):
        tasks.start_soon(asking, connection, "demo", got)
        await server.receive()
    await server.aclose()
    assert str(got[0]) == "the connection was closed by this client"


async def test_a_bug_in_the_reader_wakes_everyone(connected: Connected, monkeypatch: Any) -> None:
    def broken(*_: Any) -> None:
        raise OSError("disk full")

    got: list[Any] = []
    async with connected() as (connection, server), anyio.create_task_group() as tasks:
        monkeypatch.setattr(connection.router, "route_answer", broken)
        tasks.start_soon(asking, connection, "demo", got)
        await server.answer(await server.receive(), 1)
    assert "disk full" in str(got[0])


async def test_senders_wait_when_too_much_is_waiting() -> None:
    transport, server = memory_pair(buffer=1)
    sent = 0

    async def flood(connection: Connection) -> None:
        nonlocal sent
        for number in range(1000):
            await connection.notify("n", [number])
            sent += 1

    async with (
        open_connection(lambda: open_memory(transport)) as connection,
        anyio.create_task_group() as tasks,
    ):
        tasks.start_soon(flood, connection)
        await anyio.wait_all_tasks_blocked()
        assert sent < 300
        numbers = [(await server.receive())["params"][0] for _ in range(1000)]
    await server.aclose()
    assert numbers == list(range(1000))


async def served(server: MemoryServer, method: str, params: Any, request_id: Any = 0) -> Any:
    await server.send({"method": method, "id": request_id, "params": params})
    return await server.receive()


@pytest.mark.parametrize("method", SAFE_ANSWERS)
async def test_without_handlers_nothing_is_allowed(connected: Connected, method: str) -> None:
    async with connected() as (_, server):
        answer = await served(server, method, {}, "x")
    assert answer == {"id": "x", "result": SAFE_ANSWERS[method]}
    assert not {"accept", "approved", "acceptForSession"} & {
        value for value in answer["result"].values() if isinstance(value, str)
    }


async def test_a_request_without_a_safe_answer_gets_an_error(connected: Connected) -> None:
    async with connected() as (_, server):
        answer = await served(server, "responsesApi/call", {}, 0)
    assert answer["id"] == 0
    assert answer["error"]["code"] == -32601
    assert "responsesApi/call" in answer["error"]["message"]


async def test_handlers_answer_sync_and_async(connected: Connected) -> None:
    async def slowly(params: Any) -> Any:
        await anyio.sleep(0)
        return {"saw": params}

    handlers = Handlers(
        {"a": lambda params: {"got": params["x"]}, "b": slowly},
        fallback=lambda request: {"method": request.method},
    )
    async with connected(handlers=handlers) as (_, server):
        assert (await served(server, "a", {"x": 1}))["result"] == {"got": 1}
        assert (await served(server, "b", [2]))["result"] == {"saw": [2]}
        assert (await served(server, "c", {}))["result"] == {"method": "c"}


@pytest.mark.parametrize(
    ("decision", "v2", "v1"),
    [
        ("accept", "accept", "approved"),
        ("accept_for_session", "acceptForSession", "approved_for_session"),
        ("decline", "decline", "denied"),
        ("cancel", "cancel", "abort"),
    ],
)
async def test_one_decision_for_all_approvals(
    connected: Connected, decision: Any, v2: str, v1: str
) -> None:
    async with connected(handlers=Handlers(approval_handlers(decision))) as (_, server):
        for method, word in (
            ("item/fileChange/requestApproval", v2),
            ("item/commandExecution/requestApproval", v2),
            ("applyPatchApproval", v1),
            ("execCommandApproval", v1),
        ):
            assert (await served(server, method, {}))["result"] == {"decision": word}


@pytest.mark.parametrize("bad", [lambda _: 1 // 0, lambda _: {"x": float("nan")}])
async def test_a_failing_handler_declines(
    connected: Connected, bad: Any, caplog: pytest.LogCaptureFixture
) -> None:
    method = "item/commandExecution/requestApproval"
    with caplog.at_level(logging.ERROR, logger="codexwire.client"):
        async with connected(handlers=Handlers({method: bad, "other": bad})) as (_, server):
            assert (await served(server, method, {}))["result"] == {"decision": "decline"}
            assert (await served(server, "other", {}))["error"]["code"] == -32603
    assert "the safe default is sent" in caplog.text


async def test_a_settled_request_calls_its_handler_off(connected: Connected) -> None:
    started, called_off = anyio.Event(), anyio.Event()

    async def ask_the_user(_: Any) -> Any:
        started.set()
        try:
            await anyio.sleep_forever()
        finally:
            called_off.set()

    async with connected(handlers=Handlers({"ask": ask_the_user})) as (_, server):
        await server.send({"method": "ask", "id": 5, "params": {}})
        await started.wait()
        await server.notify("serverRequest/resolved", {"threadId": "t", "requestId": "5"})
        await server.notify("serverRequest/resolved", {"threadId": "t", "requestId": 5})
        with anyio.fail_after(5):
            await called_off.wait()
        assert (await served(server, "unknown", {}, 6))["id"] == 6


async def test_only_so_many_requests_are_served_at_once(connected: Connected) -> None:
    release = anyio.Event()

    async def wait(params: Any) -> Any:
        await release.wait()
        return params

    answers = []
    async with connected(handlers=Handlers({"wait": wait})) as (_, server):
        for number in range(1030):
            await server.send({"method": "wait", "id": number, "params": number})
            if number % 100 == 0:
                await anyio.sleep(0)
        refused = [await server.receive() for _ in range(6)]
        release.set()
        answers = [await server.receive() for _ in range(1024)]
    said = {(answer["error"]["code"], answer["error"]["message"]) for answer in refused}
    assert said == {(-32000, "too many requests are being answered")}
    assert {answer["id"] for answer in refused} | {a["id"] for a in answers} == set(range(1030))
    assert all(answer["result"] == answer["id"] for answer in answers)

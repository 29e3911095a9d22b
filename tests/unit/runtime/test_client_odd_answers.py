"""A server that answers oddly: what can be understood is, and nothing else ends the connection."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Any

import odd_answers
import pytest
from odd_answers import ASKED

from codexwire.runtime.client import AsyncClient, Client
from codexwire.runtime.errors import ConnectionClosedError, RpcError
from codexwire.runtime.transport import Transport, open_stdio

pytestmark = pytest.mark.anyio

HEARD: dict[str, tuple[Any, dict[str, int]]] = {
    "demo/overloaded": ("heard", {"answers": 4}),
    "demo/noise": ("heard", {"unreadable": 2}),
    "demo/bytes": ("heard", {"unreadable": 1}),
    "demo/twice": (1, {"stray_answers": 2}),
    "demo/text-id": ("number", {"stray_answers": 1}),
    "demo/big": ("y" * 5_000_000, {"answers": 2}),
    "demo/no-result": (None, {"answers": 2}),
    "demo/flood": ("heard", {"notifications": 30_000}),
}
"""Method → what its request comes to, and what the connection counts."""

FAILS: dict[str, tuple[type[Exception], str]] = {
    "demo/error-null": (RpcError, "malformed error answer: None"),
    "demo/error-text": (RpcError, "malformed error answer: 'oops'"),
    "demo/dies": (ConnectionClosedError, "exit code 7.*boom: last words"),
}

DECLINED = {"decision": "decline"}
NOT_SERVED = "this client does not serve it"
SAFE: tuple[Any, ...] = (
    DECLINED,
    DECLINED,
    DECLINED,
    {"permissions": {}},
    {"answers": {}},
    {"action": "decline", "content": None},
    {
        "success": False,
        "contentItems": [{"type": "inputText", "text": "This client has no such tool."}],
    },
)
"""The results of the first that are asked for; the others get an error."""


def opener(
    spelling: str = "nested", when: str = ""
) -> Callable[[], AbstractAsyncContextManager[Transport]]:
    command = [sys.executable, "-I", "-S", str(odd_answers.__file__), spelling, when]
    return lambda: open_stdio(command)


@pytest.mark.parametrize("method", HEARD)
async def test_what_can_be_understood_is(method: str) -> None:
    result, counts = HEARD[method]
    async with AsyncClient(opener()) as client:
        assert await client.request(method, timeout=20) == result
        assert await client.request("demo", timeout=20) == "heard"
        counted = client.connection.router.statistics
    for name, count in counts.items():
        assert getattr(counted, name) == count + (name == "answers")


@pytest.mark.parametrize("method", HEARD)
def test_so_it_is_when_blocking(method: str) -> None:
    result, _ = HEARD[method]
    with Client(opener()) as client:
        assert client.request(method, timeout=20) == result
        assert client.request("demo", timeout=20) == "heard"


@pytest.mark.parametrize("method", FAILS)
async def test_what_cannot_is_an_error_of_that_request(method: str) -> None:
    kind, said = FAILS[method]
    async with AsyncClient(opener()) as client:
        with pytest.raises(kind, match=f"(?s){said}"):
            await client.request(method, timeout=20)


async def test_whatever_the_server_asks_gets_a_safe_answer() -> None:
    async with AsyncClient(opener()) as client:
        answers = await client.request("demo/asks", timeout=20)
    by_id = {answer["id"]: answer for answer in answers}
    for number, (method, _) in enumerate(ASKED):
        answer = by_id[f"s{number}"]
        if number < len(SAFE):
            assert answer == {"id": f"s{number}", "result": SAFE[number]}
        else:
            error = {"code": -32601, "message": f"{method}: {NOT_SERVED}"}
            assert answer == {"id": f"s{number}", "error": error}


@pytest.mark.parametrize("when", ["early", "late"])
@pytest.mark.parametrize("spelling", ["nested", "long", "flat"])
async def test_ids_are_taken_from_where_they_stand(spelling: str, when: str) -> None:
    """`thread.id`, `thread.threadId` or `threadId`, so for turns; all of a turn or some before the answer."""
    text = "early " if when == "early" else "early late"
    async with AsyncClient(opener(spelling, when)) as client:
        thread = await client.start_thread(timeout=20)
        result = await client.run_turn(thread, "go", timeout=20)
    assert (thread, result.status, result.text) == ("T", "completed", text)

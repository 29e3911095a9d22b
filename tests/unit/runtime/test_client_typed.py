from __future__ import annotations

from typing import Any

import anyio
import pytest
from fake_app_server import FakeServer, play_turn

from codex_app_server_protocol import AppServerClient, AsyncAppServerClient, models
from codex_app_server_protocol.methods import CLIENT_REQUESTS, SERVER_REQUESTS
from codexwire.runtime.client import Client
from codexwire.runtime.client.core import AsyncClient
from codexwire.runtime.client.handlers import SAFE_ANSWERS
from codexwire.runtime.errors import MessageError, UnexpectedResultError
from codexwire.runtime.transport import MemoryServer

pytestmark = pytest.mark.anyio


def answering(result: Any) -> Any:
    async def answer(server: MemoryServer, message: Any) -> None:
        await server.answer(message, result)

    return answer


def names(kind: type[Any], base: type[Any]) -> set[str]:
    """The typed methods of a client: what it has beside its base."""
    own = {"typed", "typed_all", "requests", "codec", "async_client", "on_request"}
    return {n for n in dir(kind) if not n.startswith("_")} - set(dir(base)) - own


def test_there_is_a_method_for_each_request_in_both_clients() -> None:
    found = names(AsyncAppServerClient, AsyncClient)
    assert found == names(AppServerClient, Client)
    assert len({name for name in found if not name.endswith("_all")}) == len(CLIENT_REQUESTS)
    assert {"initialize", "thread_start", "turn_start", "fs_read_file", "get_auth_status"} <= found


async def test_what_is_given_is_sent_and_nothing_else(server: FakeServer) -> None:
    server.answers["thread/name/set"] = answering({})
    server.answers["turn/start"] = answering({"turn": {"id": "1", "items": [], "status": "x"}})
    async with AsyncAppServerClient(server.open) as client:
        await client.thread_name_set(thread_id="t", name="demo")
        started = await client.turn_start(
            thread_id="t",
            input=[models.TextUserInput(text="hi")],
            model=None,
            effort=models.ReasoningEffort("low"),
        )
    assert server.seen[-2]["params"] == {"threadId": "t", "name": "demo"}
    assert server.seen[-1]["params"] == {
        "threadId": "t",
        "input": [{"type": "text", "text": "hi"}],
        "model": None,
        "effort": "low",
    }
    assert isinstance(started, models.TurnStartResponse)
    assert started.turn.id == "1"


async def test_params_that_are_a_union_are_given_whole(server: FakeServer) -> None:
    server.answers["account/login/start"] = answering({"type": "apiKey"})
    async with AsyncAppServerClient(server.open) as client:
        key = models.ApiKeyLoginAccountParams(api_key="sk-test")
        await client.account_login_start(models.LoginAccountParams(key))
    assert server.seen[-1]["params"] == {"type": "apiKey", "apiKey": "sk-test"}


async def test_a_request_without_params_has_none(server: FakeServer) -> None:
    server.answers["account/logout"] = answering({})
    async with AsyncAppServerClient(server.open) as client:
        await client.account_logout()
    assert server.seen[-1] == {"id": 2, "method": "account/logout"}


async def test_wrong_arguments_are_found_before_they_are_sent(server: FakeServer) -> None:
    async with AsyncAppServerClient(server.open) as client:
        wrong: Any = 7
        with pytest.raises(MessageError, match=r"thread/read: thread_id: .*string"):
            await client.thread_read(thread_id=wrong)
    assert "thread/read" not in server.methods()


async def test_an_answer_that_is_no_result_is_an_error(server: FakeServer) -> None:
    server.answers["thread/read"] = answering("what?")
    async with AsyncAppServerClient(server.open) as client:
        with pytest.raises(UnexpectedResultError) as problem:
            await client.thread_read(thread_id="t")
        assert problem.value.raw == "what?"
        assert (await client.request("thread/read", {"threadId": "t"})).raw == "what?"


async def test_handlers_get_and_give_models(server: FakeServer) -> None:
    async def ask(end: MemoryServer, message: Any) -> None:
        params = {"threadId": "t", "turnId": "1", "itemId": "i", "startedAtMs": 1}
        method = "item/fileChange/requestApproval"
        await end.send({"method": method, "id": 3, "params": params})
        await end.answer(message, {})

    def approve(
        params: models.FileChangeRequestApprovalParams,
    ) -> models.FileChangeRequestApprovalResponse:
        accept = models.FileChangeApprovalDecision("accept" if params.item_id == "i" else "cancel")
        return models.FileChangeRequestApprovalResponse(decision=accept)

    server.answers["demo"] = ask
    async with AsyncAppServerClient(server.open) as client:
        client.on_request("item/fileChange/requestApproval", approve)
        await client.request("demo")
        with anyio.fail_after(5):
            while server.seen[-1].get("id") != 3:
                await anyio.sleep(0.01)
    assert server.seen[-1] == {"id": 3, "result": {"decision": "accept"}}


async def test_notifications_and_items_are_models(server: FakeServer) -> None:
    async def answer(end: MemoryServer, message: Any) -> None:
        await end.answer(message, {"turn": {"id": "1"}})
        await play_turn(end, "t", "1", "hi there")

    server.answers["turn/start"] = answer
    async with AsyncAppServerClient(server.open) as client:
        turn = await client.start_turn("t", [models.TextUserInput(text="go")])
        kinds = [type(notification.params).__name__ async for notification in turn]
        (item,) = (await turn.result()).items
    assert kinds == [
        "TurnStartedNotification",
        "AgentMessageDeltaNotification",
        "AgentMessageDeltaNotification",
        "ItemCompletedNotification",
        "TurnCompletedNotification",
    ]
    assert isinstance(item, models.AgentMessageThreadItem)
    assert item.text == "hi there"


def test_the_blocking_client_has_the_same_types(server: FakeServer) -> None:
    server.answers["thread/loaded/list"] = answering({"data": ["t"], "nextCursor": None})
    with AppServerClient(server.open) as client:
        loaded = client.thread_loaded_list(timeout=5)
        assert isinstance(loaded, models.ThreadLoadedListResponse)
        assert loaded.data == ["t"]


async def pages(server: MemoryServer, message: Any) -> None:
    """Two pages of one id each; the second is the last."""
    first = "cursor" not in message["params"]
    page = {"data": ["t1"], "nextCursor": "c"} if first else {"data": ["t2"], "nextCursor": None}
    await server.answer(message, page)


async def test_all_of_a_list_is_every_page(server: FakeServer) -> None:
    server.answers["thread/loaded/list"] = pages
    async with AsyncAppServerClient(server.open) as client:
        assert [thread async for thread in client.thread_loaded_list_all(limit=1)] == ["t1", "t2"]
        with pytest.raises(MessageError, match="thread/loaded/list: limit"):
            client.thread_loaded_list_all(limit="many")  # type: ignore[arg-type]
    asked = [m["params"] for m in server.seen if m.get("method") == "thread/loaded/list"]
    assert asked == [{"limit": 1}, {"limit": 1, "cursor": "c"}]


async def test_entries_are_models(server: FakeServer) -> None:
    feature = {"name": "demo", "stage": "beta", "enabled": True, "defaultEnabled": False}
    page = {"data": [feature], "nextCursor": None}
    server.answers["experimentalFeature/list"] = answering(page)
    async with AsyncAppServerClient(server.open) as client:
        (found,) = [entry async for entry in client.experimental_feature_list_all()]
    assert isinstance(found, models.ExperimentalFeature)
    assert found.name == "demo"


def test_a_blocking_client_lists_all_too(server: FakeServer) -> None:
    server.answers["thread/loaded/list"] = pages
    with AppServerClient(server.open) as client:
        assert list(client.thread_loaded_list_all(timeout=5)) == ["t1", "t2"]


V2_ANSWERS = {m: a for m, a in SAFE_ANSWERS.items() if SERVER_REQUESTS[m].namespace == "v2"}
"""Those of v1 are for servers up to 0.107.0, whose words changed since; live tests prove them."""


@pytest.mark.parametrize("method", V2_ANSWERS)
def test_every_safe_answer_is_a_result_of_its_method(method: str) -> None:
    result = SERVER_REQUESTS[method].result
    assert result is not None
    assert result.model_validate(V2_ANSWERS[method]).model_dump(exclude_unset=True)

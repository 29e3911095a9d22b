"""A program that type checkers read and nobody runs: what they know of a generated package."""

from typing import Any, assert_type

from pydantic import BaseModel

from codex_app_server_protocol import (
    CLIENT_REQUESTS,
    NOTIFICATION_MODELS,
    AppServerClient,
    AsyncAppServerClient,
    decode_notification,
    decode_request,
    decode_result,
    is_notification,
    models,
)
from codexwire.runtime.unknown import NoParams, UnknownNotification, UnknownRequest, UnknownResult


def tables(name: str) -> None:
    assert_type(NOTIFICATION_MODELS["turn/completed"], type[models.TurnCompletedNotification])
    assert_type(NOTIFICATION_MODELS[name], type[BaseModel])
    assert_type(CLIENT_REQUESTS["turn/start"].result, type[models.TurnStartResponse])
    assert_type(CLIENT_REQUESTS["turn/start"].params, type[models.TurnStartParams])
    assert_type(CLIENT_REQUESTS["account/logout"].params, None)
    assert_type(CLIENT_REQUESTS[name].result, type[BaseModel] | None)


def decoding(name: str, raw: Any) -> None:
    listed = decode_result("thread/list", raw, mode="strict")
    assert_type(listed, models.ThreadListResponse | UnknownResult)
    assert_type(decode_result(name, raw), BaseModel | NoParams | UnknownResult)
    ended = decode_notification("turn/completed", raw)
    assert_type(ended, models.TurnCompletedNotification | UnknownNotification)
    asked = decode_request("item/tool/call", raw)
    assert_type(asked, models.DynamicToolCallParams | UnknownRequest)


def following(client: AppServerClient, name: str) -> None:
    for notification in client.notifications():
        if is_notification(notification, "turn/completed"):
            assert_type(notification.params, models.TurnCompletedNotification)
            assert_type(notification.params.turn.id, str)
        elif is_notification(notification, name):
            assert_type(notification.params, Any)


async def following_async(client: AsyncAppServerClient) -> None:
    async for notification in client.stream_turn("thread", "text"):
        if is_notification(notification, "item/agentMessage/delta"):
            assert_type(notification.params.delta, str)


def handling(client: AppServerClient) -> None:
    def call(params: models.DynamicToolCallParams) -> dict[str, Any]:
        assert_type(params.tool, str)
        return {"success": True, "contentItems": []}

    client.on_request("item/tool/call", call)


def listing(client: AppServerClient) -> None:
    for thread in client.thread_list_all(archived=False):
        assert_type(thread, models.Thread)


async def listing_async(client: AsyncAppServerClient) -> None:
    async for model in client.model_list_all():
        assert_type(model, models.Model)

"""Conversations and events: the v1 API, for servers up to 0.107.0.

A message to a conversation is answered with nothing; the turn's id is learned from its first event,
and its end is `task_complete` or `turn_aborted`, in every release that has the API (0.58.0 sends no
`turn/completed`). The events of a turn are its stream; where the server also sends the v2
notifications of the same turn (0.72.0–0.107.0) these are in the stream too, and give the items.
"""

from __future__ import annotations

from typing import Any

from codexwire.model.message import Json
from codexwire.profiles.app_server import turns
from codexwire.profiles.app_server.names import PREFIX
from codexwire.runtime.client.dialect import Ask, named
from codexwire.runtime.client.options import LEGACY_SERVERS
from codexwire.runtime.client.router import Router, TurnKey
from codexwire.runtime.client.subscription import Subscription
from codexwire.runtime.errors import ConnectionClosedError, UnsupportedError
from codexwire.version import Version

__all__ = ["V1"]

_STARTED = frozenset({f"{PREFIX}task_started", f"{PREFIX}turn_started"})


class V1:
    """`newConversation`, `addConversationListener`, `sendUserMessage`, `interruptConversation`."""

    life = turns.LEGACY_LIFE

    def check(self, version: Version | None) -> None:
        """Refuse releases that do not have the API any more."""
        if version is not None and version not in LEGACY_SERVERS:
            raise UnsupportedError(
                f"{version} has no v1 API any more", hint="leave `dialect` at auto or v2"
            )

    async def start_thread(self, ask: Ask, params: Json) -> str:
        """Start a conversation and listen to it; `params` as of `newConversation`."""
        result = await ask("newConversation", params)
        conversation = named("thread", "newConversation", result)
        await ask("addConversationListener", {"conversationId": conversation})
        return conversation

    async def resume(self, ask: Ask, thread_id: str, settings: Json) -> Json:  # noqa: ARG002
        """Refuse: the end of a turn that ran would never be told."""
        raise UnsupportedError("a conversation of the v1 API is not resumed")

    async def read(self, ask: Ask, thread_id: str, *, turns: bool = True) -> Json:  # noqa: ARG002
        """Return nothing."""
        return {}

    async def start_turn(
        self, ask: Ask, router: Router, thread_id: str, items: list[Any], params: Json
    ) -> str:
        """Send the message and return the id in the event that the turn begins with."""
        begin = router.subscribe(
            Subscription(1, where=lambda n: n.method in _STARTED and n.turn_id is not None),
            thread_id=thread_id,
        )
        await ask(
            "sendUserMessage",
            {**params, "conversationId": thread_id, "items": [_v1_item(item) for item in items]},
        )
        async for notification in begin:
            return str(notification.turn_id)
        raise ConnectionClosedError("the connection was closed before the turn began")

    async def steer(self, ask: Ask, key: TurnKey, items: list[Any]) -> None:
        """Send another message: a running turn takes it in."""
        message = {"conversationId": key[0], "items": [_v1_item(item) for item in items]}
        await ask("sendUserMessage", message)

    async def interrupt(self, ask: Ask, key: TurnKey) -> None:
        """Send `interruptConversation`."""
        await ask("interruptConversation", {"conversationId": key[0]})


def _v1_item(item: Any) -> Any:
    """Return a v2 input item in the form of v1: `{"type": …, "data": {…}}`."""
    if not isinstance(item, dict) or "data" in item:
        return item
    data = {("image_url" if key == "url" else key): v for key, v in item.items() if key != "type"}
    return {"type": item.get("type"), "data": data}

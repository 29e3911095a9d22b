"""How threads and turns are handled in v2, and what a dialect is.

The v1 API is `codexwire.runtime.client.legacy`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from contextlib import suppress
from typing import Any, Protocol, TypeAlias

from codexwire.model.members import object_in
from codexwire.model.message import Json
from codexwire.profiles.app_server import turns
from codexwire.profiles.ids import id_of
from codexwire.runtime.client.router import Router, TurnKey
from codexwire.runtime.errors import RpcError, UnexpectedResultError, UnsupportedError
from codexwire.version import Version

__all__ = ["V2", "Ask", "Dialect", "UserInput", "input_items", "named"]

Ask: TypeAlias = Callable[[str, Any], Awaitable[Any]]
"""Sends a request (method, params) and returns its result as on the wire."""

UserInput: TypeAlias = "str | Mapping[str, Any] | Iterable[Any]"
"""What a user says: a text, one input item, or several (models or dicts of the v2 `UserInput`)."""

_NAMES_THREADS = Version(0, 64, 0)


class Dialect(Protocol):
    """One generation of the API. `dump` makes JSON values of models."""

    @property
    def life(self) -> frozenset[str]:
        """The notifications that tell whether a turn runs."""

    def check(self, version: Version | None) -> None:
        """Raise UnsupportedError for a release that cannot be spoken to so."""

    async def start_thread(self, ask: Ask, params: Json) -> str:
        """Start a thread (a conversation) and return its id."""

    async def resume(self, ask: Ask, thread_id: str, settings: Json) -> Json:
        """Have the server tell about a thread, and return the thread."""

    async def read(self, ask: Ask, thread_id: str, *, turns: bool = True) -> Json:
        """Return a thread, with its turns if asked for, as far as the server tells it."""

    async def start_turn(
        self, ask: Ask, router: Router, thread_id: str, items: list[Any], params: Json
    ) -> str:
        """Start a turn and return its id."""

    async def steer(self, ask: Ask, key: TurnKey, items: list[Any]) -> None:
        """Add to the input of the running turn."""

    async def interrupt(self, ask: Ask, key: TurnKey) -> None:
        """Ask the server to end the running turn."""


class V2:
    """Threads and turns: `thread/start`, `turn/start`, `turn/steer`, `turn/interrupt`."""

    life = turns.LIFE

    def check(self, version: Version | None) -> None:
        """Refuse the first releases, whose v2 notifications do not name their thread."""
        if version is not None and version < _NAMES_THREADS:
            raise UnsupportedError(
                f"the v2 API of {version} does not say which thread a turn belongs to",
                hint="leave `dialect` at auto or v1",
            )

    async def start_thread(self, ask: Ask, params: Json) -> str:
        """Return the id of the thread, wherever the answer has it."""
        return named("thread", "thread/start", await ask("thread/start", params))

    async def resume(self, ask: Ask, thread_id: str, settings: Json) -> Json:
        """Return the thread as the answer to `thread/resume` has it."""
        return object_in(await ask("thread/resume", {**settings, "threadId": thread_id}), "thread")

    async def read(self, ask: Ask, thread_id: str, *, turns: bool = True) -> Json:
        """Return the thread of `thread/read`; where it has no turns, with those of `thread/turns/list`."""
        thread: Json = {}
        with suppress(RpcError):
            read = await ask("thread/read", {"threadId": thread_id, "includeTurns": turns})
            thread = object_in(read, "thread")
        if turns and not thread.get("turns"):
            with suppress(RpcError):
                page = {"threadId": thread_id, "itemsView": "full"}
                thread["turns"] = dict(await ask("thread/turns/list", page)).get("data")
        return thread

    async def start_turn(
        self,
        ask: Ask,
        router: Router,  # noqa: ARG002 - the answer names the turn
        thread_id: str,
        items: list[Any],
        params: Json,
    ) -> str:
        """Return the id that the answer gives."""
        result = await ask("turn/start", {**params, "threadId": thread_id, "input": items})
        return named("turn", "turn/start", result)

    async def steer(self, ask: Ask, key: TurnKey, items: list[Any]) -> None:
        """Send `turn/steer`."""
        thread, turn = key
        params = {"threadId": thread, "expectedTurnId": turn, "input": items}
        await ask("turn/steer", params)

    async def interrupt(self, ask: Ask, key: TurnKey) -> None:
        """Send `turn/interrupt`."""
        await ask("turn/interrupt", {"threadId": key[0], "turnId": key[1]})


def input_items(text_or_items: UserInput) -> list[Any]:
    """Return v2 input items: a text becomes one text item."""
    if isinstance(text_or_items, str):
        return [{"type": "text", "text": text_or_items}]
    if isinstance(text_or_items, Mapping) or hasattr(text_or_items, "model_dump"):
        return [text_or_items]
    return list(text_or_items)


def named(kind: str, method: str, result: Any) -> str:
    """Return the id of one kind that the answer to `method` gives.

    UnexpectedResultError when it gives none: everything that follows would wait for ever.
    """
    found: str | None = id_of(kind, method, result, "result")
    if found is None:
        raise UnexpectedResultError(method, result)
    return found

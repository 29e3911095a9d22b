"""Connecting again when a connection breaks: the threads are resumed, and the followers of a turn are told.

Requests in flight fail, for nobody knows whether the server took them, and nothing is sent twice. Who
listens goes on listening: the router outlives the connection. Requests made meanwhile wait until the
connection is whole again.
"""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from time import monotonic
from typing import Any, Final, TypeAlias

import anyio

from codexwire.model.message import Json
from codexwire.profiles.app_server.turns import STARTS
from codexwire.profiles.ids import id_of
from codexwire.runtime.client.backfill import RECONNECTED
from codexwire.runtime.client.connection import Connection, Lost
from codexwire.runtime.client.dialect import Ask, Dialect
from codexwire.runtime.client.life import Life
from codexwire.runtime.client.limit import within
from codexwire.runtime.client.messages import PLAIN, Notification
from codexwire.runtime.client.options import ClientOptions, RetryPolicy
from codexwire.runtime.client.peer import AsyncPeer, Params
from codexwire.runtime.client.router import Router
from codexwire.runtime.errors import ClientError, ConnectionClosedError, RpcError, UnsupportedError
from codexwire.runtime.transport.base import background_tasks

__all__ = ["AsyncReconnecting"]

Connect: TypeAlias = "Callable[[Router, Lost], AbstractAsyncContextManager[Connection]]"
Restore: TypeAlias = "Callable[[Connection, Json], Awaitable[None]]"

RECONNECT: Final = RetryPolicy(retries=8, first=0.1, longest=5.0)
"""How often, and after which waits, a client connects again by default: for some twenty seconds."""

_LOG: Final = logging.getLogger("codexwire.client")
_THREADS: Final = 256
_WRITTEN: Final = 0.5
"""A turn whose end is not written down yet is told as interrupted (0.140.0): it is asked for again then."""
_JOINS: Final = frozenset({"thread/start", "thread/resume", "thread/fork", "newConversation"})
_LEAVES: Final = frozenset({"thread/unsubscribe", "thread/archive", "thread/delete"})
_SETTINGS: Final = frozenset(
    {"approvalPolicy", "approvalsReviewer", "baseInstructions", "config", "cwd"}
    | {"developerInstructions", "model", "modelProvider", "permissionProfile", "permissions"}
    | {"persistExtendedHistory", "personality", "runtimeWorkspaceRoots", "sandbox", "serviceTier"}
)
"""What `thread/start` and `thread/resume` both take, in any release."""
_PERMISSIONS: Final = frozenset({"permissionProfile", "permissions"})
"""What stands in place of the sandbox: servers refuse both at once."""
_MODES: Final = {
    "dangerFullAccess": "danger-full-access",
    "readOnly": "read-only",
    "workspaceWrite": "workspace-write",
}
"""Sandbox of a turn → that of `thread/resume`, which has fewer words."""
_CHANGES: Final = STARTS | {"thread/settings/update"}
_NOTED: Final = _JOINS | _LEAVES | _CHANGES


class AsyncReconnecting(AsyncPeer[ClientOptions]):
    """An async client of the app-server that connects again, if its options say so."""

    _dialect: Dialect
    _reconnecting: _LastingConnection | None = None

    def _lasting(self) -> AbstractAsyncContextManager[Connection]:
        policy = self.options.reconnect
        if not policy:
            return super()._lasting()
        if not self.options.handshake:
            raise UnsupportedError(
                "a client that leaves the handshake to the program cannot connect again",
                hint="leave `handshake` at True, or `reconnect` at False",
            )
        self._threads = _Threads()
        self._reconnecting = _LastingConnection(
            self._connected, self._restore, RECONNECT if policy is True else policy
        )
        return self._reconnecting.open()

    async def _restore(self, connection: Connection, about: Json) -> None:
        async def ask(method: str, params: Any) -> Any:
            with within(self.options.handshake_timeout, method):
                return await self._patiently(connection, method, params, self.options.retry, None)

        self._connection = connection
        await self._greet()
        await _resume(ask, self._dialect, connection, self._threads, about)

    async def read_turn(self, thread_id: str, turn_id: str) -> Json:
        """Return a turn as the server tells it now, `{}` if it does not."""
        thread = await self._dialect.read(self.ask, thread_id)
        return _turns(thread).get(turn_id, {})

    @property
    def connects_again(self) -> bool:
        """Whether a connection that breaks is made again."""
        return self._reconnecting is not None

    async def _live(self) -> Connection:
        if self._reconnecting is not None:
            await self._reconnecting.whole()
        return self.connection

    async def _patiently(
        self,
        connection: Connection,
        method: str,
        params: Params,
        retry: RetryPolicy,
        trace: Mapping[str, str] | None,
        tried: int = 0,
    ) -> Any:
        result = await super()._patiently(connection, method, params, retry, trace, tried)
        if self._reconnecting is not None and method in _NOTED:
            self._threads.note(method, self.codec.dump(params), result)
        return result


class _Threads:
    """The threads that a client has the server tell it about, and its settings for them.

    A server that was started anew may have forgotten the settings (0.125.0 forgets sandbox and
    approvals). Of more than 256 threads those used last are kept.
    """

    def __init__(self) -> None:
        self._settings: OrderedDict[str, Json] = OrderedDict()

    def __iter__(self) -> Iterator[str]:
        return iter(tuple(self._settings))

    def settings(self, thread: str) -> Json:
        """Return the settings that a thread is to be resumed with."""
        return self._settings.get(thread, {})

    def drop(self, thread: str) -> None:
        """Forget a thread."""
        self._settings.pop(thread, None)

    def note(self, method: str, params: Any, result: Any) -> None:
        """Take in a request that the server has answered; `params` as on the wire."""
        given = params if isinstance(params, Mapping) else {}
        if method in _JOINS:
            thread = id_of("thread", method, result, "result")
            self._keep(thread, {name: given[name] for name in _SETTINGS & given.keys()})
        elif method in _CHANGES:
            thread = id_of("thread", method, given, "params")
            self._keep(thread, self._changed(self.settings(thread or ""), given))
        elif method in _LEAVES:
            self.drop(id_of("thread", method, given, "params") or "")

    def _changed(self, settings: Json, given: Mapping[str, Any]) -> Json:
        """Return the settings as a turn changes them, which holds for those that follow."""
        changed = {name: given[name] for name in _SETTINGS & given.keys()}
        policy = given.get("sandboxPolicy")
        if isinstance(policy, dict):
            changed["sandbox"] = _MODES.get(str(policy.get("type")))
            settings = _without(settings, _PERMISSIONS)
        elif any(given.get(name) is not None for name in _PERMISSIONS):
            settings = _without(settings, {"sandbox"})
        return {**settings, **changed}

    def _keep(self, thread: str | None, settings: Json) -> None:
        if thread is None:
            return
        self._settings[thread] = settings
        self._settings.move_to_end(thread)
        if len(self._settings) > _THREADS:
            self._settings.popitem(last=False)


def _without(settings: Json, names: Collection[str]) -> Json:
    return {name: value for name, value in settings.items() if name not in names}


class _LastingConnection:
    """Holds a connection, and another one when it breaks, for as long as `open` lasts.

    `connect` opens a connection; `restore` does what a new one needs before it is used, given what is
    known of the break.
    """

    def __init__(self, connect: Connect, restore: Restore, policy: RetryPolicy) -> None:
        self.router = Router()
        self._restore = restore
        self._policy = policy
        self._context = lambda: connect(self.router, self._lost)
        self._life = Life(self._context)
        self._broken, self._whole = anyio.Event(), anyio.Event()
        self._reason: ConnectionClosedError | None = None
        self._closing = False

    @asynccontextmanager
    async def open(self) -> AsyncIterator[Connection]:
        """Connect, yield the first connection, and keep connected for the time of the block."""
        connection = await self._life.open()
        self._whole.set()
        try:
            async with background_tasks(self._keep):
                yield connection
        except anyio.get_cancelled_exc_class():
            self._closing = True
            await self._life.abort()
            raise
        finally:
            self._closing = True
            await self._life.close()
            self._give_up("the connection was closed by this client")

    async def whole(self) -> None:
        """Wait until there is a connection, or none any more."""
        await self._whole.wait()

    def _lost(self, error: ConnectionClosedError) -> None:
        if self._closing:
            self.router.fail(error)
            return
        if self._reason is None:
            self._reason = error
            self._broken.set()
        if self._whole.is_set():
            self._whole = anyio.Event()
        self.router.interrupt(
            ConnectionClosedError(
                f"{error.reason}; whether the server took what was in flight is not known",
                returncode=error.returncode,
                stderr_tail=error.stderr_tail,
            )
        )

    async def _keep(self) -> None:
        try:
            while True:
                await self._broken.wait()
                await self._life.close()
                if not await self._again():
                    return
        except Exception as problem:
            _LOG.exception("connecting again failed")
            self._give_up(f"connecting again failed: {type(problem).__name__}: {problem}")

    async def _again(self) -> bool:
        """Connect again, as often as the policy allows; False when that was in vain."""
        since, reason = monotonic(), "" if self._reason is None else self._reason.reason
        _LOG.warning("%s; connecting again", reason)
        problem: ClientError | None = None
        for attempt in range(self._policy.retries):
            await anyio.sleep(self._policy.wait(attempt))
            about = {"reason": reason, "attempts": attempt + 1}
            try:
                await self._renew({**about, "seconds": round(monotonic() - since, 3)})
            except ClientError as error:
                problem = error
                await self._life.close()
            else:
                return True
        self._give_up(
            f"{reason}; {self._policy.retries} times it could not be made again: {problem}"
        )
        return False

    async def _renew(self, about: Json) -> None:
        self._life = Life(self._context)
        self._broken, self._reason = anyio.Event(), None
        connection = await self._life.open()
        connection.hold()
        await self._restore(connection, about)
        self._whole.set()

    def _give_up(self, reason: str) -> None:
        self.router.fail(ConnectionClosedError(reason))
        self._whole.set()


async def _resume(
    ask: Ask, dialect: Dialect, connection: Connection, threads: _Threads, about: Json
) -> None:
    """Resume the threads on the server, and pass what it says on to the followers of their turns.

    What came meanwhile is routed after that. A thread that cannot be resumed ends for those who listen
    to it.
    """
    router = connection.router
    followed = router.followed()
    told: dict[str, Json] = {}
    for thread in dict.fromkeys([*followed, *threads]):
        try:
            wire = await dialect.resume(ask, thread, threads.settings(thread))
        except (RpcError, UnsupportedError) as problem:
            _LOG.warning("thread %s is lost: %s", thread, problem)
            threads.drop(thread)
            router.end_thread(thread, _lost_thread(about, problem))
            continue
        if thread in followed:
            wire = await _whole(ask, dialect, thread, wire)
        told[thread], turns = wire, _turns(wire)
        for turn in followed.get(thread) or (None,):
            params = {"threadId": thread, "turnId": turn, **about, "turn": turn and turns.get(turn)}
            router.route(Notification(RECONNECTED, _raw(RECONNECTED, params), thread, turn, PLAIN))
    connection.release()
    for thread, wire in told.items():
        own = followed.get(thread, [])
        if any(_turns(wire).get(turn, {}).get("status") == "interrupted" for turn in own):
            await anyio.sleep(_WRITTEN)
            wire = await dialect.read(ask, thread) or wire
        for notification in _ends(connection, thread, wire, own):
            router.route(notification)


async def _whole(ask: Ask, dialect: Dialect, thread: str, resumed: Json) -> Json:
    """Return a resumed thread with its turns, and its status as of now.

    The answer to `thread/resume` tells the turns as of the moment from which on the rest comes as
    notifications; they are asked for only where it has none. When the second answer is there, so is what
    the server says of its own after the first (the token usage).
    """
    turns = resumed.get("turns")
    read = await dialect.read(ask, thread, turns=not turns)
    return {**resumed, **read, "turns": turns or read.get("turns")}


def _ends(
    connection: Connection, thread: str, wire: Json, followed: list[str]
) -> Iterator[Notification]:
    """Yield what tells of the ends of turns that came while nobody listened."""
    router, turns = connection.router, _turns(wire)
    for turn, said in turns.items():
        if router.has_ended((thread, turn)):
            continue
        if said.get("status") != "inProgress" and turn in followed:
            end = _raw("turn/completed", {"threadId": thread, "turn": {**said, "items": []}})
            yield Notification("turn/completed", end, thread, turn, connection.codec)
        elif said.get("status") == "inProgress" and _is_active(wire):
            router.runs((thread, turn))
    if not all(router.has_ended((thread, turn)) for turn in followed) and "status" in wire:
        status = _raw("thread/status/changed", {"threadId": thread, "status": wire["status"]})
        yield Notification("thread/status/changed", status, thread, None, connection.codec)


def _is_active(thread: Json) -> bool:
    status = thread.get("status")
    return isinstance(status, dict) and status.get("type") == "active"


def _turns(thread: Json) -> dict[str, Json]:
    turns = thread.get("turns")
    told = [t for t in turns if isinstance(t, dict)] if isinstance(turns, list) else []
    return {turn["id"]: turn for turn in told if isinstance(turn.get("id"), str)}


def _raw(method: str, params: Json) -> Json:
    return {"method": method, "params": params}


def _lost_thread(about: Json, problem: ClientError) -> ConnectionClosedError:
    return ConnectionClosedError(
        f"{about['reason']}; connected again, but the thread cannot be resumed: {problem}"
    )

"""Starts a turn, and interrupts it when its caller is cancelled meanwhile, so that none runs unobserved."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final

import anyio

from codexwire.runtime.client.connection import Connection
from codexwire.runtime.client.streams import AsyncTurn
from codexwire.runtime.errors import ConnectionClosedError

__all__ = ["started"]

_LATEST: Final = 5.0
"""The seconds that the start of a turn may still take when nobody waits for it any more."""


async def started(connection: Connection, start: Callable[[], Awaitable[AsyncTurn]]) -> AsyncTurn:
    """Return the turn that `start` starts, or raise what it raises.

    It runs beside the connection: when the caller is cancelled, the server may have begun the turn
    already and say so a moment later. Then it is interrupted.
    """
    connection.router.check_open()
    duty = _Start(start)
    connection.start_soon(duty.run)
    try:
        await duty.ready.wait()
    except BaseException:
        duty.give_up()
        if duty.turn is not None and connection.router.failure is None:
            connection.start_soon(duty.turn.abandon)
        raise
    if duty.problem is not None:
        raise duty.problem
    if duty.turn is None:
        connection.router.check_open()
        raise ConnectionClosedError("the connection was closed by this client")
    return duty.turn


class _Start:
    def __init__(self, start: Callable[[], Awaitable[AsyncTurn]]) -> None:
        self._start = start
        self._wanted = True
        self._scope = anyio.CancelScope()
        self.ready = anyio.Event()
        self.turn: AsyncTurn | None = None
        self.problem: Exception | None = None

    async def run(self) -> None:
        try:
            with self._scope:
                self.turn = await self._start()
        except Exception as problem:
            self.problem = problem
        finally:
            self.ready.set()
        if self.turn is not None and not self._wanted:
            await self.turn.abandon()

    def give_up(self) -> None:
        self._wanted = False
        self._scope.deadline = anyio.current_time() + _LATEST

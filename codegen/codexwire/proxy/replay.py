"""Plays a recorded side over a transport, over standard input and output, or on a websocket."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from functools import partial

import anyio

from codexwire.direction import Side
from codexwire.proxy.address import Address
from codexwire.proxy.listen import Say, listening
from codexwire.proxy.player import Divergence, Player
from codexwire.proxy.recorded import RecordedConnection
from codexwire.runtime.transport.base import Transport, TransportFailure, background_tasks

__all__ = ["ReplayOptions", "play", "play_over", "serve_connections"]


@dataclass(frozen=True, slots=True)
class ReplayOptions:
    """How a recording is played.

    `name` is what messages call it; `strict` compares what the peer says, too; `in_time` keeps the
    pauses of the recording; a peer that is silent for `patience` seconds has departed. `remind` is told
    what is waited for when nothing has come for `reminder` seconds.
    """

    name: str
    strict: bool = False
    in_time: bool = False
    patience: float = math.inf
    remind: Say | None = None
    reminder: float = 3.0


async def play(
    transport: Transport, connection: RecordedConnection, side: Side, options: ReplayOptions
) -> None:
    """Play one side until everything is played and the peer is gone, or it ended the session itself.

    Divergence when the peer says something else than in the recording, or leaves too early.
    """
    player = Player(connection, side, options.name, strict=options.strict)
    messages: deque[bytes] = deque()
    try:
        while True:
            for message in player.due():
                if options.in_time:
                    await anyio.sleep(message.delay)
                await transport.send(message.text)
            if player.is_over and (side is Side.CLIENT or connection.ended_by is side):
                return
            if not messages:
                remind = partial(_remind, player, side, options)
                with anyio.fail_after(None if player.is_over else options.patience):
                    async with background_tasks(remind):
                        messages.extend(await transport.receive())
            player.hear(messages.popleft())
    except TransportFailure as gone:
        left = player.left()
        if left is not None:
            raise Divergence(f"the {side.other} left ({gone}); {left}") from None
    except TimeoutError:
        silent = f"the {side.other} said nothing for {options.patience:g} s"
        raise Divergence(f"{player.awaited()}; {silent}") from None


async def _remind(player: Player, side: Side, options: ReplayOptions) -> None:
    await anyio.sleep(options.reminder)
    if options.remind is not None:
        over = f"{options.name}: all was played, and the {side.other} is still there"
        awaited = over if player.is_over else player.awaited()
        options.remind(f"nothing came for {options.reminder:g} s; {awaited}")


def play_over(
    opened: AbstractAsyncContextManager[Transport],
    connection: RecordedConnection,
    side: Side,
    options: ReplayOptions,
) -> None:
    """Do as `play` does, over a transport that is opened and closed here."""

    async def run() -> None:
        async with opened as transport:
            await play(transport, connection, side, options)

    anyio.run(run)


def serve_connections(
    address: Address,
    connections: Mapping[str, RecordedConnection],
    options: ReplayOptions,
    say: Say,
) -> list[str]:
    """Play servers at an address: the first connection for who connects first, and so on.

    Returns what went wrong when all have been played. `say` is told the address.
    """
    return anyio.run(_serve, address, connections, options, say)


async def _serve(
    address: Address,
    connections: Mapping[str, RecordedConnection],
    options: ReplayOptions,
    say: Say,
) -> list[str]:
    waiting = list(connections.values())
    problems: list[str] = []
    running = 0
    over = anyio.Event()

    async def serve(transport: Transport) -> None:
        nonlocal running
        if not waiting:
            return
        connection = waiting.pop(0)
        running += 1
        try:
            await play(transport, connection, Side.SERVER, options)
        except Divergence as divergence:
            problems.append(str(divergence))
        except Exception:
            problems.append(f"{options.name}: a connection was not played to its end")
            raise
        finally:
            running -= 1
            if not waiting and not running:
                over.set()

    async with listening(address, serve, say) as here:
        say(f"listening at {here}")
        await over.wait()
    return problems

"""`codexwire replay`: play one side of a recording to a live client or server."""

from __future__ import annotations

import math
from typing import Annotated

import typer

from codexwire.cli.command import AllowRemote, choice, complain, examples, new_app, number
from codexwire.direction import Side
from codexwire.errors import UsageError
from codexwire.proxy.address import parse_listen_address
from codexwire.proxy.own_stdio import own_stdio
from codexwire.proxy.player import Divergence
from codexwire.proxy.replay import ReplayOptions, play_over, serve_connections
from codexwire.usecases.replay import chosen_connections, server_to_play_to

__all__ = ["app"]

app = new_app()

_TIMINGS = ("none", "original")


@app.command(
    epilog=examples(
        "codexwire replay session.jsonl --listen ws://127.0.0.1:8765",
        "codexwire replay session.jsonl --as client -- codex app-server",
    )
)
def replay(
    path: Annotated[str, typer.Argument(metavar="FILE", help="The recording.")],
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="[-- COMMAND...]", help="With --as client: the server to run."),
    ] = None,
    side: Annotated[str, choice(*Side, name="--as", help="Who to play.")] = "server",
    listen: Annotated[
        str | None,
        typer.Option(help="Serve at ws://HOST:PORT or unix://PATH, port 0: any (default: stdio)."),
    ] = None,
    allow_remote: AllowRemote = False,
    connect: Annotated[
        str | None, typer.Option(help="With --as client: the server's ws://… or unix://PATH.")
    ] = None,
    conn: Annotated[
        str | None, typer.Option(help="Which connection, where the recording has several.")
    ] = None,
    timing: Annotated[str, choice(*_TIMINGS, help="original: with its pauses.")] = "none",
    strict: Annotated[
        bool, typer.Option("--strict", help="Compare params and answers, ids and folders aside.")
    ] = False,
    timeout: Annotated[float | None, number(help="Seconds that the other may be silent.")] = None,
) -> int:
    """Play one side of a recording, and check the other.

    The other must do what it did. Exit code 0: all was played; 1: the other departed from the recording,
    or left early; 2: there is nothing to play.
    """
    if side not in tuple(Side):
        raise UsageError(f"no side {side!r}", hint="server or client")
    if timing not in _TIMINGS:
        raise UsageError(f"no timing {timing!r}", hint=" or ".join(_TIMINGS))
    address = None if listen is None else parse_listen_address(listen, allow_remote=allow_remote)
    server = server_to_play_to(Side(side), command, listen, connect)
    patience = math.inf if timeout is None else timeout
    manner = ReplayOptions(path, strict, timing == "original", patience, complain)
    found = chosen_connections(path, conn, several=address is not None)
    try:
        if address is not None:
            return _say(*serve_connections(address, found, manner, complain))
        (connection,) = found.values()
        play_over(server or own_stdio(), connection, Side(side), manner)
    except Divergence as departure:
        return _say(str(departure))
    return 0


def _say(*problems: str) -> int:
    for problem in problems:
        complain(problem)
    return int(bool(problems))

"""`codexwire replay`: one side of a recording, played to a live other."""

from __future__ import annotations

import math
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager
from typing import Annotated

import typer

from codexwire.cli.command import new_app
from codexwire.direction import Side
from codexwire.errors import TranscriptError, UsageError
from codexwire.location import Location
from codexwire.model.message import MessageKind
from codexwire.proxy.own_stdio import own_stdio
from codexwire.proxy.player import Departure
from codexwire.proxy.recorded import Said, Scene, scenes
from codexwire.proxy.replay import Manner, play_over, serve_scenes
from codexwire.runtime.transport import Transport, open_stdio, open_unix_socket, open_websocket
from codexwire.transcript.entry import Closed, Entry
from codexwire.transcript.formats.table import detect
from codexwire.transcript.source import Source

__all__ = ["app", "read_scenes"]

app = new_app()

_TIMINGS = ("none", "original")


@app.command()
def replay(
    path: Annotated[str, typer.Argument(metavar="FILE", help="The recording.")],
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="[-- COMMAND...]", help="With --as client: the server to run."),
    ] = None,
    side: Annotated[str, typer.Option("--as", help="Who to play: server or client.")] = "server",
    listen: Annotated[
        str | None, typer.Option(help="Serve at ws://HOST:PORT, port 0: any (default: stdio).")
    ] = None,
    connect: Annotated[
        str | None, typer.Option(help="With --as client: the server's ws://… or unix://PATH.")
    ] = None,
    conn: Annotated[
        str | None, typer.Option(help="Which connection, where the recording has several.")
    ] = None,
    timing: Annotated[str, typer.Option(help="none, or original: with its pauses.")] = "none",
    strict: Annotated[
        bool, typer.Option("--strict", help="Compare params and answers, ids and folders aside.")
    ] = False,
    timeout: Annotated[
        float | None, typer.Option(min=0, help="Seconds that the other may be silent.")
    ] = None,
) -> int:
    """Play one side of a recording, and check that the other does what it did.

    Exit code 0: all was played; 1: the other departed from the recording, or left early; 2: there is
    nothing to play.
    """
    if side not in tuple(Side):
        raise UsageError(f"no side {side!r}", hint="server or client")
    if timing not in _TIMINGS:
        raise UsageError(f"no timing {timing!r}", hint=" or ".join(_TIMINGS))
    server = _server(Side(side), command, listen, connect)
    patience = math.inf if timeout is None else timeout
    manner = Manner(path, strict, timing == "original", patience)
    found = _chosen(path, read_scenes(path), conn, several=listen is not None)
    try:
        if listen is not None:
            return _say(*serve_scenes(listen, found, manner, _tell))
        (scene,) = found.values()
        play_over(server or own_stdio(), scene, Side(side), manner)
    except Departure as departure:
        return _say(str(departure))
    return 0


def read_scenes(path: str) -> dict[str, Scene]:
    """Return the connections of a recording of any format that says who sent what; TranscriptError."""
    with Source(path) as source:
        found = scenes(_said(source))
        if source.damage is not None:
            raise source.damage
    played = {
        name: scene
        for name, scene in found.items()
        if any(act.kind is not MessageKind.OTHER for act in scene.acts)
    }
    if not played:
        raise TranscriptError("there is nothing to replay", location=Location(source.name))
    return played


def _said(source: Source) -> Iterator[Said]:
    for item in detect(source).read(source):
        if isinstance(item, Closed):
            yield Said(item.line, item.connection, item.sender or Side.SERVER, None)
        elif isinstance(item, Entry) and item.complete:
            if item.sender is None:
                raise TranscriptError(
                    "the recording does not say who sent this",
                    location=Location(source.name, item.line),
                    hint="record with `codexwire record`",
                )
            yield Said(item.line, item.connection, item.sender, item.data, item.seconds)


def _chosen(
    path: str, found: dict[str, Scene], name: str | None, *, several: bool
) -> dict[str, Scene]:
    names = ", ".join(n or "(unnamed)" for n in found)
    if name is not None:
        if name not in found:
            raise UsageError(
                f"no connection {name!r}", location=Location(path), hint=f"there are: {names}"
            )
        return {name: found[name]}
    if len(found) > 1 and not several:
        raise UsageError(
            f"the recording has {len(found)} connections",
            location=Location(path),
            hint=f"choose with --conn: {names}",
        )
    return found


def _server(
    side: Side, command: list[str] | None, listen: str | None, connect: str | None
) -> AbstractAsyncContextManager[Transport] | None:
    """Return how to reach the server that a client is played to; None when we are the server."""
    if side is Side.SERVER:
        if command or connect:
            raise UsageError("a server has no server", hint="--as client plays to one")
        return None
    if listen is not None:
        raise UsageError("a client does not listen", hint="--connect, or `-- codex app-server`")
    if bool(command) == (connect is not None):
        raise UsageError("which server?", hint="--connect, or `-- codex app-server`")
    if connect is None:
        return open_stdio(command or [])
    if connect.startswith("unix://"):
        return open_unix_socket(connect.removeprefix("unix://"))
    return open_websocket(connect)


def _say(*problems: str) -> int:
    for problem in problems:
        _tell(problem)
    return int(bool(problems))


def _tell(text: str) -> None:
    typer.echo(f"codexwire: {text}", err=True)

"""`codexwire record`: stand between a client and a server, and write down what they say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli.command import new_app
from codexwire.cli.record_feed import Watch
from codexwire.errors import UsageError
from codexwire.proxy.record import LineWriter, Recording, Tap
from codexwire.proxy.redact import LiveRedactor, Redactor
from codexwire.proxy.stdio import run_between

__all__ = ["app"]

app = new_app()


@app.command(context_settings={"allow_interspersed_args": False})
def record(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="The recording; .gz and .zst are packed.")
    ],
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="-- COMMAND...", help="The server, to run on stdio."),
    ] = None,
    redact: Annotated[
        bool,
        typer.Option(
            "--redact",
            help="Replace secrets, accounts, homes and hosts, line by line: what is learnt later "
            "stays in earlier lines, which `codexwire redact` of the whole file mends.",
        ),
    ] = False,
    word: Annotated[
        list[str] | None, typer.Option(help="Another word to replace; implies --redact.")
    ] = None,
    validate: Annotated[
        bool, typer.Option("--validate", help="Print violations to standard error as they happen.")
    ] = False,
    schema: Annotated[
        str, typer.Option(help="For --validate: a version, a file or folder, or auto.")
    ] = "auto",
    listen: Annotated[
        str | None, typer.Option(help="ws://HOST:PORT or unix://PATH for clients; port 0: any.")
    ] = None,
    connect: Annotated[
        str | None, typer.Option(help="The server's ws://…, wss://… or unix://PATH.")
    ] = None,
) -> int:
    """Record a session without touching it: every byte goes on as it came.

    The exit code is the server's (128 + N when signal N ended it), whatever --validate finds; with
    --listen the proxy runs until it is interrupted and ends with 0.
    """
    if bool(command) == (listen is not None):
        raise UsageError("record what?", hint="`-- codex app-server`, or --listen and --connect")
    if (listen is None) != (connect is None):
        raise UsageError("--listen and --connect go together")
    redactor = LiveRedactor(Redactor.of_this_machine(tuple(word or ()))) if redact or word else None
    with _recording(
        output, redactor, Watch(str(output), schema) if validate else None
    ) as recording:
        if listen is not None and connect is not None:
            # Not above: what only websockets need would make a client on stdio wait.
            from codexwire.proxy.websocket import run_websocket_proxy

            run_websocket_proxy(listen, connect, recording, _say)
            return 0
        return run_between(command or [], Tap(recording))


@contextmanager
def _recording(
    path: Path, redactor: LiveRedactor | None, watch: Watch | None
) -> Iterator[Recording]:
    out = LineWriter(path)
    recording = Recording(
        out,
        edit=redactor.line if redactor else None,
        listen=watch.tell if watch else None,
        complain=_say,
    )
    try:
        yield recording
    except UsageError:  # it never began
        recording.leave()
        raise
    finally:
        recording.close()
        if watch is not None:
            watch.finish()


def _say(text: str) -> None:
    typer.echo(f"codexwire: {text}", err=True)

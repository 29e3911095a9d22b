"""`codexwire record`: stand between a client and a server, and write down what they say."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli.command import AllowRemote, complain, examples, new_app, project_here
from codexwire.errors import UsageError
from codexwire.proxy.address import Address, parse_listen_address
from codexwire.proxy.record import Tap
from codexwire.proxy.redact import LiveRedactor, Redactor
from codexwire.proxy.stdio import run_between
from codexwire.usecases.record import Watch, recording_to
from codexwire.usecases.server import server_command

__all__ = ["app"]

app = new_app()


@app.command(
    context_settings={"allow_interspersed_args": False},
    epilog=examples(
        "codexwire record -o session.jsonl -- codex app-server",
        "codexwire record -o '{time}.jsonl.zst' --validate -- codex app-server",
    ),
)
def record(
    output: Annotated[
        Path,
        typer.Option(
            "--output",
            "-o",
            help="A new file, .gz and .zst are packed; {time} stands for the time.",
        ),
    ],
    command: Annotated[
        list[str] | None,
        typer.Argument(metavar="-- COMMAND...", help="The server, to run on stdio."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a file that is there, at the session's end.")
    ] = False,
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
    allow_remote: AllowRemote = False,
    connect: Annotated[
        str | None, typer.Option(help="The server's ws://…, wss://… or unix://PATH.")
    ] = None,
) -> int:
    """Record a session: every byte goes on as it came.

    The exit code is the server's (128 + N when signal N ended it), whatever --validate finds; with
    --listen the proxy runs until it is interrupted and ends with 0. Where that would be 0, it is 2
    for a recording that could not be written to its end: the session goes on without it.
    """
    if bool(command) == (listen is not None):
        raise UsageError("record what?", hint="`-- codex app-server`, or --listen and --connect")
    if (listen is None) != (connect is None):
        raise UsageError("--listen and --connect go together")
    if str(output) == "-":
        raise UsageError(
            "standard output is the client's", hint="-o FILE, which can be read while it grows"
        )
    ends = _ends(listen, connect, allow_remote)
    redactor = LiveRedactor(Redactor.of_this_machine(tuple(word or ()))) if redact or word else None
    watch = _watch(str(output), schema) if validate else None
    edit = redactor.line if redactor else None
    at_end = force and output.exists()
    with recording_to(output, complain, edit=edit, watch=watch, at_end=at_end) as recording:
        if ends is not None:
            # Not above: what only websockets need would make a client on stdio wait.
            from codexwire.proxy.websocket import run_websocket_proxy

            run_websocket_proxy(*ends, recording, complain)
            code = 0
        else:
            code = run_between(server_command(command or []), Tap(recording))
    return code or (0 if recording.is_whole else 2)


def _ends(
    listen: str | None, connect: str | None, allow_remote: bool
) -> tuple[Address, Address] | None:
    if listen is None or connect is None:
        return None
    return parse_listen_address(listen, allow_remote=allow_remote), Address.parse(connect)


def _watch(name: str, schema: str) -> Watch:
    command = [sys.executable, "-m", "codexwire.cli.record_watch", name, schema]
    return Watch(command, schema, project_here())

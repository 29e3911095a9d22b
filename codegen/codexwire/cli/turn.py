"""`codexwire turn`: one turn from the command line."""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli.command import complain, examples, new_app, number
from codexwire.cli.launching import (
    Approve,
    Codex,
    Cwd,
    Home,
    Settings,
    Stub,
    Trace,
    decision,
    launch,
)
from codexwire.runtime.client.watch import complaints, tracer
from codexwire.usecases.turn import TurnRequest, run

__all__ = ["app"]

app = new_app()


@app.command(
    epilog=examples(
        "codexwire turn 'What is in this folder?' --cwd src",
        "codexwire turn 'Say hello.' --stub 'Hello.'",
    )
)
def turn(
    prompt: Annotated[
        str, typer.Argument(metavar="PROMPT", help="What to say; `-` reads standard input.")
    ],
    codex: Codex = None,
    codex_home: Home = None,
    stub: Stub = None,
    cwd: Cwd = None,
    model: Annotated[str | None, typer.Option(help="The model to ask for.")] = None,
    config: Settings = None,
    approve: Approve = "decline",
    trace: Trace = False,
    record: Annotated[Path | None, typer.Option(help="Write a recording of the session.")] = None,
    timeout: Annotated[
        float | None, number(help="Seconds for all: start, handshake and turn.")
    ] = None,
) -> int:
    """Run one turn without interaction and print the answer."""
    answer = decision(approve)
    problems: list[str] = []
    request = TurnRequest(
        prompt=sys.stdin.read() if prompt == "-" else prompt,
        launch=launch(codex, codex_home, stub, cwd, config),
        model=model,
        decision=answer,
        watch=tracer(sys.stderr) if trace else complaints(sys.stderr),
        record=record,
        complain=problems.append,
        note=complain,
        timeout=timeout,
    )
    with _printed_already():
        result = run(request)
    if result.text:
        typer.echo(result.text)
    for problem in problems:
        complain(f"error: {problem}")
    if result.status == "completed":
        return 2 if problems else 0
    reason = f": {result.error_message}" if result.error_message else f" ({result.ended_by})"
    complain(f"the turn ended as {result.status}{reason}")
    return 2 if problems else 1


@contextmanager
def _printed_already() -> Iterator[None]:
    """Keep the client's log of the server's complaints quiet: `complaints` prints the same."""
    log = logging.getLogger("codexwire.client.server")
    log.disabled = True
    try:
        yield
    finally:
        log.disabled = False

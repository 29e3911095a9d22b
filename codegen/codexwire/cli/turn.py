"""`codexwire turn`: one turn from the command line."""

from __future__ import annotations

import logging
import sys
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any

import typer

from codexwire.cli.command import choice, examples, new_app
from codexwire.errors import UsageError
from codexwire.runtime.client.handlers import Decision
from codexwire.runtime.client.watch import complaints, tracer
from codexwire.usecases.turn import Request, run

__all__ = ["DECISIONS", "app", "setting"]

app = new_app()

DECISIONS: Mapping[str, Decision] = {"accept": "accept", "decline": "decline"}


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
    codex: Annotated[Path | None, typer.Option(help="The codex binary.")] = None,
    codex_home: Annotated[
        Path | None,
        typer.Option(help="The home (default: $CODEX_HOME, or with --stub a temporary folder)."),
    ] = None,
    stub: Annotated[
        str | None,
        typer.Option(metavar="TEXT|SCRIPT.toml", help="Serve the model on loopback: no account."),
    ] = None,
    cwd: Annotated[Path | None, typer.Option(help="The project folder.")] = None,
    model: Annotated[str | None, typer.Option(help="The model to ask for.")] = None,
    config: Annotated[
        list[str] | None, typer.Option("--config", "-c", help="KEY=VALUE for config.toml.")
    ] = None,
    approve: Annotated[
        str, choice(*DECISIONS, help="What to do with what asks first.")
    ] = "decline",
    trace: Annotated[
        bool, typer.Option("--trace", help="Print every message to standard error.")
    ] = False,
    record: Annotated[Path | None, typer.Option(help="Write a recording of the session.")] = None,
    timeout: Annotated[
        float | None, typer.Option(help="Seconds for all: start, handshake and turn.")
    ] = None,
) -> int:
    """Run one turn without interaction and print the answer."""
    if approve not in DECISIONS:
        raise UsageError(f"no decision {approve!r}", hint="accept or decline")
    problems: list[str] = []
    request = Request(
        prompt=sys.stdin.read() if prompt == "-" else prompt,
        codex=codex,
        home=codex_home,
        stub=stub,
        cwd=cwd,
        model=model,
        config=dict(map(setting, config or ())),
        decision=DECISIONS[approve],
        watch=tracer(sys.stderr) if trace else complaints(sys.stderr),
        record=record,
        complain=problems.append,
        note=lambda text: typer.echo(f"codexwire: {text}", err=True),
        timeout=timeout,
    )
    with _printed_already():
        result = run(request)
    if result.text:
        typer.echo(result.text)
    for problem in problems:
        typer.echo(f"codexwire: error: {problem}", err=True)
    if result.status == "completed":
        return 2 if problems else 0
    reason = f": {result.error_message}" if result.error_message else f" ({result.ended_by})"
    typer.echo(f"codexwire: the turn ended as {result.status}{reason}", err=True)
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


def setting(text: str) -> tuple[str, Any]:
    """Return name and value of `KEY=VALUE`; a value that is no TOML is a plain string."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"not a setting: {text!r}", hint="a setting reads like KEY=VALUE")
    try:
        return name, tomllib.loads(f"value = {value}")["value"]
    except ValueError:  # also for an integer of thousands of digits
        return name, value

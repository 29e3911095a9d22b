"""`codexwire turn`: one turn from the command line."""

from __future__ import annotations

import sys
import tempfile
import tomllib
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Annotated, Any

import typer

from codexwire.cli.command import new_app
from codexwire.errors import UsageError
from codexwire.location import Location
from codexwire.runtime.client.handlers import Decision, approval_handlers
from codexwire.runtime.client.options import ClientOptions
from codexwire.runtime.client.sync import Client
from codexwire.runtime.client.turn import TurnResult
from codexwire.runtime.client.watch import all_of, complaints, recorder, tracer
from codexwire.runtime.errors import LaunchError
from codexwire.runtime.launch import find_codex
from codexwire.stub import ResponsesStub

__all__ = ["Request", "app", "run"]

app = new_app()

_DECISIONS: Mapping[str, Decision] = {"accept": "accept", "decline": "decline"}


@dataclass(frozen=True, slots=True)
class Request:
    """One turn: what to say, to which binary, in which folder and home, and what to keep of it."""

    prompt: str
    codex: Path | None = None
    home: Path | None = None
    stub: str | None = None
    cwd: Path | None = None
    model: str | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    decision: Decision = "decline"
    trace: bool = False
    record: Path | None = None
    timeout: float | None = None


@app.command()
def turn(
    prompt: Annotated[
        str, typer.Argument(metavar="PROMPT", help="What to say; `-` reads standard input.")
    ],
    codex: Annotated[Path | None, typer.Option(help="The codex binary.")] = None,
    codex_home: Annotated[
        Path | None, typer.Option(help="CODEX_HOME (default: a temporary folder).")
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
    approve: Annotated[str, typer.Option(help="accept or decline what asks first.")] = "decline",
    trace: Annotated[
        bool, typer.Option("--trace", help="Print every message to standard error.")
    ] = False,
    record: Annotated[Path | None, typer.Option(help="Write a recording of the session.")] = None,
    timeout: Annotated[float | None, typer.Option(help="Seconds the turn may take.")] = None,
) -> int:
    """Run one turn without interaction and print the answer."""
    if approve not in _DECISIONS:
        raise UsageError(f"no decision {approve!r}", hint="accept or decline")
    request = Request(
        prompt=sys.stdin.read() if prompt == "-" else prompt,
        codex=codex,
        home=codex_home,
        stub=stub,
        cwd=cwd,
        model=model,
        config=dict(map(_setting, config or ())),
        decision=_DECISIONS[approve],
        trace=trace,
        record=record,
        timeout=timeout,
    )
    result = run(request)
    if result.text:
        typer.echo(result.text)
    if result.status == "completed":
        return 0
    reason = f": {result.error_message}" if result.error_message else f" ({result.ended_by})"
    typer.echo(f"codexwire: the turn ended as {result.status}{reason}", err=True)
    return 1


def run(request: Request) -> TurnResult:
    """Run the turn and return what it came to; ClientError when it cannot be run."""
    with ExitStack() as stack:
        stub = stack.enter_context(_stub(request.stub)) if request.stub is not None else None
        home = request.home or Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="codexwire-", ignore_cleanup_errors=True)
            )
        )
        config = {**(stub.config() if stub else {}), **request.config}
        client = stack.enter_context(
            Client.launch(
                find_codex(request.codex),  # before a recording of old is overwritten
                config=config,
                cwd=_folder(request.cwd),
                codex_home=_folder(home),
                options=stack.enter_context(_options(request)),
            )
        )
        model = request.model
        if stub is not None and model is None:
            model = stub.model_for(client.server.version)
        # Up to 0.72.0 threads do not see the command line's settings, only their own.
        wanted = {"model": model, "config": config or None}
        thread = client.start_thread({k: v for k, v in wanted.items() if v is not None})
        return client.run_turn(thread, request.prompt, timeout=request.timeout)


def _stub(text: str) -> ResponsesStub:
    return ResponsesStub(script=Path(text)) if text.endswith(".toml") else ResponsesStub(text)


@contextmanager
def _options(request: Request) -> Iterator[ClientOptions]:
    with ExitStack() as stack:
        observers = [tracer(sys.stderr) if request.trace else complaints(sys.stderr)]
        if request.record is not None:
            try:
                out = stack.enter_context(request.record.open("w", encoding="utf-8", newline="\n"))
            except OSError as problem:
                raise UsageError(
                    f"the recording cannot be written: {problem.strerror}",
                    location=Location(str(request.record)),
                ) from None
            observers.append(recorder(out))
        yield ClientOptions(
            handlers=approval_handlers(request.decision), observer=all_of(observers)
        )


def _folder(path: Path | None) -> Path | None:
    if path is not None and not path.is_dir():
        raise LaunchError(f"no such folder: {path}")
    return path


def _setting(text: str) -> tuple[str, Any]:
    """Return name and value of `KEY=VALUE`; a value that is no TOML is a plain string."""
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise UsageError(f"not a setting: {text!r}", hint="a setting reads like KEY=VALUE")
    try:
        return name, tomllib.loads(f"value = {value}")["value"]
    except tomllib.TOMLDecodeError:
        return name, value

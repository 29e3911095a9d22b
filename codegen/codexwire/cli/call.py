"""`codexwire call`: any request from the shell."""

from __future__ import annotations

import json
import sys
from textwrap import shorten
from typing import Annotated, Any

import typer

from codexwire.cli.command import choice, complain, examples, new_app, number
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
from codexwire.errors import UsageError
from codexwire.runtime.client.watch import tracer
from codexwire.usecases.call import CallAnswer, CallRequest, call

__all__ = ["app"]

app = new_app()
_SHOWN = 300
"""An unknown method is answered with the names of all."""


def _complete_method(incomplete: str) -> list[str]:
    from codexwire.usecases.call_completion import complete_method

    return complete_method(incomplete)


def _complete_field(ctx: typer.Context, incomplete: str) -> list[str]:
    from codexwire.usecases.call_completion import complete_field

    return complete_field(str(ctx.params.get("method") or ""), incomplete)


@app.command(
    "call",
    epilog=examples(
        "codexwire call thread/list limit=5",
        "codexwire call thread/start cwd=/tmp --stub Hello",
        "codexwire call account/read --connect ws://127.0.0.1:8765",
    ),
)
def command(
    method: Annotated[
        str,
        typer.Argument(metavar="METHOD", help="As thread/list.", autocompletion=_complete_method),
    ],
    params: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[KEY=VALUE … | JSON | -]",
            help="The params: fields, one JSON object, or `-` for one on standard input.",
            autocompletion=_complete_field,
        ),
    ] = None,
    codex: Codex = None,
    codex_home: Home = None,
    stub: Stub = None,
    cwd: Cwd = None,
    config: Settings = None,
    connect: Annotated[
        str | None,
        typer.Option(metavar="URL", help="A server that runs: ws://HOST:PORT or unix://PATH."),
    ] = None,
    token: Annotated[
        str | None, typer.Option(envvar="CODEXWIRE_TOKEN", help="The bearer token of --connect.")
    ] = None,
    wait: Annotated[
        str | None,
        typer.Option(metavar="METHOD", help="Wait for a notification, as turn/completed."),
    ] = None,
    timeout: Annotated[float | None, number(help="Seconds for all of it.")] = None,
    approve: Approve = "decline",
    trace: Trace = False,
    format: Annotated[str, choice("text", "json")] = "text",
) -> int:
    """Send one request and print its result."""
    answering = decision(approve)
    if format not in ("text", "json"):
        raise UsageError(f"no format {format!r}", hint="text or json")
    words = params or []
    answer = call(
        CallRequest(
            method,
            [sys.stdin.read()] if words == ["-"] else words,
            launch(codex, codex_home, stub, cwd, config),
            connect=connect,
            token=token,
            wait=wait,
            timeout=timeout,
            decision=answering,
            watch=tracer(sys.stderr) if trace else None,
            note=lambda text: complain(f"note: {text}"),
        )
    )
    _print(answer, format)
    return 0 if answer.error is None else 1


def _print(answer: CallAnswer, format: str) -> None:
    if format == "json":
        shown = {
            "version": 1,
            "method": answer.method,
            "params": answer.params,
            "result": answer.result,
            "error": answer.error,
            "notification": answer.notification,
        }
        typer.echo(_json(shown))
    elif answer.error is not None:
        code, message = answer.error["code"], shorten(answer.error["message"], _SHOWN)
        complain(f"{answer.method}: {message} (JSON-RPC {code})")
    else:
        typer.echo(_json(answer.result))
        if answer.notification is not None:
            typer.echo(_json(answer.notification))


def _json(value: Any) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False)

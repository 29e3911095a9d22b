"""`codexwire mock`: a server made of a schema, to test clients with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli import complete
from codexwire.cli.command import (
    AllowRemote,
    NoProjectRules,
    choice,
    complain,
    examples,
    new_app,
    project_here,
    tell,
)
from codexwire.ingest import DEFAULT_VERSION
from codexwire.ingest.embedded import CHANNELS
from codexwire.proxy.address import parse_listen_address
from codexwire.proxy.mock.serve import serve
from codexwire.usecases.mock import make_server
from codexwire.usecases.notices import holes_of

__all__ = ["app"]

app = new_app()


@app.command(
    epilog=examples(
        "codexwire mock --listen ws://127.0.0.1:8765",
        "codexwire mock --schema 0.171.0 --script turns.toml",
    )
)
def mock(
    schema: Annotated[
        str, typer.Option(help="A version or a path.", autocompletion=complete.release)
    ] = str(DEFAULT_VERSION),
    channel: Annotated[str, choice(*CHANNELS)] = "experimental",
    seed: Annotated[int, typer.Option(help="Another seed, other values.")] = 0,
    script: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="Turns, answers and faults.")
    ] = None,
    no_project_rules: NoProjectRules = False,
    listen: Annotated[
        str | None,
        typer.Option(
            help="ws://HOST:PORT or unix://PATH, port 0: any (default: standard input and output)."
        ),
    ] = None,
    allow_remote: AllowRemote = False,
) -> int:
    """Answer every request with a valid result, and play turns."""
    address = None if listen is None else parse_listen_address(listen, allow_remote=allow_remote)
    server = make_server(schema, channel, seed, script, project_here(no_project_rules))
    tell(holes_of(server.protocol))
    serve(server, address, typer.echo, complain)
    return 0

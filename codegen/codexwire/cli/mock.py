"""`codexwire mock`: a server made of a schema, to test clients with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli.command import NoProjectRules, new_app, project_here, tell
from codexwire.ingest import DEFAULT_VERSION
from codexwire.proxy.listen import parse_address
from codexwire.proxy.mock.serve import serve
from codexwire.usecases.mock import make_server
from codexwire.usecases.notices import holes_of

__all__ = ["app"]

app = new_app()


@app.command()
def mock(
    schema: Annotated[str, typer.Option(help="A version or a path.")] = str(DEFAULT_VERSION),
    channel: Annotated[str, typer.Option(help="experimental or stable.")] = "experimental",
    seed: Annotated[int, typer.Option(help="Another seed, other values.")] = 0,
    script: Annotated[
        Path | None, typer.Option(metavar="FILE.toml", help="Turns, answers and faults.")
    ] = None,
    no_project_rules: NoProjectRules = False,
    listen: Annotated[
        str | None,
        typer.Option(
            metavar="ws://HOST:PORT", help="A websocket (default: standard input, output)."
        ),
    ] = None,
) -> int:
    """Answer every request of the protocol with a valid result, and play turns."""
    if listen is not None:
        parse_address(listen)
    server = make_server(schema, channel, seed, script, project_here(no_project_rules))
    tell(holes_of(server.protocol))
    serve(server, listen, typer.echo)
    return 0

"""`codexwire mock`: a server made of a schema, to test clients with."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli.command import new_app
from codexwire.cli.project import NoProjectRules, rules_here, warn_of_holes
from codexwire.ingest import DEFAULT_VERSION, load
from codexwire.normalize import ProjectRules, normalize
from codexwire.normalize.project import NONE
from codexwire.proxy.listen import parse_address
from codexwire.proxy.mock import MockServer, Script, load_script
from codexwire.proxy.mock.serve import serve

__all__ = ["app", "make_server"]

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
    server = make_server(schema, channel, seed, script, rules_here(left_out=no_project_rules))
    warn_of_holes(server.protocol)
    serve(server, listen, typer.echo)
    return 0


def make_server(
    schema: str,
    channel: str = "experimental",
    seed: int = 0,
    script: Path | None = None,
    project: ProjectRules = NONE,
) -> MockServer:
    """Return the mock of a schema (a version or path); CodexwireError when it cannot be made."""
    protocol = normalize(load(schema, channel=channel), project=project).protocol
    told = Script() if script is None else load_script(script)
    return MockServer(protocol, seed=seed, script=told)

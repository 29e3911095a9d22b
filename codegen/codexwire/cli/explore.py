"""`codexwire explore`: pages about the protocol, to look at in a browser."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli import complete
from codexwire.cli.command import NoProjectRules, choice, examples, new_app, project_here, tell
from codexwire.cli.console import steps
from codexwire.emit.write import write_folder
from codexwire.errors import UsageError
from codexwire.ingest.embedded import CHANNELS
from codexwire.usecases.explore import explore as explored
from codexwire.usecases.project import schema_of
from codexwire.usecases.serve import serve

__all__ = ["app"]

app = new_app()


@app.command(epilog=examples("codexwire explore 0.171.0 -o pages", "codexwire explore --serve"))
def explore(
    schema: Annotated[
        str | None,
        typer.Argument(
            metavar="SCHEMA", help="A version, a file or a folder.", autocompletion=complete.release
        ),
    ] = None,
    out: Annotated[
        Path | None, typer.Option("-o", "--out", help="The folder to write; open its index.html.")
    ] = None,
    serving: Annotated[
        bool, typer.Option("--serve", help="Serve the pages on loopback until interrupted.")
    ] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="For --serve; 0: any.")] = 0,
    channel: Annotated[str, choice(*CHANNELS)] = "experimental",
    no_project_rules: NoProjectRules = False,
) -> None:
    """Write a release as pages to look at in a browser.

    Every method and type, compared with any other release. The folder opens from the disk, without a
    network. As a site: put it on any web server as it is.
    """
    if (out is None) is not serving:
        raise UsageError("where to?", hint="-o FOLDER writes the pages, --serve shows them")
    with steps() as say:
        source = schema or schema_of(Path.cwd())
        project = project_here(no_project_rules)
        found = explored(source, channel=channel, project=project, say=say)
        if out is not None:
            write_folder(out, found.files)
    tell(found.notices)
    if out is None:
        serve(found.files, port, typer.echo)
    else:
        size = sum(map(len, found.files.values()))
        typer.echo(f"{out}: {len(found.files)} files, {size:,} bytes; open {out / 'index.html'}")

"""`codexwire show`: saved sessions, exec streams and recordings in one neutral view."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli.command import (
    Recorded,
    Sessions,
    choice,
    examples,
    new_app,
    project_here,
    tell,
)
from codexwire.cli.console import steps
from codexwire.errors import UsageError
from codexwire.files import PRIVATE, write_whole
from codexwire.location import Location
from codexwire.usecases.recordings import named_recordings
from codexwire.usecases.serve import serve
from codexwire.usecases.show import FORMATS, Showing
from codexwire.usecases.show import show as shown
from codexwire.usecases.timeline import timeline

__all__ = ["app"]

app = new_app()


@app.command(
    epilog=examples(
        "codexwire show session.jsonl",
        "codexwire show session.jsonl -o session.html",
        "codexwire show --sessions --format json",
    )
)
def show(
    paths: Recorded = None,
    sessions: Sessions = False,
    format: Annotated[str | None, choice(*FORMATS, help="Default: markdown.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "-o", "--out", help="A page to write, which draws what happened as a timeline."
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace the page if it is there already.")
    ] = False,
    serving: Annotated[
        bool, typer.Option("--serve", help="Serve the page on loopback until interrupted.")
    ] = False,
    port: Annotated[int, typer.Option(min=0, max=65535, help="For --serve; 0: any.")] = 0,
    unredacted: Annotated[
        bool, typer.Option("--unredacted", help="Let the page hold secrets: messages as they are.")
    ] = False,
) -> int:
    """Show sessions and recordings: threads, turns, items.

    Of rollouts, streams of `codex exec --json`, and recordings: as text on standard output, or as a page with
    every message, what it is about and what is wrong with it. Exit code 0: all was read; 2: a file or a line
    could not be.
    """
    what = named_recordings(paths or (), sessions=sessions)
    if out is None and not serving:
        if unredacted or force:
            raise UsageError("--unredacted and --force are for the page", hint="-o FILE writes it")
        return _text(what, format or "markdown")
    if format is not None or (out is not None and serving):
        raise UsageError("--format, -o and --serve exclude each other", hint="choose one")
    if out is not None and out.is_file() and not force:
        raise UsageError(
            "the page is there already", location=Location(str(out)), hint="--force replaces it"
        )
    with steps() as say:
        drawn = timeline(*what, unredacted=unredacted, project=project_here(), say=say)
    tell(drawn.notices)
    if out is None:
        serve({"index.html": drawn.page}, port, typer.echo)
    else:
        write_whole(out, drawn.page, PRIVATE)
        typer.echo(f"{out}: {len(drawn.page):,} bytes; open it in a browser")
    return 2 if drawn.unread else 0


def _text(paths: list[str], format: str) -> int:
    account = Showing()
    for piece in shown(*paths, format=format, account=account):
        sys.stdout.write(piece)
    tell(account.notices)
    return 2 if account.unread else 0

"""`codexwire show`: saved sessions, exec streams and recordings in one neutral view."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from codexwire.cli.command import new_app
from codexwire.usecases.show import FORMATS, Showing
from codexwire.usecases.show import show as shown

__all__ = ["app"]

app = new_app()


@app.command()
def show(
    paths: Annotated[
        list[str],
        typer.Argument(metavar="FILE", help="Files, folders, globs, or - for standard input."),
    ],
    format: Annotated[str, typer.Option(help=f"One of {', '.join(FORMATS)}.")] = "markdown",
) -> int:
    """Show rollouts, streams of `codex exec --json` and recordings: threads, turns, items.

    Exit code 0: all was read; 2: a file or a line could not be.
    """
    account = Showing()
    for piece in shown(*paths, format=format, account=account):
        sys.stdout.write(piece)
    return 2 if account.unread else 0

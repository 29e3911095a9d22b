"""`codexwire redact`: a recording, of any format, without what it should not tell."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli.command import new_app, tell
from codexwire.usecases.redact import STRIPS
from codexwire.usecases.redact import redact as redacted

__all__ = ["app"]

app = new_app()


@app.command()
def redact(
    path: Annotated[str, typer.Argument(metavar="FILE", help="A recording, or - for stdin.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to (default: stdout); .gz and .zst are packed."),
    ] = None,
    strip: Annotated[
        list[str] | None,
        typer.Option(
            help=f"Leave out of a saved session: {', '.join(STRIPS)}, or all.", metavar="PART"
        ),
    ] = None,
    word: Annotated[list[str] | None, typer.Option(help="Another word to replace.")] = None,
) -> int:
    """Replace secrets, account data, home folders and host names, the same by the same.

    The format stays what it is: every line of the file is a line of the result. It is redacted as a
    whole: what is learnt at its end is gone from its beginning. `codexwire rules list --family redact`
    says what is looked for; standard error says how much of it was replaced.
    """
    target = sys.stdout.fileno() if output is None else output
    notices = redacted(path, target, word or (), strip or ())
    tell(notices)
    return 2 if any(notice.level == "error" for notice in notices) else 0

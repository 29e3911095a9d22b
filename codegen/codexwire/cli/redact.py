"""`codexwire redact`: a recording, of any format, without what it should not tell."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli.command import new_app
from codexwire.errors import UsageError
from codexwire.location import Location
from codexwire.proxy.record import LineWriter
from codexwire.proxy.redact import Redactor
from codexwire.transcript.source import STDIN, Source

__all__ = ["app"]

app = new_app()


@app.command()
def redact(
    path: Annotated[str, typer.Argument(metavar="FILE", help="A recording, or - for stdin.")],
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help="Where to (default: stdout); .gz and .zst are packed."),
    ] = None,
    word: Annotated[list[str] | None, typer.Option(help="Another word to replace.")] = None,
) -> int:
    """Replace secrets, account data, home folders and host names, the same by the same.

    The format stays what it is: every line of the file is a line of the result.
    """
    redactor = Redactor.of_this_machine(tuple(word or ()))
    with Source(path) as source:
        if output is not None and _is_source(output, path):
            raise UsageError(
                "the result would overwrite its source",
                location=Location(str(output)),
                hint="name another file",
            )
        out = LineWriter(os.dup(sys.stdout.fileno()) if output is None else output)
        for _, line in source.lines():
            out.write(redactor.line(line))
        out.close()
    if source.damage is not None:
        raise source.damage
    return 0


def _is_source(output: Path, path: str) -> bool:
    source = os.fstat(sys.stdin.fileno()) if path == STDIN else Path(path).stat()
    return output.is_file() and os.path.samestat(output.stat(), source)

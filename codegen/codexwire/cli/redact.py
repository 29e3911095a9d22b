"""`codexwire redact`: a recording, of any format, without what it should not tell."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
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
        with _whole(output) as out:
            for _, line in source.lines():
                out.write(redactor.line(line))
            out.close()
            if source.damage is not None:
                raise source.damage
    return 0


@contextmanager
def _whole(output: Path | None) -> Iterator[LineWriter]:
    """Give what the lines are written to; a file has all of them in the end, or is as it was."""
    if output is None or (output.exists() and not output.is_file()):  # a pipe, a device
        yield LineWriter(os.dup(sys.stdout.fileno()) if output is None else output)
        return
    staging = output.with_name(f".tmp-{output.name}")
    try:
        out = LineWriter(staging)
    except UsageError as problem:
        raise UsageError(problem.message, location=Location(str(output))) from None
    try:
        yield out
        staging.replace(output)
    finally:
        staging.unlink(missing_ok=True)


def _is_source(output: Path, path: str) -> bool:
    source = os.fstat(sys.stdin.fileno()) if path == STDIN else Path(path).stat()
    return output.is_file() and os.path.samestat(output.stat(), source)

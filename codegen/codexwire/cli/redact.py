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
from codexwire.errors import TranscriptError, UsageError
from codexwire.location import Location
from codexwire.proxy.record import LineWriter
from codexwire.proxy.redact import Redactor, redact_whole
from codexwire.proxy.redact.rule import KINDS
from codexwire.transcript.formats.foreign import FOREIGN
from codexwire.transcript.formats.format import Sample
from codexwire.transcript.formats.table import detect
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

    The format stays what it is: every line of the file is a line of the result. It is redacted as a
    whole: what is learnt at its end is gone from its beginning. `codexwire rules list --family redact`
    says what is looked for; standard error says how much of it was replaced.
    """
    redactor = Redactor.of_this_machine(tuple(word or ()))
    with Source(path) as source:
        if output is not None and _is_source(output, path):
            raise UsageError(
                "the result would overwrite its source",
                location=Location(str(output)),
                hint="name another file",
            )
        _refuse_unknown(source)
        with _whole(output) as out:
            redact_whole((line for _, line in source.lines()), redactor, out.write)
            out.close()
            if source.damage is not None:
                raise source.damage
    _say(redactor)
    return 0


def _refuse_unknown(source: Source) -> None:
    """Raise TranscriptError for what is neither a recording nor another known file of codex."""
    try:
        detect(source)
    except TranscriptError:
        sample = Sample(source)
        if not any(foreign.matches(sample) for foreign in FOREIGN):
            raise


def _say(redactor: Redactor) -> None:
    counts = redactor.replaced
    found = ", ".join(f"{counts[kind]} × {KINDS[kind]}" for kind in KINDS if counts[kind])
    typer.echo(f"codexwire: replaced: {found or 'nothing'}", err=True)
    text = redactor.as_text
    if text["lines"]:
        typer.echo(
            f"codexwire: {text['lines']:,} lines ({text['bytes']:,} bytes) are not JSON; "
            "they were searched as plain text",
            err=True,
        )


@contextmanager
def _whole(output: Path | None) -> Iterator[LineWriter]:
    """Give what the lines are written to; a file has all of them in the end, or is as it was."""
    if output is None or (output.exists() and not output.is_file()):  # a pipe, a device
        yield LineWriter(os.dup(sys.stdout.fileno()) if output is None else output)
        return
    staging = output.with_name(f".tmp-{output.name}")
    staging.unlink(missing_ok=True)
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

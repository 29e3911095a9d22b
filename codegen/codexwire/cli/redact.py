"""`codexwire redact`: recordings of any format, without secrets and personal data."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli.command import Recorded, Sessions, examples, new_app, tell
from codexwire.errors import UsageError
from codexwire.usecases.recordings import named_recordings
from codexwire.usecases.redact import STRIPS
from codexwire.usecases.redact import redact as redacted
from codexwire.usecases.redact_files import is_one_file, redact_files

__all__ = ["app"]

app = new_app()


@app.command(
    epilog=examples(
        "codexwire redact session.jsonl -o clean.jsonl",
        "codexwire redact --sessions -o clean --strip instructions",
    )
)
def redact(
    paths: Recorded = None,
    sessions: Sessions = False,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="Where to (default: stdout); .gz and .zst are packed. A folder for several files.",
        ),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace files that are in the folder already.")
    ] = False,
    strip: Annotated[
        list[str] | None,
        typer.Option(
            help=f"Leave out of a saved session: {', '.join(STRIPS)}, or all.", metavar="PART"
        ),
    ] = None,
    word: Annotated[list[str] | None, typer.Option(help="Another word to replace.")] = None,
) -> int:
    """Replace secrets, account data, home folders and host names.

    The same is replaced by the same. The format stays what it is: every line of a file is a line of the
    result. It is redacted as a whole: what is learnt at its end is gone from its beginning. Folders keep
    their tree. `codexwire rules list --family redact` says what is looked for; standard error says how
    much of it was replaced.
    """
    what, words, parts = named_recordings(paths or (), sessions=sessions), word or (), strip or ()
    if is_one_file(what, output):
        target = sys.stdout.fileno() if output is None else output
        notices = redacted(what[0], target, words, parts)
    elif output is None:
        raise UsageError("several files need a folder to go to", hint="--output names it")
    else:
        notices = redact_files(what, output, words, parts, force=force)
    tell(notices)
    return 2 if any(notice.level == "error" for notice in notices) else 0

"""`codexwire decode`: recordings read with the generated models, and how far the two have drifted."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli.command import Links, Recorded, Sessions, choice, examples, new_app, tell
from codexwire.cli.console import steps
from codexwire.report.table import FORMATS, check_format, render
from codexwire.runtime.decode import MODES
from codexwire.usecases.decode import decode as decoded
from codexwire.usecases.recordings import named_recordings

__all__ = ["app"]

app = new_app()


@app.command(
    epilog=examples(
        "codexwire decode session.jsonl", "codexwire decode recordings/ --mode strict --format json"
    )
)
def decode(
    paths: Recorded = None,
    sessions: Sessions = False,
    mode: Annotated[str, choice(*MODES)] = "tolerant",
    package: Annotated[
        str | None,
        typer.Option(
            help="The generated package whose models decode (default: the one of codexwire)."
        ),
    ] = None,
    format: Annotated[str, choice(*FORMATS)] = "text",
    links: Links = False,
) -> int:
    """Decode recordings and saved sessions, and report drift.

    Each rule and place is reported once. Exit code 0: no drift; 1: drift, or messages that strict mode
    refuses; 2: not to be read.
    """
    check_format(format)
    what = named_recordings(paths or (), sessions=sessions)
    sys.path.append(str(Path.cwd()))  # where a package was generated into the working directory
    with steps() as say:
        found = decoded(*what, package=package, mode=mode, say=say)
    sys.stdout.write(render(format, found.report(), color=sys.stdout.isatty(), links=links))
    tell(found.notices)
    return 2 if found.tally.unread else int(found.drifted)

"""`codexwire contract`: what a client sends and reads, from recordings of it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli.command import NoProjectRules, examples, new_app, project_here, tell
from codexwire.diff.contract import format_contract
from codexwire.files import write_whole
from codexwire.usecases.contract import contract_from as made_from

__all__ = ["app"]

app = new_app(
    "What a client sends and reads.",
    "codexwire contract from session.jsonl -o contract.toml",
    "codexwire diff 0.160.0 0.171.0 --contract contract.toml",
)


@app.callback()
def _root() -> None:
    """What a client sends and reads: a contract that diff and compat can be narrowed to."""


@app.command(
    "from",
    epilog=examples(
        "codexwire contract from session.jsonl -o contract.toml",
        "codexwire contract from recordings/*.jsonl --schema 0.171.0",
    ),
)
def contract_from(
    transcripts: Annotated[
        list[Path], typer.Argument(metavar="FILE", help="Recordings, - for standard input.")
    ],
    output: Annotated[
        Path | None, typer.Option("--output", "-o", help="The contract (default: print it).")
    ] = None,
    schema: Annotated[
        str | None, typer.Option(help="Version or path (default: what the recording says).")
    ] = None,
    no_project_rules: NoProjectRules = False,
) -> int:
    """Write a contract of what recordings of the client use.

    It lists methods, fields and values. Exit code 0: all was read; 2: a file or a line could not be.
    """
    made = made_from(*transcripts, schema=schema, project=project_here(no_project_rules))
    tell(made.notices)
    text = format_contract(made.contract)
    if output is None:
        sys.stdout.write(text)
    else:
        write_whole(output, text.encode())
        release = made.contract.release or "no known release"
        typer.echo(f"{output}: {made.messages} messages of {release}")
    return 0 if made.is_whole else 2

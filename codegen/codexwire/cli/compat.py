"""`codexwire compat`: which client versions work with which server versions."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli import complete
from codexwire.cli.command import NoProjectRules, choice, examples, new_app, project_here, tell
from codexwire.cli.compat_text import contract_lines, table_lines
from codexwire.cli.console import steps
from codexwire.emit.write import write_folder
from codexwire.errors import UsageError, one_of
from codexwire.usecases.compat import compat as counted
from codexwire.usecases.compat_pages import compat_folder, compat_page

__all__ = ["app"]

app = new_app()

_FORMATS = ("text", "json", "html")


@app.command(
    epilog=examples(
        "codexwire compat 0.160.0 0.166.0 0.171.0",
        "codexwire compat --contract contract.toml --all",
        "codexwire compat 0.160.0 0.171.0 --format html --out compat",
    )
)
def compat(
    versions: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="VERSION",
            help="Only these releases (default: a sample).",
            autocompletion=complete.release,
        ),
    ] = None,
    contract: Annotated[Path | None, typer.Option(help="What your client sends and reads.")] = None,
    client: Annotated[
        str | None, typer.Option(help="The client's release (default: the contract's).")
    ] = None,
    everything: Annotated[
        bool, typer.Option("--all", help="Every available release, for one client.")
    ] = False,
    format: Annotated[str, choice(*_FORMATS)] = "text",
    out: Annotated[
        Path | None,
        typer.Option(help="With html: the folder to write, with a page for each pair of releases."),
    ] = None,
    no_project_rules: NoProjectRules = False,
) -> None:
    """Count what breaks a client of one release on another's server.

    Breaks that depend on what a newer client chooses to send stand behind a plus sign. With a contract
    there is one row: the client that keeps to it, with what each server refuses of what it sends and, behind
    the plus sign, what the server sends that a strict reader may fail on; a server works that refuses
    nothing. Without VERSIONs, the releases are a sample: one of each turn that the protocol took, the newest,
    and newer ones that were pulled.
    """
    one_of("format", format, _FORMATS)
    if out is not None and format != "html":
        raise UsageError("--out is for pages", hint="add --format html")
    project = project_here(no_project_rules)
    with steps() as say:
        matrix = counted(
            versions or (),
            contract=contract,
            client=client,
            everything=everything,
            project=project,
            say=say,
        )
        if out is not None:
            files = compat_folder(matrix, contract, project=project, say=say)
            write_folder(out, files)
    tell(matrix.notices)
    if out is not None:
        typer.echo(f"{out}: {len(files)} files; open {out / 'index.html'}")
    elif format == "html":
        sys.stdout.write(compat_page(matrix, contract))
    elif format == "json":
        sys.stdout.write(json.dumps(matrix.document(), indent=2) + "\n")
    else:
        sampled = not versions and not everything
        sample = f"a sample: {len(matrix.servers)} of {matrix.known} releases" if sampled else ""
        lines = [*table_lines(matrix)]
        lines += contract_lines(matrix, sample) if matrix.contract else [sample] if sample else []
        sys.stdout.writelines(f"{line}\n" for line in lines)

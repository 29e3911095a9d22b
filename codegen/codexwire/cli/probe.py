"""`codexwire probe`: ask a live server what its schema does not say."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli.command import (
    Links,
    NoProjectRules,
    choice,
    examples,
    new_app,
    number,
    project_here,
)
from codexwire.cli.console import steps
from codexwire.files import write_whole
from codexwire.finding import Level
from codexwire.model.observed import write_observed
from codexwire.probe.run import ProbeError
from codexwire.report.table import FORMATS, check_format, render
from codexwire.usecases.probe import ProbeRequest, run
from codexwire.usecases.probe_report import probe_report
from codexwire.usecases.probe_rules import project_settings

__all__ = ["app"]

app = new_app()


@app.command(
    epilog=examples(
        "codexwire probe --codex ./codex", "codexwire probe --release latest --out observed.json"
    )
)
def probe(
    codex: Annotated[Path | None, typer.Option(help="The codex binary.")] = None,
    release: Annotated[
        str | None, typer.Option(help="A version, or latest: its binary is fetched and kept.")
    ] = None,
    connect: Annotated[
        str | None, typer.Option(help="The ws://…, wss://… or unix://PATH of a running server.")
    ] = None,
    token: Annotated[
        str | None, typer.Option(envvar="CODEXWIRE_TOKEN", help="The bearer token of --connect.")
    ] = None,
    allow_changes: Annotated[
        bool, typer.Option("--allow-changes", help="With --connect: ask more than what only reads.")
    ] = False,
    format: Annotated[str, choice(*FORMATS)] = "text",
    record: Annotated[Path | None, typer.Option(help="Write a recording of all sessions.")] = None,
    out: Annotated[
        Path | None, typer.Option(help="Write the observed profile, if everything was asked.")
    ] = None,
    write_rules: Annotated[
        Path | None, typer.Option(help="Write what was learned in the form of pyproject.toml.")
    ] = None,
    limit: Annotated[float, number(help="Minutes that it may take.", least=0.01)] = 10.0,
    links: Links = False,
    no_project_rules: NoProjectRules = False,
) -> int:
    """Ask a server what its schema does not say.

    The server runs in a private home, with a scripted model on loopback; no account is used, and nothing
    leaves the machine. Exit 1: what the server does contradicts the schema; 2: it cannot be probed.
    """
    check_format(format)
    request = ProbeRequest(
        codex=codex,
        release=release,
        connect=connect,
        token=token,
        allow_changes=allow_changes,
        minutes=limit,
        record=record,
        project=project_here(no_project_rules),
    )
    with steps() as say:
        found = run(request, say)
    report = probe_report(found)
    sys.stdout.write(render(format, report, color=sys.stdout.isatty(), links=links))
    if write_rules is not None:
        write_whole(write_rules, project_settings(found).encode())
    if out is not None:
        if found.unfinished:
            raise ProbeError(f"{out} is not written, it would not be whole: {found.unfinished}")
        write_whole(out, write_observed(found.observed()))
    return int(any(finding.level is Level.ERROR for finding in report.findings))

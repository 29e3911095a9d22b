"""`codexwire diff`: what changed between two versions, and whom it breaks."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli import complete
from codexwire.cli.command import (
    Links,
    NoProjectRules,
    choice,
    examples,
    new_app,
    project_here,
    tell,
)
from codexwire.emit.write import write_file
from codexwire.errors import UsageError, one_of
from codexwire.garbage import no_collection
from codexwire.ingest.embedded import CHANNELS
from codexwire.report.table import FORMATS, check_format, render
from codexwire.report.words import many
from codexwire.usecases.diff import FAIL_ON, diff
from codexwire.usecases.observed import compare_observed
from codexwire.usecases.project import schema_of

__all__ = ["app"]

app = new_app()


@app.command(
    epilog=examples(
        "codexwire diff 0.160.0 0.171.0",
        "codexwire diff 0.160.0 0.171.0 --format html > diff.html",
        "codexwire diff --against 0.160.0 --ignore accepted.toml",
    )
)
def diff_command(
    versions: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="VERSION",
            help="OLD and NEW: versions, files, folders, or one -.",
            autocompletion=complete.release,
        ),
    ] = None,
    against: Annotated[
        str | None, typer.Option(help="The old one; NEW defaults to the project's schema.")
    ] = None,
    channel: Annotated[str, choice(*CHANNELS)] = "experimental",
    format: Annotated[str, choice(*FORMATS)] = "text",
    fail_on: Annotated[
        str | None,
        choice(*FAIL_ON, help="Exit 1 for these: of both sides, or of i or ii alone."),
    ] = None,
    ignore: Annotated[Path | None, typer.Option(help="Findings to live with (TOML).")] = None,
    write_ignores: Annotated[
        Path | None, typer.Option(help="Write what breaks to a new file for --ignore.")
    ] = None,
    contract: Annotated[Path | None, typer.Option(help="Only what this client touches.")] = None,
    observed: Annotated[
        bool,
        typer.Option(
            "--observed", help="Compare what servers were seen to do, where the schemas are alike."
        ),
    ] = False,
    everything: Annotated[bool, typer.Option("--all", help="List harmless changes too.")] = False,
    links: Links = False,
    no_project_rules: NoProjectRules = False,
    as_published: Annotated[
        bool,
        typer.Option(
            "--as-published",
            help="The schemas as released: only types that they refer to and leave out are added.",
        ),
    ] = False,
) -> int:
    """Compare two versions: what changed, and whom it breaks.

    i: old client, new server. ii: new client, old server. With --against, breaks of either fail. A break is
    minor when only who reads strictly notices it, and fails with --fail-on minor alone; docs/levels.md has
    the table, and [tool.codexwire.diff.levels] changes it. With --write-ignores, nothing fails that
    is written; with --ignore and the same file, its reasons are kept.
    """
    old, new = _sources(versions or [], against)
    policy = fail_on or ("breaking" if against else None)
    check_format(format)
    if observed:
        report = compare_observed(old, new)
        sys.stdout.write(render(format, report, color=sys.stdout.isatty(), links=links))
        return 0
    if policy is not None:
        one_of("--fail-on", policy, FAIL_ON)
    if write_ignores is not None and write_ignores != ignore and write_ignores.exists():
        raise UsageError(
            f"{write_ignores} is there already",
            hint="name it with --ignore, too: its reasons are kept",
        )
    with no_collection():
        comparison = diff(
            old,
            new,
            channel=channel,
            as_published=as_published,
            contract=contract,
            ignore=ignore,
            project=project_here(no_project_rules),
        )
        report = replace(comparison.report(), everything=everything)
        text = render(format, report, color=sys.stdout.isatty(), links=links)
    tell(comparison.notices)
    sys.stdout.write(text)
    if write_ignores is not None:
        write_file(write_ignores, comparison.ignore_file(policy or "breaking").encode())
        return 0
    if comparison.outdated is not None:
        sys.stdout.flush()
        raise comparison.outdated
    return int(policy is not None and comparison.breaks(policy))


def _sources(versions: list[str], against: str | None) -> tuple[str, str]:
    if against is None and len(versions) == 2:
        return versions[0], versions[1]
    if against is not None and len(versions) <= 1:
        return against, versions[0] if versions else schema_of(Path.cwd())
    raise UsageError(
        f"{many(len(versions), 'version')} to compare",
        hint="codexwire diff OLD NEW, or codexwire diff --against OLD [NEW]",
    )

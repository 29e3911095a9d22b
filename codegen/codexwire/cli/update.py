"""`codexwire update`: pull a release, compare it with the pinned one, generate, lock."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli.command import NoProjectRules, choice, examples, new_app, project_here, tell
from codexwire.cli.console import steps
from codexwire.errors import UsageError
from codexwire.files import write_whole
from codexwire.ingest.fetch.registry import REGISTRIES
from codexwire.usecases.project import config_of
from codexwire.usecases.update import step_to, update_by

__all__ = ["app"]

app = new_app()


@app.command(
    epilog=examples(
        "codexwire update --dry-run", "codexwire update --to 0.171.0 --summary summary.md"
    )
)
def update(
    to: Annotated[str, typer.Option(help="A version, or latest.")] = "latest",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Report, change nothing; exit 1 if there is news.")
    ] = False,
    summary: Annotated[
        Path | None, typer.Option(help="Write the markdown summary here, not to standard output.")
    ] = None,
    source: Annotated[str | None, choice(*REGISTRIES, help="Only there.")] = None,
    keep: Annotated[
        bool, typer.Option("--vendor", help="Keep the schema in the project's schema/ folder, too.")
    ] = False,
    probe: Annotated[
        bool,
        typer.Option(
            "--probe", help="Ask the server of the release, too, and use what is learned."
        ),
    ] = False,
    contract: Annotated[
        Path | None, typer.Option(help="Exit 1 and write nothing when this client would break.")
    ] = None,
    no_project_rules: NoProjectRules = False,
) -> int:
    """Bring the project to another release, and report what changes.

    Pull, compare, report, generate, lock. The summary says what changed and whom it breaks; it is fit for
    a pull request. Further packages, [[tool.codexwire.packages]], keep the schema that each of them
    names.
    """
    if keep and config_of(Path.cwd()).root is None:
        raise UsageError("--vendor needs a pyproject.toml with [tool.codexwire]")
    with steps() as say:
        step = step_to(to, Path.cwd(), source=source, say=say)
    if step.old == step.new:
        typer.echo(f"already at codex {step.new}")
        return 0
    project = project_here(no_project_rules)
    with steps() as say:
        found = update_by(step, contract=contract, keep=keep, probe=probe, project=project, say=say)
    tell(found.notices)
    written = not dry_run and not found.broken
    if written:
        found.write()
    report = found.report(written=written)
    if summary is None:
        sys.stdout.write(report)
    else:
        summary.parent.mkdir(parents=True, exist_ok=True)
        write_whole(summary, report.encode())
        typer.echo(f"codex {step.old} → {step.new}: {found.files(written=written)}")
    return int(not written)

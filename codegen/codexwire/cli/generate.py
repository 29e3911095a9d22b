"""`codexwire generate`: the schema becomes a package."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli.command import new_app
from codexwire.cli.console import progress
from codexwire.cli.generate_request import LAYOUTS, STYLES, Request, requests_of, version_of
from codexwire.cli.project import (
    NoProjectRules,
    rules_here,
    warn_of_holes,
    warn_of_stale_rules,
)
from codexwire.config import load_config
from codexwire.emit.known import results_by
from codexwire.errors import UsageError
from codexwire.ingest import load
from codexwire.ingest.at_hand import bundles_of
from codexwire.normalize import Normalized, ProjectRules, normalize

__all__ = ["app", "generate"]

app = new_app()


@app.command()
def generate(
    schema: Annotated[
        str | None,
        typer.Option(help="Version, bundle file or folder; several side by side: A,B."),
    ] = None,
    channel: Annotated[str | None, typer.Option(help="stable or experimental.")] = None,
    out: Annotated[Path | None, typer.Option(help="Parent folder of the package.")] = None,
    package: Annotated[str | None, typer.Option(help="Name of the package.")] = None,
    style: Annotated[str | None, typer.Option(help=f"One of {', '.join(STYLES)}.")] = None,
    layout: Annotated[str, typer.Option(help=f"One of {', '.join(LAYOUTS)}.")] = "package",
    check: Annotated[bool, typer.Option("--check", help="Compare, write nothing.")] = False,
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit code 1 where something is not known.")
    ] = False,
    verbose: Annotated[
        bool,
        typer.Option(
            "--verbose", "-v", help="Say which rules applied, and how results were found."
        ),
    ] = False,
    no_project_rules: NoProjectRules = False,
) -> None:
    """Generate the configured packages, or the one that the options describe.

    Without a configuration: of the embedded schema, into generated/.
    """
    requests = requests_of(load_config(Path.cwd()), schema, channel, out, package, style, layout)
    rules = rules_here(left_out=no_project_rules)
    failed = [
        _generate(request, rules, check=check, strict=strict, verbose=verbose)
        for request in requests
    ]
    raise typer.Exit(int(any(failed)))


def _generate(
    request: Request, rules: ProjectRules, *, check: bool, strict: bool, verbose: bool
) -> bool:
    """Write one package, or compare it; return whether it differs or, if `strict`, has holes."""
    with progress("reading the schema"):
        found = [
            normalize(load(s, channel=request.channel), project=rules) for s in request.schemas
        ]
    request = request.taking([n.protocol.version for n in found])
    for schema in request.schemas:
        _note_what_is_missing(schema)
    for normalized in found:
        warn_of_stale_rules(normalized)
    if verbose:
        for normalized in found:
            _report_rules(normalized)
            _report_results(normalized)
    try:
        from codexwire.cli.generate_output import output_of
    except ModuleNotFoundError as error:
        raise UsageError(
            f"generating needs the package {error.name}", hint="pip install 'codexwire[generate]'"
        ) from None
    with progress("generating"):
        output = output_of(request, found)
    for protocol, open_ in output.holes:
        warn_of_holes(protocol, open_)
    holes = strict and any(open_ for _, open_ in output.holes)
    if not check:
        output.write()
        typer.echo(output.summary)
        return holes
    drift = output.drift()
    for item in drift:
        typer.echo(f"{item.problem:9}  {item.path}")
    typer.echo(
        f"{len(drift)} of the generated files are not as `codexwire generate` writes them"
        if drift
        else f"{request.folder.as_posix()}: all {len(output.files)} files as generated"
    )
    return holes or bool(drift)


def _note_what_is_missing(schema: str) -> None:
    """Say that a release of the archive has no descriptions."""
    version = version_of(schema)
    if version is not None and not bundles_of(version):
        typer.echo(
            f"codexwire: note: {version} is taken from the archive, which has no descriptions: there"
            f" will be no docstrings (`codexwire schema pull {version}` gets the whole schema)",
            err=True,
        )


def _report_rules(normalized: Normalized) -> None:
    for application in normalized.applied:
        shown = ", ".join(application.places[:3])
        more = f" and {len(application.places) - 3} more" if len(application.places) > 3 else ""
        typer.echo(f"applied  {application.rule.id}  {shown}{more}")
    for stale in normalized.stale:
        typer.echo(f"stale    {stale.rule.id}  {stale.reason}")


def _report_results(normalized: Normalized) -> None:
    """Say how the results of requests were found; by name where it was not by the params' name."""
    for how, labels in results_by(normalized.protocol).items():
        typer.echo(f"result by {how:8}  {', '.join(labels)}")

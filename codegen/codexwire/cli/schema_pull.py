"""`codexwire schema pull`: the schema of a published release, a local binary or a git revision."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli.command import choice, number, project_here, tell
from codexwire.cli.console import steps
from codexwire.errors import IngestError, UsageError
from codexwire.ingest.embedded import CHANNELS
from codexwire.ingest.fetch.binary import LIMITS
from codexwire.ingest.fetch.pull import Pulled
from codexwire.ingest.fetch.registry import REGISTRIES
from codexwire.usecases.project import config_of
from codexwire.usecases.pull import PullOutcome, PullSources, jobs_of, outcome_of, pull_options
from codexwire.version import Version

__all__ = ["pull_schemas"]


def pull_schemas(
    versions: Annotated[
        list[str] | None, typer.Argument(metavar="VERSION", help="Versions, latest, or all.")
    ] = None,
    binary: Annotated[Path | None, typer.Option(help="Take this codex binary.")] = None,
    from_git: Annotated[
        str | None, typer.Option(metavar="REV:PATH", help="Take a bundle out of a git repository.")
    ] = None,
    repository: Annotated[Path, typer.Option(help="That repository.")] = Path(),
    as_version: Annotated[
        str | None, typer.Option("--as", metavar="VERSION", help="Name --binary or --from-git so.")
    ] = None,
    channel: Annotated[str, choice(*CHANNELS, help="The channel of --from-git.")] = "stable",
    source: Annotated[str | None, choice(*REGISTRIES, help="Only there.")] = None,
    vendored: Annotated[
        bool, typer.Option("--vendor", help="Keep it in the project's schema/ folder, too.")
    ] = False,
    to: Annotated[Path | None, typer.Option(help="Keep it in this folder, too.")] = None,
    keep_binary: Annotated[
        bool, typer.Option("--keep-binary", help="Keep the binary in the cache.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Pull again what is cached.")] = False,
    timeout: Annotated[
        float, number(help="Seconds that one run of the binary may take.", least=0.1)
    ] = LIMITS.seconds,
) -> None:
    """Get the schema of releases and keep it in the cache."""
    named = None if as_version is None else Version.named(as_version)
    sources = PullSources(versions or (), binary, from_git, named, channel, repository)
    folder = to or (_project_folder() if vendored else None)
    options = pull_options(source, keep_binary=keep_binary, force=force, timeout=timeout)
    jobs, failures = jobs_of(sources, options.registries), 0
    for position, (name, job) in enumerate(jobs, 1):
        counted = f"[{position}/{len(jobs)}] {name}" if len(jobs) > 1 else name
        with steps(f"{counted}: ") as say:
            told = replace(options, say=say)
            outcome = outcome_of(name, job, told, folder=folder, project=project_here())
        if outcome.error is not None and len(jobs) == 1:
            raise outcome.error
        failures += outcome.error is not None
        _print(outcome)
    if failures:
        raise IngestError(f"{failures} of {len(jobs)} could not be pulled", hint="run it again")


def _print(outcome: PullOutcome) -> None:
    if outcome.pulled is None:
        typer.echo(f"codexwire: error: {outcome.name}: {outcome.error}", err=True)
        return
    typer.echo(_line(outcome.pulled))
    tell(outcome.notices)
    for path in outcome.written:
        typer.echo(f"  {path.as_posix()}")


def _project_folder() -> Path:
    root = config_of(Path.cwd()).root
    if root is None:
        raise UsageError(
            "--vendor needs a pyproject.toml with [tool.codexwire]",
            hint="or name a folder with --to",
        )
    return root / "schema"


def _line(pulled: Pulled) -> str:
    table = pulled.entry.provenance
    channels = ", ".join(
        f"{channel} {facts['methods']} methods" for channel, facts in table["channel"].items()
    )
    files = "".join(f", {facts['file']}" for facts in table.get("lines", {}).values())
    origin = table.get("package") or table["origin"]
    verb = f"pulled from {origin}" if pulled.fresh else "already cached"
    return f"{table['version']}: {verb}: {channels}{files}"

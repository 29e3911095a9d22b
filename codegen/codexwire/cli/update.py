"""`codexwire update`: pull a release, compare it with the pinned one, generate, lock."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from codexwire.cli.command import new_app
from codexwire.cli.console import progress, steps
from codexwire.cli.diff_report import diff_report
from codexwire.cli.diff_sources import open_pair
from codexwire.cli.generate_request import Request, request_of
from codexwire.cli.pin import pinned_version, repinned
from codexwire.cli.project import NoProjectRules, rules_here, warn_of_holes
from codexwire.cli.schema_pull import pull_options, say_of
from codexwire.config import Config, load_config
from codexwire.diff import diff
from codexwire.emit.known import holes_as_text
from codexwire.errors import UsageError
from codexwire.ingest import DEFAULT_VERSION, load_version
from codexwire.ingest.at_hand import is_at_hand
from codexwire.ingest.cache import Stored, default_cache
from codexwire.ingest.embedded import vendored
from codexwire.ingest.fetch.pull import pull
from codexwire.ingest.fetch.registry import wanted
from codexwire.ingest.vendor import vendor
from codexwire.normalize import Normalized, ProjectRules, normalize
from codexwire.report.table import render
from codexwire.version import Version

if TYPE_CHECKING:
    from codexwire.cli.generate_output import Output

__all__ = ["app"]

app = new_app()


@app.command()
def update(
    to: Annotated[str, typer.Option(help="A version, or latest.")] = "latest",
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Report, change nothing; exit 1 if there is news.")
    ] = False,
    summary: Annotated[
        Path | None, typer.Option(help="Write the markdown summary here, not to standard output.")
    ] = None,
    source: Annotated[str | None, typer.Option(help="Only pypi or npm.")] = None,
    keep: Annotated[
        bool, typer.Option("--vendor", help="Keep the schema in the project's schema/ folder, too.")
    ] = False,
    no_project_rules: NoProjectRules = False,
) -> None:
    """Bring the project to another release: pull, compare, report, generate, lock.

    The summary says what changed and whom it breaks; it is fit for a pull request. Further packages,
    [[tool.codexwire.packages]], keep the schema that each of them names.
    """
    config = load_config(Path.cwd())
    if keep and config.root is None:
        raise UsageError("--vendor needs a pyproject.toml with [tool.codexwire]")
    pinned = pinned_version(config, request_of(config, None, None, None, None, None, "package"))
    new = _target(to, source)
    if pinned is None and new == DEFAULT_VERSION:
        raise UsageError(
            "no release is pinned here, so there is nothing to update from",
            hint=f'put schema = "{new}" under [tool.codexwire] in pyproject.toml',
        )
    old = pinned or DEFAULT_VERSION
    if old == new:
        typer.echo(f"already at codex {new}")
        return
    request = request_of(config, str(new), None, None, None, None, "package")
    if not is_at_hand(old):
        _pulled(old, source, kept_will_do=True)
    entry = _pulled(new, source, kept_will_do=not keep)
    rules = rules_here(left_out=no_project_rules)
    changes = _changes(old, new, rules)
    normalized, output = _planned(request, new, rules)
    for protocol, holes in output.holes:
        warn_of_holes(protocol, holes)
    pin = repinned(config, new)
    facts = [_files(output, dry_run), *_others(config), *_stale(normalized), *_open(output)]
    report = _report(old, new, facts, changes)
    if not dry_run:
        output.write()
        if pin is not None:
            pin.path.write_bytes(pin.content)
        if entry is not None and keep:
            vendor(entry, _root(config) / "schema", default_cache())
    if summary is None:
        sys.stdout.write(report)
    else:
        summary.parent.mkdir(parents=True, exist_ok=True)
        summary.write_bytes(report.encode())
        typer.echo(f"codex {old} → {new}: {_files(output, dry_run)}")
    raise typer.Exit(1 if dry_run else 0)


def _root(config: Config) -> Path:
    assert config.root is not None  # checked before anything was done
    return config.root


def _target(to: str, source: str | None) -> Version:
    if to == "all":
        raise UsageError("update goes to one release", hint="name a version, or latest")
    with progress("asking for the newest release"):
        return wanted([to], pull_options(source).registries)[0]


def _pulled(version: Version, source: str | None, *, kept_will_do: bool) -> Stored | None:
    """Have a release at hand; None when codexwire or the project keeps it and that will do."""
    if kept_will_do and vendored(version):
        return None
    with steps() as say:
        options = replace(pull_options(source), say=partial(say_of, say, str(version)))
        return pull(version, default_cache(), options).entry


def _changes(old: Version, new: Version, rules: ProjectRules) -> str:
    with progress("comparing"):
        pair = open_pair(
            str(old), str(new), channel="experimental", as_published=False, project=rules
        )
        return render("markdown", diff_report(diff(pair.old, pair.new), *pair.names))


def _planned(request: Request, version: Version, rules: ProjectRules) -> tuple[Normalized, Output]:
    try:
        from codexwire.cli.generate_output import output_of
    except ModuleNotFoundError as error:
        raise UsageError(
            f"updating needs the package {error.name}", hint="pip install 'codexwire[generate]'"
        ) from None
    with progress("generating"):
        protocol = load_version(version, channel=request.channel)
        normalized = normalize(protocol, project=rules)
        return normalized, output_of(request, [normalized])


def _files(output: Output, dry_run: bool) -> str:
    """Say what is generated."""
    return f"{'would write' if dry_run else 'wrote'} {output.summary}."


def _others(config: Config) -> list[str]:
    """Say which packages of the project are not brought along: each names a schema of its own."""
    requests = [request_of(c, None, None, None, None, None, "package") for c in config.more]
    return [f"{r.folder.as_posix()} keeps its schema, {','.join(r.schemas)}." for r in requests]


def _stale(normalized: Normalized) -> list[str]:
    """Say which rules have to be looked at: a claim about this release that does not hold."""
    return [f"Rule {stale.rule.id} {stale.reason}." for stale in normalized.stale]


def _open(output: Output) -> list[str]:
    """Say what nobody knows about this release, or the models cannot express."""
    return [f"{line}." for _, holes in output.holes for line in holes_as_text(holes)]


def _report(old: Version, new: Version, facts: list[str], changes: str) -> str:
    head = f"codexwire update: codex {old} → {new}"
    return "\n".join([head, "", *(f"- {fact}" for fact in facts), "", changes])

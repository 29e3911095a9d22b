"""`codexwire schema pull`: the schema of a published release, a binary at hand or a git revision."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli.console import steps
from codexwire.cli.project import rules_here, warn_of_holes
from codexwire.config import load_config
from codexwire.errors import CodexwireError, IngestError, UsageError
from codexwire.ingest import CHANNELS, load_version
from codexwire.ingest.cache import Cache, default_cache
from codexwire.ingest.fetch.binary import LIMITS
from codexwire.ingest.fetch.pull import Options, Pulled, pull, pull_binary, pull_git
from codexwire.ingest.fetch.registry import REGISTRIES, wanted
from codexwire.ingest.vendor import vendor
from codexwire.normalize import normalize
from codexwire.version import Version

__all__ = ["pull_options", "pull_schemas", "say_of"]

Job = Callable[[Options], Pulled]
"""One thing to pull, with the options still to come."""


@dataclass(frozen=True, slots=True)
class _Given:
    """What the command line names besides releases."""

    binary: Path | None
    place: str | None
    version: Version | None
    channel: str
    repository: Path


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
    channel: Annotated[str, typer.Option(help="The channel of --from-git.")] = "stable",
    source: Annotated[str | None, typer.Option(help=f"Only {' or '.join(REGISTRIES)}.")] = None,
    vendored: Annotated[
        bool, typer.Option("--vendor", help="Keep it in the project's schema/ folder, too.")
    ] = False,
    to: Annotated[Path | None, typer.Option(help="Keep it in this folder, too.")] = None,
    keep_binary: Annotated[
        bool, typer.Option("--keep-binary", help="Keep the binary in the cache.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Pull again what is cached.")] = False,
    timeout: Annotated[
        float, typer.Option(help="Seconds that one run of the binary may take.", min=0.1)
    ] = LIMITS.seconds,
) -> None:
    """Get the schema of releases and keep it in the cache."""
    given = _Given(binary, from_git, _version(as_version), channel, repository)
    folder = to or (_project_folder() if vendored else None)
    cache = default_cache()
    options = pull_options(source, keep_binary=keep_binary, force=force, timeout=timeout)
    failures = 0
    jobs = _jobs(versions or [], given, cache, options.registries)
    for number, (name, job) in enumerate(jobs, 1):
        counted = f"[{number}/{len(jobs)}] {name}" if len(jobs) > 1 else name
        try:
            with steps() as say:
                pulled = job(replace(options, say=partial(say_of, say, counted)))
        except CodexwireError as error:
            if len(jobs) == 1:
                raise
            typer.echo(f"codexwire: error: {name}: {error}", err=True)
            failures += 1
            continue
        typer.echo(_line(pulled))
        _say_what_is_not_known(pulled.entry.version)
        if folder is not None:
            for path in vendor(pulled.entry, folder, cache):
                typer.echo(f"  {path.as_posix()}")
    if failures:
        raise IngestError(f"{failures} of {len(jobs)} could not be pulled", hint="run it again")


def pull_options(
    source: str | None = None,
    *,
    keep_binary: bool = False,
    force: bool = False,
    timeout: float = LIMITS.seconds,
) -> Options:
    """Return the options of a pull; UsageError for a registry that is not known."""
    if source is not None and source not in REGISTRIES:
        raise UsageError(f"no source {source!r}", hint=f"one of {', '.join(REGISTRIES)}")
    return Options(
        registries=tuple(REGISTRIES) if source is None else (source,),
        limits=replace(LIMITS, seconds=timeout),
        keep_binary=keep_binary,
        force=force,
    )


def _jobs(
    names: list[str], given: _Given, cache: Cache, registries: tuple[str, ...]
) -> list[tuple[str, Job]]:
    if given.channel not in CHANNELS:
        raise UsageError(f"no channel {given.channel!r}", hint=f"one of {', '.join(CHANNELS)}")
    if sum(map(bool, (names, given.binary, given.place))) != 1:
        raise UsageError("name versions, --binary or --from-git, and one of them only")
    if given.binary is not None:
        binary, version = given.binary, given.version
        return [(binary.name, lambda options: pull_binary(binary, version, cache, options))]
    if given.place is not None:
        return [(given.place, partial(_pull_git, given, given.place, cache))]
    if given.version is not None:
        raise UsageError("--as goes with --binary or --from-git")
    return [(str(v), partial(pull, v, cache)) for v in wanted(names, registries)]


def _pull_git(given: _Given, place: str, cache: Cache, options: Options) -> Pulled:
    repository = given.repository
    return pull_git(place, given.version, given.channel, cache, options, repository=repository)


def say_of(say: Callable[[str], None], name: str, step: str) -> None:
    """Say a step of one job."""
    say(f"{name}: {step}")


def _version(text: str | None) -> Version | None:
    if text is None:
        return None
    try:
        return Version.parse(text)
    except ValueError:
        raise UsageError(f"{text!r} is no version", hint="a version reads like 0.163.0") from None


def _project_folder() -> Path:
    root = load_config(Path.cwd()).root
    if root is None:
        raise UsageError(
            "--vendor needs a pyproject.toml with [tool.codexwire]",
            hint="or name a folder with --to",
        )
    return root / "schema"


def _say_what_is_not_known(version: Version) -> None:
    """Warn of what codexwire does not know about a release; it is kept all the same."""
    warn_of_holes(normalize(load_version(version), project=rules_here()).protocol)


def _line(pulled: Pulled) -> str:
    table = pulled.entry.provenance
    channels = ", ".join(
        f"{channel} {facts['methods']} methods" for channel, facts in table["channel"].items()
    )
    origin = table.get("package") or table["origin"]
    verb = f"pulled from {origin}" if pulled.fresh else "already cached"
    return f"{table['version']}: {verb}: {channels}"

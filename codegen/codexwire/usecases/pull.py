"""The schemas of releases, of a binary or of a git revision, into the cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from codexwire.errors import CodexwireError, UsageError, one_of
from codexwire.ingest import CHANNELS, load_version
from codexwire.ingest.cache import Cache, default_cache
from codexwire.ingest.fetch.binary import LIMITS
from codexwire.ingest.fetch.pull import Pulled, PullOptions, pull, pull_binary, pull_git
from codexwire.ingest.fetch.registry import REGISTRIES, wanted
from codexwire.ingest.vendor import vendor
from codexwire.normalize import normalize
from codexwire.profiles.table import PROFILES
from codexwire.usecases.notices import Notice, holes_of
from codexwire.usecases.project import rules_of
from codexwire.version import Version

__all__ = ["Job", "PullOutcome", "PullSources", "jobs_of", "outcome_of", "pull_options"]

Job = Callable[[PullOptions], Pulled]
"""One thing to pull, with the options still to come."""


@dataclass(frozen=True, slots=True)
class PullSources:
    """What to pull: releases by name (`latest`, `all`), or else a binary or a place in a git repository.

    `version` is how the latter two are called, `channel` the one of the git place.
    """

    names: Sequence[str] = ()
    binary: Path | None = None
    place: str | None = None
    version: Version | None = None
    channel: str = "stable"
    repository: Path = Path()


@dataclass(frozen=True, slots=True)
class PullOutcome:
    """How one job ended: what was pulled, what of it was written elsewhere, or why it was not pulled."""

    name: str
    pulled: Pulled | None = None
    error: CodexwireError | None = None
    written: tuple[Path, ...] = ()
    notices: tuple[Notice, ...] = ()


def pull_options(
    source: str | None = None,
    *,
    keep_binary: bool = False,
    force: bool = False,
    timeout: float = LIMITS.seconds,
) -> PullOptions:
    """Return the options of a pull; UsageError for a registry that is not known."""
    return PullOptions(
        registries=(
            tuple(REGISTRIES) if source is None else (one_of("source", source, REGISTRIES),)
        ),
        limits=replace(LIMITS, seconds=timeout),
        keep_binary=keep_binary,
        force=force,
    )


def jobs_of(sources: PullSources, registries: tuple[str, ...]) -> list[tuple[str, Job]]:
    """Return what is to be done, each with its name; UsageError for sources that do not go together."""
    cache, binary, place = default_cache(), sources.binary, sources.place
    one_of("channel", sources.channel, CHANNELS)
    if sum(map(bool, (sources.names, binary, place))) != 1:
        raise UsageError("name versions, --binary or --from-git, and one of them only")
    if binary is not None:
        return [(binary.name, lambda options: pull_binary(binary, sources.version, cache, options))]
    if place is not None:
        return [(place, partial(_pull_git, sources, place, cache))]
    if sources.version is not None:
        raise UsageError("--as goes with --binary or --from-git")
    return [(str(v), partial(pull, v, cache)) for v in wanted([*sources.names], registries)]


def _pull_git(sources: PullSources, place: str, cache: Cache, options: PullOptions) -> Pulled:
    version, channel, repository = sources.version, sources.channel, sources.repository
    return pull_git(place, version, channel, cache, options, repository=repository)


def outcome_of(
    name: str,
    job: Job,
    options: PullOptions,
    *,
    folder: Path | None = None,
    project: Path | None = None,
) -> PullOutcome:
    """Do a job and return how it ended.

    What was pulled is kept in a `folder`, too. What is not known about it is told as the rules of the
    project of a folder `project` leave it.
    """
    try:
        pulled = job(options)
    except CodexwireError as error:
        return PullOutcome(name, error=error)
    protocol = load_version(pulled.entry.version)
    unknown = holes_of(normalize(protocol, project=rules_of(project)).protocol)
    written = vendor(pulled.entry, folder, default_cache()) if folder is not None else ()
    notices = (*unknown, *_without_lines(pulled))
    return PullOutcome(name, pulled, written=tuple(written), notices=notices)


def _without_lines(pulled: Pulled) -> Iterator[Notice]:
    """Yield a note for each schema of lines that this binary is too old to write."""
    asked = pulled.fresh and "binary" in pulled.entry.provenance
    for profile in PROFILES if asked else ():
        if profile.root and profile.bundle.command and not pulled.entry.schemas_of(profile):
            since = f"releases from {profile.bundle.since} on do"
            yield Notice(
                "note", f"{pulled.entry.version} writes no {profile.bundle.file} ({since})"
            )

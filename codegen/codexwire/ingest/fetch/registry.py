"""Which registries there are, which releases they have, and who has a given one."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from codexwire.errors import IngestError
from codexwire.ingest.fetch import npm, pypi
from codexwire.ingest.fetch.client import AbsentError, Package
from codexwire.ingest.fetch.process import Watch
from codexwire.version import Version

__all__ = ["FIRST", "REGISTRIES", "Registry", "fetch", "releases", "wanted"]

FIRST = Version.parse("0.58.0")
"""The first stable release with `app-server generate-json-schema`."""


@dataclass(frozen=True, slots=True)
class Registry:
    """A package registry by way of its client; both functions get a folder for temporary files."""

    fetch: Callable[[Version, Path, Watch | None], Package]
    versions: Callable[[Path], frozenset[Version]]


REGISTRIES: Mapping[str, Registry] = {
    "pypi": Registry(pypi.fetch, pypi.versions),
    "npm": Registry(npm.fetch, npm.versions),
}
"""Name → registry, in the order in which they are asked for a release."""


def fetch(
    version: Version, folder: Path, *, names: tuple[str, ...], watch: Watch | None = None
) -> tuple[str, Package]:
    """Return the first of the named registries that has a release, and the package.

    A registry that fails in any other way than not having it stops the search only when no later
    one has it. Raises IngestError.
    """
    failures: list[IngestError] = []
    for name in names:
        own = folder / name
        own.mkdir()
        try:
            return name, REGISTRIES[name].fetch(version, own, watch)
        except IngestError as error:
            failures.append(error)
    broken = [failure for failure in failures if not isinstance(failure, AbsentError)]
    if broken:
        raise broken[0]
    raise IngestError(
        f"no release {version}: {'; '.join(str(failure) for failure in failures)}",
        hint="`codexwire schema pull latest` takes the newest",
    )


def releases(names: tuple[str, ...]) -> tuple[Version, ...]:
    """Return the stable releases with a schema that any of the named registries lists, oldest first.

    Raises IngestError when none of them answers.
    """
    found: set[Version] = set()
    failures: list[IngestError] = []
    with TemporaryDirectory(prefix="codexwire-") as folder:
        for name in names:
            try:
                found |= REGISTRIES[name].versions(Path(folder))
            except IngestError as error:
                failures.append(error)
    if not found:
        raise IngestError(f"no registry lists releases: {'; '.join(map(str, failures))}")
    return tuple(sorted(v for v in found if not v.pre and v >= FIRST))


def wanted(names: list[str], registries: tuple[str, ...]) -> tuple[Version, ...]:
    """Return the versions that a command line names: versions, `latest` or `all`.

    Raises UsageError for any other word, IngestError when a registry has to be asked and fails.
    """
    chosen: list[Version] = []
    for name in names:
        if name in ("latest", "all"):
            listed = releases(registries)
            chosen += listed[-1:] if name == "latest" else listed
            continue
        chosen.append(Version.named(name, otherwise="; or latest, or all"))
    return tuple(dict.fromkeys(chosen))

"""All releases that are available, in order: what history and compat go over."""

from __future__ import annotations

import warnings
from collections.abc import Callable

from codexwire.errors import CodexwireError, CodexwireWarning, one_of
from codexwire.ingest import load_version
from codexwire.ingest.archive import archive
from codexwire.ingest.available import newer_than_archive
from codexwire.ir.model import Method, Protocol
from codexwire.model.profile import Profile
from codexwire.normalize import ProjectRules
from codexwire.normalize.project import NONE
from codexwire.profiles.table import DEFAULT, PROFILES
from codexwire.usecases.comparable import COMPARED, mended
from codexwire.usecases.normalized import normalized
from codexwire.version import Version

__all__ = [
    "PROTOCOLS",
    "comparable",
    "mended_releases",
    "profile_called",
    "published_releases",
    "since_in",
]


PROTOCOLS = tuple(profile.source for profile in PROFILES)
"""What `--protocol` takes."""


def profile_called(name: str) -> Profile:
    """Return the profile that `--protocol` names; UsageError when there is no such protocol."""
    return PROFILES[PROTOCOLS.index(one_of("protocol", name, PROTOCOLS))]


def comparable(version: Version, project: ProjectRules = NONE) -> Protocol:
    """Return an available release, ready to be compared; UsageError when it is not available."""
    return normalized(str(version), compared=COMPARED, project=project).protocol


def published_releases(profile: Profile = DEFAULT) -> tuple[Protocol, ...]:
    """Return every available release as it was published, oldest first."""
    kept = archive(profile)
    archived = (kept.protocol(version) for version in kept.versions)
    return (*(p for p in archived if p is not None), *(p for p, _ in _newer(profile)))


def mended_releases(profile: Profile = DEFAULT) -> tuple[Protocol, ...]:
    """Return every available release as the rules mend it, oldest first.

    Legacy events are methods, too. One that cannot be read is left out, with a warning.
    """
    kept = archive(profile)
    archived = (kept.protocol(version, mended=True) for version in kept.versions)
    return (*(p for p in archived if p is not None), *(m for _, m in _newer(profile)))


def _newer(profile: Profile) -> tuple[tuple[Protocol, Protocol], ...]:
    found = []
    for version in newer_than_archive(profile):
        try:
            published = load_version(version, profile=profile)
            found.append((published, mended(published)))
        except CodexwireError as error:
            warnings.warn(f"{version} is left out: {error}", CodexwireWarning, stacklevel=2)
    return tuple(found)


def since_in(
    version: Version, profile: Profile = DEFAULT
) -> Callable[[str | Method], Version | None]:
    """Return what tells since when a type or a method of a release is there without a break.

    It returns None for what the release does not have.
    """
    newer = [p for _, p in reversed(_newer(profile)) if p.version and p.version <= version]
    kept = archive(profile)
    archived = max((v for v in kept.versions if v <= version), default=version)

    def since(what: str | Method) -> Version | None:
        first = None
        for protocol in newer:
            if not _has(protocol, what):
                return first
            first = protocol.version
        kind, label = ("types", what) if isinstance(what, str) else ("methods", what.label)
        return kept.since(kind, label, archived) or first

    return since


def _has(protocol: Protocol, what: str | Method) -> bool:
    if isinstance(what, str):
        return what in protocol.types
    return protocol.method(what.name, what.sender, what.kind) is not None

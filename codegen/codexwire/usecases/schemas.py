"""Which schemas are available, as rows of plain values."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codexwire.ingest import load_version
from codexwire.ingest.available import AvailableSchema, kept_schemas, known_schemas
from codexwire.ingest.described import described_versions, load_described
from codexwire.ingest.embedded import published
from codexwire.model.profile import Profile
from codexwire.profiles.table import DEFAULT
from codexwire.usecases.releases import profile_called
from codexwire.version import Version

__all__ = ["schemas"]


def schemas(protocol: str = DEFAULT.source, *, archived: bool = False) -> list[dict[str, Any]]:
    """Return a row for each available schema: embedded, vendored in the project, cached, and `archived`.

    UsageError for a protocol that there is not.
    """
    profile = profile_called(protocol)
    if profile.described:
        return [_described_row(profile, version) for version in described_versions(profile)]
    found = known_schemas(profile) if archived else kept_schemas(profile)
    return [_row(kept, profile) for kept in found]


def _row(kept: AvailableSchema, profile: Profile) -> dict[str, Any]:
    release = kept.release
    facts = {**_facts_of(release.digest), **release.provenance}
    if profile.root:
        found = load_version(release.version, profile=profile)
        facts |= {"methods": len(found.methods), "types": len(found.types)}
    return {
        "release": str(release.version),
        "channel": release.channel,
        "place": kept.place,
        "methods": facts.get("methods"),
        "types": facts.get("types"),
        "sha256": release.sha256 or None,
        "digest": release.digest,
        "package": facts.get("package"),
    }


def _described_row(profile: Profile, version: Version) -> dict[str, Any]:
    protocol = load_described(profile, version)
    return {
        "release": str(version),
        "channel": profile.source,
        "place": "embedded",
        "methods": len(protocol.methods),
        "types": len(protocol.types),
        "sha256": None,
        "digest": protocol.sources[0].digest,
        "package": None,
    }


def _facts_of(digest: str) -> Mapping[str, Any]:
    """Return what is known of a published schema: its counts and its package."""
    return next((r.provenance for r in published() if r.digest == digest), {})

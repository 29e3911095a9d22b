"""A protocol whose schema no binary writes and codexwire describes: one document, pruned to one release.

The document is JSON Schema with the releases written beside the shapes (`codexwire.ir.pruned`).
`x-versions` are the releases that were looked at; `0.0.0` is an older description of the protocol.
"""

from __future__ import annotations

from typing import Any

from codexwire.direction import Stability
from codexwire.errors import UsageError
from codexwire.ingest.build import build_protocol
from codexwire.ingest.document import Document
from codexwire.ingest.read import read_document
from codexwire.ir.canonical import digest
from codexwire.ir.model import Protocol, Source
from codexwire.ir.pruned import definitions_of
from codexwire.model.profile import Profile
from codexwire.profiles.table import of_source
from codexwire.resources import schema_root
from codexwire.version import Version

__all__ = ["described_versions", "is_described", "load_described"]

_OLDER = Version.parse("0.0.0")


def is_described(source: str) -> bool:
    """Whether a schema source names such a protocol, with a release behind `@` or without."""
    profile = of_source(source)
    return profile is not None and bool(profile.described)


def _document(profile: Profile) -> tuple[str, dict[str, Any]]:
    path = schema_root().joinpath(*profile.described)
    return "/".join(profile.described), read_document(path)


def described_versions(profile: Profile) -> tuple[Version, ...]:
    """Return the releases whose server was recorded or probed, oldest first."""
    return tuple(Version.parse(v) for v in _document(profile)[1]["x-versions"])


def load_described(profile: Profile, version: Version | None = None) -> Protocol:
    """Return the protocol of a release (default: the newest recorded one).

    A release between two recorded ones has what the older of the two had. Raises UsageError for one
    from before the first recording.
    """
    origin, value = _document(profile)
    known = [Version.parse(v) for v in value["x-versions"]]
    version = version or known[-1]
    first = next(v for v in known if v != _OLDER)
    if version < first and version not in known:
        raise UsageError(
            f"no {profile.source} protocol is known of {version}",
            hint=f"the first known is {first}",
        )
    types = definitions_of(value, version)
    document = Document(origin, types, {name: f"/definitions/{name}" for name in types})
    return build_protocol(
        document,
        {name: (node, Stability.STABLE) for name, node in types.items()},
        version=version,
        sources=(Source(profile.source, digest(types)),),
        profile=profile,
    )

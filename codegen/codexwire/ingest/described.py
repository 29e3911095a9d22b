"""A protocol whose schema no binary writes and codexwire describes: one document, pruned to one release.

The document is JSON Schema with the releases written beside the shapes:
`x-since` and `x-until` (both included) on types, properties and union branches, `x-enum-since` for
single enum values, and `x-switch` where one shape replaces another. `x-versions` are the releases that
were looked at; `0.0.0` is an older description of the protocol.
"""

from __future__ import annotations

from typing import Any

from codexwire.direction import Stability
from codexwire.errors import UsageError
from codexwire.ingest.build import build_protocol
from codexwire.ingest.document import Document
from codexwire.ingest.read import read_document
from codexwire.ir.canonical import digest
from codexwire.ir.model import Protocol, Schema, Source
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
    types = {
        name: _prune(node, version)
        for name, node in value["definitions"].items()
        if _has(node, version)
    }
    document = Document(origin, types, {name: f"/definitions/{name}" for name in types})
    return build_protocol(
        document,
        {name: (node, Stability.STABLE) for name, node in types.items()},
        version=version,
        sources=(Source(profile.source, digest(types)),),
        profile=profile,
    )


def _has(node: Any, version: Version) -> bool:
    if not isinstance(node, dict):
        return True
    since, until = node.get("x-since"), node.get("x-until")
    return not (
        (since is not None and version < Version.parse(since))
        or (until is not None and Version.parse(until) < version)
    )


def _prune(node: Schema, version: Version) -> Schema:
    """Return the node without what `version` does not have, and without the version marks."""
    if not isinstance(node, dict):
        return node
    if "x-switch" in node:
        cases = [c for c in node["x-switch"] if _begun(c, version)]
        chosen = cases[-1]["schema"]
        return _prune(chosen, version)
    out = {k: v for k, v in node.items() if k not in ("x-since", "x-until", "x-enum-since")}
    for keyword in ("oneOf", "anyOf", "allOf"):
        if keyword in out:
            out[keyword] = [_prune(b, version) for b in out[keyword] if _has(b, version)]
    if isinstance(out.get("items"), dict):
        out["items"] = _prune(out["items"], version)
    if isinstance(out.get("additionalProperties"), dict):
        out["additionalProperties"] = _prune(out["additionalProperties"], version)
    if "properties" in out:
        out["properties"] = {
            key: _prune(sub, version)
            for key, sub in out["properties"].items()
            if _has(sub, version)
        }
        required = [key for key in out.get("required", ()) if key in out["properties"]]
        out.pop("required", None)
        if required:
            out["required"] = required
    later = node.get("x-enum-since", {})
    if later:
        out["enum"] = [
            v for v in out["enum"] if v not in later or Version.parse(later[v]) <= version
        ]
    return out


def _begun(case: dict[str, Any], version: Version) -> bool:
    """Whether a case of an `x-switch` (oldest first) has come by `version`."""
    return "since" not in case or Version.parse(case["since"]) <= version

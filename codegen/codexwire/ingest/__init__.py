"""Any schema source becomes an `ir.Protocol`.

`load(source)` takes a version (`"0.163.0"`; what is available is told in `codexwire.ingest.available`), a
bundle file (full or flat, gzipped or not), a folder of per-type files, a folder with `stable.json` and
`experimental.json`, `-` for standard input, or the name of another protocol (`exec-server`,
`rollout@0.163.0`).
References may still dangle in what it returns (`codexwire.ir.dangling` tells): some releases publish such
schemas, and normalization mends those it knows.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from pathlib import Path

from codexwire.direction import Stability
from codexwire.errors import CodexwireWarning, UsageError, one_of
from codexwire.ingest.archive import archive, archive_path
from codexwire.ingest.available import (
    available_in_words,
    available_versions,
    bundles_of,
    nearest_available,
)
from codexwire.ingest.build import build_protocol
from codexwire.ingest.channel import archived_document, stable_part
from codexwire.ingest.described import load_described
from codexwire.ingest.document import Document, open_document
from codexwire.ingest.embedded import CHANNELS, DEFAULT_VERSION, identify
from codexwire.ingest.flat import complete
from codexwire.ingest.merge import merge_types
from codexwire.ingest.observed import observed_file, observed_of
from codexwire.ir.hole import Hole, HoleKind
from codexwire.ir.model import ObservedServer, Protocol, Source
from codexwire.model.profile import Profile
from codexwire.profiles.table import DEFAULT, of_source
from codexwire.version import Version

__all__ = ["CHANNELS", "DEFAULT_VERSION", "files_of", "load", "load_files", "load_version"]


def load(
    source: str | Path,
    *,
    channel: str = "experimental",
    version: Version | None = None,
    exact: bool = False,
    profile: Profile = DEFAULT,
) -> Protocol:
    """Return the protocol of a version or path.

    `channel` chooses between the two schemas of a version (`experimental` holds both, marked; it
    falls back to stable for a release that has no other). `version` names the release of a path
    whose content the index does not know. For a release that is not available, the nearest one is
    taken, with a `CodexwireWarning`; `exact` makes that an error. `profile` is that of a path's schema.
    Raises UsageError or IngestError.
    """
    one_of("channel", channel, CHANNELS)
    if source == "":
        raise UsageError("an empty name is no schema", hint="is a variable not set?")
    if isinstance(source, str) and (found := _of_name(source, channel, exact)) is not None:
        return found
    files = {c: Path(source, f"{c}.json") for c in CHANNELS if Path(source, f"{c}.json").is_file()}
    if files:
        return _load_channels(files, channel, version, profile)
    document = open_document(source, profile)
    if document.profile.root:
        return _of_lines(document, version)
    return _of_document(document, channel, version, profile)


def _of_name(source: str, channel: str, exact: bool) -> Protocol | None:
    """Return what a text names: a release, or a protocol and its release; None for a path."""
    kind = of_source(source)
    if kind is not None and kind is not DEFAULT:
        wanted = source.partition("@")[2]
        return _of_kind(kind, Version.named(wanted) if wanted else None, exact)
    if (named := Version.read(source)) is not None:
        return load_version(named if exact else nearest_available(named), channel=channel)
    if source != "-" and not Path(source).exists():
        raise UsageError(
            f"{source!r} is neither a version nor an existing file or folder",
            hint="a version reads like 0.163.0",
        )
    return None


def _of_document(
    document: Document, channel: str, version: Version | None, profile: Profile
) -> Protocol:
    """Return the protocol of one document; its digest tells the release."""
    if document.complete:
        known = identify(document.digest)
        release, found = (known.version, known.channel) if known else (None, "unknown")
    else:
        document, release, found = complete(document)
    if release is not None and version in (None, release):
        return _known(document, release, found, channel)
    protocol = load_files({"unknown": document}, version=version, profile=profile)
    if not document.complete:
        warnings.warn(
            f"{document.origin} is a flat bundle of no available release: it has no server requests,"
            " no client notifications and not all responses (the full bundle has them)",
            CodexwireWarning,
            stacklevel=3,
        )
    return protocol


def files_of(source: str) -> tuple[Profile, tuple[Path, ...]] | None:
    """Return the protocol of a release that a source names, and the files that `load` reads for it.

    None for a source that names no release: a path, or a protocol alone.
    """
    word, _, wanted = source.rpartition("@")
    profile, version = of_source(word) if word else DEFAULT, Version.read(wanted)
    if profile is None or version is None or profile.described or (word and profile is DEFAULT):
        return None
    bundles = bundles_of(version, profile)
    observed = observed_file(version) if profile is DEFAULT else None
    beside = () if observed is None else (observed,)
    return profile, (*(bundles.values() or (archive_path(profile),)), *beside)


def _of_kind(profile: Profile, version: Version | None, exact: bool) -> Protocol:
    """Return a release (default: the newest available) of a protocol that its source names."""
    if profile.described:
        return load_described(profile, version)
    version = version or available_versions(profile)[-1]
    return load_version(version if exact else nearest_available(version, profile), profile=profile)


def _of_lines(document: Document, version: Version | None) -> Protocol:
    release = version or archive(document.profile).version_of(document.digest)
    channel = document.profile.source
    return load_files({channel: document}, version=release, profile=document.profile)


def load_version(
    version: Version, *, channel: str = "experimental", profile: Profile = DEFAULT
) -> Protocol:
    """Return the protocol of a release that is available; UsageError for any other."""
    files = bundles_of(version, profile)
    if files:
        documents = {c: open_document(path, profile) for c, path in files.items()}
        return _with_observed(
            load_files(documents, version=version, channel=channel, profile=profile)
        )
    found = archive(profile).protocol(version)
    if found is None:
        raise UsageError(
            f"schema version {version} is not available",
            hint=f"`codexwire schema pull {version}` gets it; available: {available_in_words(profile)}",
        )
    return _with_observed((stable_part(found) or found) if channel == "stable" else found)


def _with_observed(protocol: Protocol) -> Protocol:
    """Return the protocol of a release with what its server was seen to do."""
    if protocol.version is None or protocol.layout is not DEFAULT:
        return protocol
    seen = observed_of(protocol.version)
    return (
        protocol
        if seen is None
        else replace(protocol, observed=ObservedServer(seen.responses, seen.gates))
    )


def _load_channels(
    files: dict[str, Path], channel: str, version: Version | None, profile: Profile
) -> Protocol:
    """Load a folder that keeps a release's two schemas by channel, as `schema pull --to` writes it.

    Such a folder is called after its release; patch releases often publish what their predecessor did.
    """
    documents = {c: open_document(path, profile) for c, path in files.items()}
    if version is None:
        folder = next(iter(files.values())).parent.resolve()
        known = next((r for d in documents.values() if (r := identify(d.digest))), None)
        version = Version.read(folder.name) or (known.version if known else None)
    return load_files(documents, version=version, channel=channel, profile=profile)


def load_files(
    documents: dict[str, Document],
    *,
    version: Version | None = None,
    channel: str = "experimental",
    profile: Profile = DEFAULT,
) -> Protocol:
    """Return the protocol of a release's documents, given by channel (or one under `unknown`).

    Where the two contradict each other the experimental one counts, and there is a hole.
    """
    sources = tuple(Source(c, documents[c].digest, documents[c].origin) for c in sorted(documents))
    stable, experimental = documents.get("stable"), documents.get("experimental")
    if channel == "stable" and stable is not None:
        experimental = None
        sources = tuple(s for s in sources if s.channel == "stable")
    if stable is not None and experimental is not None:
        merged, clashes = merge_types(stable.types, experimental.types)
        protocol = build_protocol(
            experimental, merged, version=version, sources=sources, profile=profile
        )
        return replace(protocol, holes=(*protocol.holes, *map(_contradiction, clashes)))
    document = next(iter(documents.values())) if stable is None else stable
    stability = Stability.STABLE if stable is not None else Stability.UNKNOWN
    types = {name: (node, stability) for name, node in document.types.items()}
    return build_protocol(document, types, version=version, sources=sources, profile=profile)


def _contradiction(place: str) -> Hole:
    text = (
        "the stable and the experimental schema contradict each other: the experimental one counts"
    )
    return Hole(HoleKind.CHANNEL, place, place.partition("#")[0], text)


def _known(document: Document, version: Version, found: str, channel: str) -> Protocol:
    """Load a document of a known release; an experimental one together with its stable counterpart."""
    documents = {found: document}
    if found == "experimental":
        path = bundles_of(version).get("stable")
        stable = open_document(path) if path else archived_document(version, "stable")
        documents = {found: document, "stable": stable} if stable else {"unknown": document}
    return _with_observed(load_files(documents, version=version, channel=channel))

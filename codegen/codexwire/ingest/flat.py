"""What a flat v2 bundle leaves out: server requests, client notifications, envelopes, some responses.

The flat bundle of a release is part of its full one. The release is found by content, in the archive
and among the available bundles. Where none has this content, what is missing stays missing: with parts of
another release it would be a protocol that no server speaks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from codexwire.direction import Stability
from codexwire.errors import CodexwireError
from codexwire.ingest.archive import archive
from codexwire.ingest.available import beside_archive, bundles_of
from codexwire.ingest.channel import archived_document
from codexwire.ingest.document import Document, open_document
from codexwire.ingest.embedded import CHANNELS
from codexwire.ir.canonical import bare
from codexwire.ir.model import Protocol, Schema, full_name
from codexwire.ir.walk import transform
from codexwire.profiles.table import DEFAULT
from codexwire.version import Version

__all__ = ["complete"]

_SPACES = DEFAULT.namespaces  # the archive, and so the full bundles, are of this protocol


def complete(document: Document) -> tuple[Document, Version | None, str]:
    """Return a flat document with what its release's full bundle has beside it, the release, its channel.

    A document of no available release comes back as it is.
    """
    content = {_bare(name): _content(node) for name, node in document.types.items()}
    for version, channel, full in _candidates(document):
        if all(_content(_of(full, name)) == node for name, node in content.items()):
            return _described(full, document), version, channel
    return document, None, "unknown"


def _described(full: Document, flat: Document) -> Document:
    """Return the full document, with the descriptions of the flat one."""
    told = {
        name: node
        for name, node in flat.types.items()
        if bare(full.types.get(name, False)) == bare(node)
    }
    return replace(full, origin=flat.origin, types={**full.types, **told})


def _bare(name: str) -> str:
    return _SPACES.bare(name)


def _of(full: Document, name: str) -> Schema:
    """Return the type that a flat bundle has under a name: the newest where both namespaces have one."""
    return full.types.get(_SPACES.full(_SPACES.newest, name), full.types.get(name, False))


def _content(node: Schema) -> Schema:
    """Return a node without descriptions, its references without their namespace."""

    def plain(_: object, sub: Schema) -> Schema:
        if isinstance(sub, dict) and isinstance(sub.get("$ref"), str):
            sub = {**sub, "$ref": _bare(full_name(sub["$ref"]))}
        return sub

    return transform(bare(node), plain)


def _candidates(flat: Document) -> Iterator[tuple[Version, str, Document]]:
    """Yield the schemas that it may be a part of, the oldest release first."""
    for version in archive().versions:
        protocol = archive().protocol(version)
        assert protocol is not None
        for channel in CHANNELS:
            if _may_be_part(flat, protocol, channel):
                full = _bundle(version, channel) or archived_document(version, channel)
                if full is not None:
                    yield version, channel, full
    for version in beside_archive():
        for channel in CHANNELS:
            full = _bundle(version, channel)
            if full is not None:
                yield version, channel, full


def _may_be_part(flat: Document, protocol: Protocol, channel: str) -> bool:
    """Whether a release has this schema, with the names of the flat one and no other v2 type."""
    left_out = () if channel == "experimental" else (Stability.EXPERIMENTAL,)
    types = [t for t in protocol.types.values() if t.stability not in left_out]
    names = {_bare(name) for name in flat.types} - {u.union for u in DEFAULT.unions}
    full = {t.name for t in types}
    return (
        channel in {s.channel for s in protocol.sources}
        and names <= {_bare(name) for name in full}
        and names >= {_bare(name) for name in full if _SPACES.of(name) == _SPACES.newest}
    )


def _bundle(version: Version, channel: str) -> Document | None:
    """Return an available bundle; None for one that is not there or cannot be used."""
    try:
        path = bundles_of(version).get(channel)
        return open_document(path) if path is not None else None
    except CodexwireError:
        return None

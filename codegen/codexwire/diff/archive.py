"""Many releases in one small file: every distinct schema once, descriptions left out.

The file is gzipped JSON: `schemas` are the distinct nodes; a release names its types, methods and
envelopes by their index. `breaks` holds for pairs of releases how many breaks each skew has.
"""

from __future__ import annotations

import gzip
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any

from codexwire.direction import Namespace, Stability
from codexwire.errors import IngestError
from codexwire.ir.canonical import canonical_json
from codexwire.ir.model import UNIONS, Method, Protocol, Schema, Source, TypeDef
from codexwire.ir.walk import transform
from codexwire.location import Location
from codexwire.version import Version
from codexwire.wire import decode

__all__ = ["Archive", "pack", "read_archive", "same_content", "write_archive"]

_TABLES = {(u.sender, u.kind): index for index, u in enumerate(UNIONS)}


@dataclass(frozen=True, slots=True)
class Archive:
    """The releases of one protocol, oldest first.

    `breaks` maps (older, newer) to the numbers of breaks and of conditional breaks, for an old client
    on a new server and then for a new client on an old server.
    """

    table: Mapping[str, Any]
    breaks: Mapping[tuple[Version, Version], tuple[int, int, int, int]] = field(
        default_factory=dict
    )

    @property
    def versions(self) -> tuple[Version, ...]:
        """The releases that are in it, oldest first."""
        return tuple(sorted(Version.parse(v) for v in self.table["releases"]))

    def protocol(self, version: Version) -> Protocol | None:
        """Return a release as it was published, without descriptions; None when it is not here."""
        release = self.table["releases"].get(str(version))
        if release is None:
            return None
        schemas: list[Schema] = self.table["schemas"]
        types = {
            name: TypeDef(name, schemas[index], Stability(stability))
            for name, (index, stability) in release["types"].items()
        }
        methods = tuple(
            Method(
                name,
                UNIONS[table].sender,
                UNIONS[table].kind,
                _branch(schemas[index]),
                Stability(stability),
                Namespace(namespace),
            )
            for name, table, index, stability, namespace in release["methods"]
        )
        envelope = {
            union: MappingProxyType({n: schemas[i] for n, i in properties.items()})
            for union, properties in release["envelope"].items()
        }
        return Protocol(
            self.table["protocol"],
            version,
            tuple(Source(channel, digest) for channel, digest in release["sources"]),
            MappingProxyType(types),
            methods,
            MappingProxyType(envelope),
        )


def _branch(schema: Schema) -> dict[str, Any]:
    assert isinstance(schema, dict)
    return schema


def pack(protocols: Iterable[Protocol]) -> dict[str, Any]:
    """Return the table of an archive of releases of one protocol, read as published."""
    known: dict[str, int] = {}
    schemas: list[Schema] = []

    def index(schema: Schema) -> int:
        bare = transform(schema, lambda _, node: _undescribed(node))
        text = canonical_json(bare)
        if text not in known:
            known[text] = len(schemas)
            schemas.append(bare)
        return known[text]

    ordered = sorted(protocols, key=lambda p: (p.version is not None, p.version))
    releases = {str(p.version): _release(p, index) for p in ordered}
    return {
        "version": 1,
        "protocol": ordered[0].name,
        "schemas": schemas,
        "releases": releases,
        "breaks": {},
    }


def _release(protocol: Protocol, index: Any) -> dict[str, Any]:
    return {
        "sources": [[s.channel, s.digest] for s in protocol.sources],
        "types": {
            name: [index(t.schema), t.stability.value] for name, t in sorted(protocol.types.items())
        },
        "methods": [
            [
                m.name,
                _TABLES[m.sender, m.kind],
                index(m.branch),
                m.stability.value,
                m.namespace.value,
            ]
            for m in protocol.methods
        ],
        "envelope": {
            union: {name: index(node) for name, node in sorted(properties.items())}
            for union, properties in sorted(protocol.envelope.items())
        },
    }


def _undescribed(node: Schema) -> Schema:
    if isinstance(node, dict) and "description" in node and isinstance(node["description"], str):
        return {k: v for k, v in node.items() if k != "description"}
    return node


def write_archive(archive: Archive) -> bytes:
    """Return the content of an archive file; equal archives give equal bytes."""
    breaks = {f"{old} {new}": list(counts) for (old, new), counts in archive.breaks.items()}
    text = canonical_json({**archive.table, "breaks": breaks})
    return gzip.compress(text.encode(), 9, mtime=0)


def same_content(path: Path, archive: Archive) -> bool:
    """Whether a file holds this archive, however it was compressed."""
    try:
        return gzip.decompress(path.read_bytes()) == gzip.decompress(write_archive(archive))
    except (OSError, EOFError, zlib.error):
        return False


def read_archive(path: Path) -> Archive:
    """Return the archive in a file; IngestError when it is none."""
    try:
        table, broken = decode(gzip.decompress(path.read_bytes()))
        if broken is not None:
            raise ValueError(broken.message)
        breaks = {
            (Version.parse(old), Version.parse(new)): tuple(counts)
            for pair, counts in table["breaks"].items()
            for old, new in [pair.split()]
        }
    except OSError as error:
        raise IngestError(
            f"cannot read the index of releases: {error.strerror or error}",
            location=Location(str(path)),
            hint="write it with `codexwire schema index`",
        ) from None
    except (ValueError, KeyError, EOFError, zlib.error) as error:
        raise IngestError(
            f"not an index of releases: {error}", location=Location(str(path))
        ) from None
    return Archive(table, breaks)

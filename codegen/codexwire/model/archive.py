"""All releases in one small file: every distinct schema once, and a timeline for every name.

The file is gzipped. Its first line is a JSON object; every further line is a schema (that of the
app-server without descriptions), so that one release is read without the others. A timeline is a list of
`[position, schema, …]`, each of which holds from that release on until the next one; `[position]` alone
says that the name is gone. `published` is what the binaries wrote, the stable and the experimental schema
merged; `mended` has the timelines that the normalization rules change, so that nobody has to normalize
a hundred releases to know since when something is there.

    {"version": 2, "protocol": "codex-app-server",
     "releases": [["0.58.0", [["stable", "a8ee…"]]], …],
     "published": {"types": {"v2/Thread": [[0, 12, "stable"], [7, 30, "stable"]]},
                   "methods": {"client request turn/start": [[0, 5, "stable", "v2"]]},
                   "envelope": {"ServerNotification emittedAtMs": [[62, 9]]}},
     "mended": {"types": {…}, "envelope": {…}, "methods": {"client request turn/start":
                    [[0, 5, "stable", "v2", "v2/TurnStartResponse", "params", true]]}},
     "breaks": {"0.58.0 0.63.0": [1, 7, 0, 12]}}

The order of `methods` is that of the published unions.
"""

from __future__ import annotations

import gzip
import zlib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, TypeAlias

import msgspec
from msgspec import Struct

from codexwire.direction import Stability
from codexwire.errors import IngestError
from codexwire.ir.layout import Layout
from codexwire.ir.model import UNIONS, Method, Protocol, Schema, Source, TypeDef
from codexwire.location import Location
from codexwire.version import Version

__all__ = ["FORMAT", "Archive", "Breaks", "Timeline", "read_archive"]

FORMAT = 2

Timeline: TypeAlias = list[list[Any]]
Breaks: TypeAlias = tuple[int, int, int, int]

_UNKNOWN = Layout()
_TABLES = {f"{u.sender} {u.kind}": u for u in UNIONS}


class Schemas:
    """The distinct schemas, by number; each is parsed once, when it is first needed."""

    def __init__(self, lines: list[bytes]) -> None:
        self._lines = lines
        self._parsed: dict[int, Schema] = {}

    def __getitem__(self, number: int) -> Schema:
        if number not in self._parsed:
            self._parsed[number] = msgspec.json.decode(self._lines[number])
        return self._parsed[number]


class Archive(Struct, frozen=True):
    """The releases of one protocol, oldest first; `layout` is that of each."""

    table: Mapping[str, Any]
    versions: tuple[Version, ...]
    schemas: Schemas
    layout: Layout

    def protocol(self, version: Version, *, mended: bool = False) -> Protocol | None:
        """Return a release; None when it is not here.

        As it was published, or as the normalization rules mend it.
        """
        if version not in self.versions:
            return None
        at = self.versions.index(version)
        envelope: dict[str, dict[str, Schema]] = {}
        for name, (schema,) in self._there("envelope", at, mended):
            union, _, key = name.partition(" ")
            envelope.setdefault(union, {})[key] = self.schemas[schema]
        return Protocol(
            self.table["protocol"],
            version,
            tuple(Source(channel, digest) for channel, digest in self.table["releases"][at][1]),
            MappingProxyType(
                {
                    name: TypeDef(name, self.schemas[schema], Stability(stability))
                    for name, (schema, stability) in sorted(self._there("types", at, mended))
                }
            ),
            tuple(
                _method(name, self.schemas[schema], *facts)
                for name, (schema, *facts) in self._there("methods", at, mended)
            ),
            MappingProxyType({u: MappingProxyType(beside) for u, beside in envelope.items()}),
            layout=self.layout,
        )

    def version_of(self, digest: str) -> Version | None:
        """Return the oldest release that published a schema of this digest; None when none did."""
        rows = zip(self.versions, self.table["releases"], strict=True)
        return next((v for v, (_, known) in rows if digest in dict(known).values()), None)

    def digest(self, version: Version, channel: str) -> str | None:
        """Return the digest of a schema that a release published; None for one that is not here."""
        if version not in self.versions:
            return None
        found: str | None = dict(self.table["releases"][self.versions.index(version)][1]).get(
            channel
        )
        return found

    def since(self, kind: str, name: str, version: Version) -> Version | None:
        """Return the first release of the period in which `version` has a name, mended.

        `kind` is `types` or `methods`. None when the release does not have it or is not here.
        """
        timeline = self._timelines(kind, mended=True).get(name, [])
        if version not in self.versions:
            return None
        at = bisect_right(timeline, self.versions.index(version), key=lambda entry: entry[0]) - 1
        if at < 0 or len(timeline[at]) == 1:
            return None
        while at > 0 and len(timeline[at - 1]) > 1:
            at -= 1
        return self.versions[timeline[at][0]]

    def breaks(self, old: Version, new: Version) -> Breaks | None:
        """Return how many breaks and conditional breaks two releases have; None for unknown pairs.

        The first two are of an old client on a new server, the others of a new client on an old one.
        """
        counts = self.table["breaks"].get(f"{old} {new}")
        return None if counts is None else tuple(counts)

    @property
    def sample(self) -> tuple[Version, ...]:
        """The releases whose breaks are counted, oldest first."""
        return tuple(sorted({Version.parse(v) for p in self.table["breaks"] for v in p.split()}))

    def _timelines(self, kind: str, *, mended: bool) -> Mapping[str, Timeline]:
        published: dict[str, Timeline] = self.table["published"][kind]
        return {**published, **self.table["mended"][kind]} if mended else published

    def _there(self, kind: str, position: int, mended: bool) -> Iterator[tuple[str, list[Any]]]:
        """Yield the names that a release has, each with what its timeline says of it."""
        for name, timeline in self._timelines(kind, mended=mended).items():
            at = bisect_right(timeline, position, key=lambda entry: entry[0])
            if at and len(timeline[at - 1]) > 1:
                yield name, timeline[at - 1][1:]


def _method(
    label: str,
    branch: Any,
    stability: str,
    namespace: str,
    result: str | None = None,
    result_by: str = "",
    published: bool = True,
) -> Method:
    table, _, name = label.rpartition(" ")
    union = _TABLES[table]
    return Method(
        name,
        union.sender,
        union.kind,
        branch,
        Stability(stability),
        namespace,
        result,
        result_by,
        published,
    )


def read_archive(path: Path, layout: Layout = _UNKNOWN) -> Archive:
    """Return the archive in a file, of a protocol of that layout; IngestError when it is none."""
    try:
        head, *lines = gzip.decompress(path.read_bytes()).splitlines()
        table = msgspec.json.decode(head)
        if table["version"] != FORMAT:
            raise ValueError(f"its format is {table['version']}, not {FORMAT}")
        versions = tuple(Version.parse(name) for name, _ in table["releases"])
        return Archive(table, versions, Schemas(lines), layout)
    except OSError as error:
        raise IngestError(
            f"cannot read the archive of releases: {error.strerror or error}",
            location=Location(str(path)),
        ) from None
    except (msgspec.MsgspecError, ValueError, KeyError, TypeError, EOFError, zlib.error) as error:
        raise IngestError(
            f"not an archive of releases: {error}", location=Location(str(path))
        ) from None

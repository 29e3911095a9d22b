"""Write the archive of releases: the form is described in `codexwire.model.archive`."""

from __future__ import annotations

import gzip
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeAlias

import msgspec

from codexwire.ir.canonical import bare, canonical_json
from codexwire.ir.model import Protocol, Schema
from codexwire.model.archive import FORMAT, Breaks, Timeline
from codexwire.version import Version

__all__ = ["pack", "write_archive"]

Table: TypeAlias = dict[str, Any]
Timelines: TypeAlias = dict[str, dict[str, Timeline]]


def pack(releases: Iterable[tuple[Protocol, Protocol]], *, described: bool = False) -> Table:
    """Return the first line of an archive, without `breaks`, and in `schemas` the texts of the others.

    The releases, each as published and as mended, are of one protocol, oldest first, with versions.
    Descriptions are left out unless it is to be `described`.
    """
    schemas: dict[str, int] = {}

    def index(schema: Schema) -> int:
        return schemas.setdefault(
            canonical_json(schema if described else bare(schema)), len(schemas)
        )

    pairs = list(releases)
    published = _timelines([old for old, _ in pairs], index)
    mended = _timelines([new for _, new in pairs], index)
    return {
        "version": FORMAT,
        "protocol": pairs[0][0].name,
        "releases": [
            [str(p.version), [[s.channel, s.digest] for s in p.sources]] for p, _ in pairs
        ],
        "schemas": list(schemas),
        "published": published,
        "mended": {
            kind: {n: t for n, t in lines.items() if published[kind].get(n) != t}
            for kind, lines in mended.items()
        },
    }


def _timelines(protocols: list[Protocol], index: Callable[[Schema], int]) -> Timelines:
    lines: Timelines = {"types": {}, "methods": {}, "envelope": {}}
    for position, protocol in enumerate(protocols):
        for kind, now in _facts(protocol, index).items():
            for name, facts in now.items():
                line = lines[kind].setdefault(name, [])
                if not line or line[-1][1:] != facts:
                    line.append([position, *facts])
            for name, line in lines[kind].items():
                if name not in now and len(line[-1]) > 1:
                    line.append([position])
    return {
        "types": dict(sorted(lines["types"].items())),
        "methods": {name: lines["methods"][name] for name in _order(protocols)},
        "envelope": dict(sorted(lines["envelope"].items())),
    }


def _facts(protocol: Protocol, index: Callable[[Schema], int]) -> dict[str, dict[str, list[Any]]]:
    return {
        "types": {n: [index(t.schema), t.stability.value] for n, t in protocol.types.items()},
        "methods": {
            m.label: [
                index(m.branch),
                m.stability.value,
                m.namespace,
                *([] if m.result is None and m.published else [m.result, m.result_by, m.published]),
            ]
            for m in protocol.methods
        },
        "envelope": {
            f"{union} {key}": [index(node)]
            for union, beside in protocol.envelope.items()
            for key, node in beside.items()
        },
    }


def _order(protocols: list[Protocol]) -> list[str]:
    """Return the methods of all releases: as in the newest, an older one behind its predecessor."""
    order: list[str] = []
    for protocol in reversed(protocols):
        place = 0
        for method in protocol.methods:
            label = method.label
            if label in order:
                place = order.index(label) + 1
            else:
                order.insert(place, label)
                place += 1
    return order


def write_archive(table: Table, breaks: Mapping[tuple[Version, Version], Breaks]) -> bytes:
    """Return the content of an archive file; equal archives give equal bytes."""
    counts = {f"{old} {new}": list(found) for (old, new), found in sorted(breaks.items())}
    head = {key: value for key, value in table.items() if key != "schemas"} | {"breaks": counts}
    lines = [msgspec.json.encode(head), *(text.encode() for text in table["schemas"])]
    return gzip.compress(b"\n".join(lines), 9, mtime=0)

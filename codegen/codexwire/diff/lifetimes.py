"""In which releases each method, type and part of a type is there: a compact index of all of them.

The file is gzipped JSON. A life is a list of `[first, end]` pairs of positions in `releases`, `end` the
first release that lacks it or null; `changed` has the positions at which a type's schema differs from
that of the release before.

    {"version": 1, "releases": ["0.58.0", …],
     "methods": {"client request turn/start": [[0, null]]},
     "types":   {"v2/Thread": {"life": [[0, null]], "changed": [3, …], "parts": {".id": [[0, null]]}}}}
"""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeAlias

from codexwire.diff.once import once
from codexwire.diff.shapes import Shapes
from codexwire.diff.usage import inventory
from codexwire.errors import IngestError
from codexwire.ir.canonical import digest, strip_annotations
from codexwire.ir.model import Method, Protocol
from codexwire.location import Location
from codexwire.version import Version

__all__ = [
    "LIFETIMES_NAME",
    "Lifetimes",
    "TypeLife",
    "lifetimes_of",
    "method_label",
    "read_lifetimes",
    "write_lifetimes",
]

LIFETIMES_NAME = "lifetimes.json.gz"
"""The file's name in the schema folder."""

_VERSION = 1

Life: TypeAlias = tuple[tuple[int, "int | None"], ...]


@dataclass(frozen=True, slots=True)
class TypeLife:
    """The life of a type, when its schema changed, and the lives of its parts (`.id`, `<text>.text`)."""

    life: Life
    changed: tuple[int, ...]
    parts: Mapping[str, Life]


@dataclass(frozen=True, slots=True)
class Lifetimes:
    """The lives of everything in some releases, oldest release first."""

    releases: tuple[Version, ...]
    methods: Mapping[str, Life]
    types: Mapping[str, TypeLife]

    def since(self, life: Life, version: Version) -> Version:
        """Return the first release of the period that `version` is in, or of the last one."""
        holding = [
            first
            for first, end in life
            if self.releases[first] <= version and (end is None or version < self.releases[end])
        ]
        return self.releases[holding[0] if holding else life[-1][0]]


def method_label(method: Method) -> str:
    """Return what a method is called in `Lifetimes.methods`: `client request turn/start`."""
    return f"{method.sender} {method.kind} {method.name}"


def lifetimes_of(protocols: Iterable[Protocol]) -> Lifetimes:
    """Return the lives over protocols that are given oldest first, each with its version."""
    releases: list[Version] = []
    methods: dict[str, list[int]] = {}
    types: dict[str, list[int]] = {}
    parts: dict[str, dict[str, list[int]]] = {}
    digests: dict[str, str] = {}
    changed: dict[str, list[int]] = {}
    for position, protocol in enumerate(protocols):
        assert protocol.version is not None
        releases.append(protocol.version)
        shapes = once(Shapes, protocol)
        for method in protocol.methods:
            methods.setdefault(method_label(method), []).append(position)
        for name, typedef in protocol.types.items():
            types.setdefault(name, []).append(position)
            for part in inventory(shapes, name).places:
                parts.setdefault(name, {}).setdefault(part, []).append(position)
            now = digest(strip_annotations(typedef.schema))
            if digests.setdefault(name, now) != now:
                changed.setdefault(name, []).append(position)
                digests[name] = now
    count = len(releases)
    return Lifetimes(
        tuple(releases),
        _lives(methods, count),
        {
            name: TypeLife(
                _life(there, count),
                tuple(changed.get(name, ())),
                _lives(parts.get(name, {}), count),
            )
            for name, there in sorted(types.items())
        },
    )


def _lives(there: Mapping[str, list[int]], count: int) -> dict[str, Life]:
    return {name: _life(positions, count) for name, positions in sorted(there.items())}


def _life(positions: list[int], count: int) -> Life:
    """Return the runs of consecutive positions."""
    starts = [
        p for p, before in zip(positions, [None, *positions], strict=False) if before != p - 1
    ]
    ends = [
        p + 1 for p, after in zip(positions, [*positions[1:], None], strict=True) if after != p + 1
    ]
    return tuple(
        (start, None if end == count else end) for start, end in zip(starts, ends, strict=True)
    )


def write_lifetimes(lifetimes: Lifetimes) -> bytes:
    """Return the file's bytes: the same for the same lives."""
    value = {
        "version": _VERSION,
        "releases": [str(version) for version in lifetimes.releases],
        "methods": lifetimes.methods,
        "types": {
            name: {"life": entry.life, "changed": entry.changed, "parts": entry.parts}
            for name, entry in lifetimes.types.items()
        },
    }
    return gzip.compress(json.dumps(value, separators=(",", ":")).encode(), mtime=0)


def read_lifetimes(path: Path) -> Lifetimes:
    """Return the lives in a file; IngestError when it is missing or damaged."""
    try:
        value = json.loads(gzip.decompress(path.read_bytes()))
        if value["version"] != _VERSION:
            raise ValueError(f"version {value['version']}")
        return Lifetimes(
            tuple(map(Version.parse, value["releases"])),
            _read_lives(value["methods"]),
            {
                name: TypeLife(
                    _read_life(entry["life"]), tuple(entry["changed"]), _read_lives(entry["parts"])
                )
                for name, entry in value["types"].items()
            },
        )
    except (OSError, EOFError, zlib.error, ValueError, KeyError, TypeError) as error:
        raise IngestError(f"no index of lifetimes: {error}", location=Location(str(path))) from None


def _read_lives(value: Any) -> dict[str, Life]:
    return {name: _read_life(life) for name, life in value.items()}


def _read_life(value: Any) -> Life:
    return tuple((first, end) for first, end in value)

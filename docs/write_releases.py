"""Write what the repository knows of every release, out of the cache of pulled schemas.

    codexwire schema pull all
    python docs/write_releases.py [--generate]

updates `schema/releases.json` (packages and digests; a row that is there stays), `schema/lifetimes.json.gz`
(since when everything exists) and the tables of `docs/releases.md`. `--generate` plans the package of each
release as well, which takes some seconds each, and fails where that fails.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path
from typing import Any

from codexwire.diff.lifetimes import LIFETIMES_NAME, lifetimes_of, write_lifetimes
from codexwire.direction import Kind
from codexwire.emit.header import stamp_of
from codexwire.emit.plan import plan_package
from codexwire.ingest import load_version
from codexwire.ingest.cache import Stored, default_cache, listed
from codexwire.ir.dangling import dangling
from codexwire.ir.model import Protocol
from codexwire.normalize import RULES, Effect, Normalized, normalize
from codexwire.version import Version

TOP = Path(__file__).resolve().parents[1]
PAGE = TOP / "docs" / "releases.md"
MARK = "<!-- written by docs/write_releases.py from here on -->\n"


@dataclass(frozen=True)
class Row:
    """What came of one release."""

    entry: Stored
    normalized: Normalized
    problems: tuple[str, ...]
    classes: int | None
    seconds: float

    @property
    def protocol(self) -> Protocol:
        """The normalized protocol."""
        return self.normalized.protocol

    @property
    def version(self) -> Version:
        """The release."""
        return self.entry.version


def examine(entry: Stored, *, generate: bool) -> Row:
    """Run the pipeline over one release."""
    start = time.perf_counter()
    normalized = normalize(load_version(entry.version))
    classes = None
    if generate:
        stamp = stamp_of(normalized.protocol, f"--schema {entry.version}")
        classes = len(plan_package(normalized, stamp, package="protocol").classes)
    seconds = time.perf_counter() - start
    return Row(entry, normalized, tuple(problems(normalized)), classes, seconds)


def problems(normalized: Normalized) -> Iterator[str]:
    """Yield what stayed unresolved: references, responses that nothing uses, claims of rules."""
    protocol = normalized.protocol
    for found in dangling(protocol):
        yield f"{found.owner} refers to {found.ref}"
    used = {m.result for m in protocol.methods if m.kind is Kind.REQUEST}
    for name in protocol.types:
        if name.endswith("Response") and name not in used and name != "JSONRPCResponse":
            yield f"{name} is the response of no request"
    for stale in normalized.stale:
        yield f"{stale.rule.id} {stale.reason}"


def releases_json(rows: Iterable[Row]) -> bytes:
    """Return `schema/releases.json` with the releases that it does not have yet."""
    path = TOP / "schema" / "releases.json"
    known = {row["release"]: row for row in json.loads(path.read_text("utf-8"))["releases"]}
    for row in rows:
        known.setdefault(str(row.version), facts_of(row.entry))
    ordered = sorted(known.values(), key=lambda row: Version.parse(row["release"]))
    lines = ",\n".join(f"    {json.dumps(row)}" for row in ordered)
    return f'{{\n  "version": 1,\n  "releases": [\n{lines}\n  ]\n}}\n'.encode()


def facts_of(entry: Stored) -> dict[str, Any]:
    """Return the row of a release."""
    table = entry.provenance
    keys = ("sha256", "digest", "methods", "types")
    return {
        "release": str(entry.version),
        "package": table["package"],
        "integrity": table["integrity"],
        **{c: {k: facts[k] for k in keys} for c, facts in table["channel"].items()},
    }


def page(rows: list[Row]) -> str:
    """Return the tables of `docs/releases.md`."""
    unresolved = [f"- {row.version}: {text}" for row in rows for text in row.problems]
    total = sum(row.seconds for row in rows)
    lines = [
        f"{len(rows)} releases, {rows[0].version} to {rows[-1].version}; {total:.0f} s altogether.",
        "",
        "### What stayed unresolved",
        "",
        *(unresolved or ["Nothing, in any of them."]),
        "",
        "### Which rule applies where",
        "",
        "| rule | effect | releases | places in the newest of them |",
        "|---|---|---|---:|",
        *rule_rows(rows),
        "",
        "### Every release",
        "",
        "Methods and types are of the stable and of the experimental schema as published; corrected by "
        "names the rules that change which messages are valid; classes are those of the generated "
        "package; the time is that of reading, normalizing and generating.",
        "",
        "| release | methods | types | corrected by | classes | s |",
        "|---|---:|---:|---|---:|---:|",
        *map(release_row, rows),
        "",
    ]
    return "\n".join(lines)


def rule_rows(rows: list[Row]) -> Iterator[str]:
    """Yield a line for each rule."""
    for rule in RULES:
        places = {
            row.version: len(application.places)
            for row in rows
            for application in row.normalized.applied
            if application.rule is rule
        }
        newest = places[max(places)] if places else 0
        yield f"| {rule.id} | {rule.effect} | {runs(rows, set(places))} | {newest} |"


def runs(rows: list[Row], chosen: set[Version]) -> str:
    """Return the releases as ranges in which none is left out."""
    found = []
    for there, run in groupby((row.version for row in rows), chosen.__contains__):
        versions = list(run)
        if there:
            first, last = versions[0], versions[-1]
            found.append(str(first) if first == last else f"{first} to {last}")
    return ", ".join(found) or "none"


def release_row(row: Row) -> str:
    """Return the line of a release."""
    channels = row.entry.provenance["channel"].values()
    methods = " / ".join(str(facts["methods"]) for facts in channels)
    types = " / ".join(str(facts["types"]) for facts in channels)
    applied = [a.rule for a in row.normalized.applied]
    patches = " ".join(r.id[:4] for r in applied if r.effect is not Effect.ANNOTATE)
    return (
        f"| {row.version} | {methods} | {types} | {patches or '–'} "
        f"| {row.classes or '–'} | {row.seconds:.1f} |"
    )


def main(arguments: list[str]) -> None:
    """Write the three files."""
    rows = []
    for entry in listed(default_cache()):
        rows.append(examine(entry, generate="--generate" in arguments))
        print(release_row(rows[-1]), flush=True)
    head = PAGE.read_text("utf-8").partition(MARK)[0]
    lives = lifetimes_of(row.protocol for row in rows)
    (TOP / "schema" / LIFETIMES_NAME).write_bytes(write_lifetimes(lives))
    (TOP / "schema" / "releases.json").write_bytes(releases_json(rows))
    PAGE.write_bytes(f"{head}{MARK}\n{page(rows)}".encode())


if __name__ == "__main__":
    main(sys.argv[1:])

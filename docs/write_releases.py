"""Write what the repository knows of every release.

    codexwire schema pull all            (or only what is new)
    python docs/write_releases.py [--generate]

updates `schema/releases.json` (packages and digests; a row that is there stays), `schema/history.json.gz`
(the archive of all releases) and `schema/rollout/history.json.gz` (that of saved sessions). What was not
pulled is taken from the archive that is there. `--generate` plans the package of each release as well, which
takes some seconds each, fails where that fails, and writes the tables of `docs/releases.md`.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import combinations, groupby
from pathlib import Path
from typing import Any

from backtest import unknown_on_arrival

from codexwire.diff import diff
from codexwire.direction import Kind
from codexwire.emit.header import stamp_of
from codexwire.emit.plan import plan_package
from codexwire.ingest import load_version
from codexwire.ingest.archive import archive_path
from codexwire.ingest.available import available_versions
from codexwire.ingest.cache import Stored, cached_releases, default_cache
from codexwire.ingest.embedded import CHANNELS
from codexwire.ingest.pack import pack, write_archive
from codexwire.ir.dangling import dangling
from codexwire.ir.model import Protocol
from codexwire.model.profile import Profile
from codexwire.normalize import RULES, Effect, Normalized, normalize
from codexwire.profiles.table import PROFILES
from codexwire.usecases.comparable import mended, prepared
from codexwire.usecases.compat import count_breaks
from codexwire.version import Version

TOP = Path(__file__).resolve().parents[1]
PAGE = TOP / "docs" / "releases.md"
MARK = "<!-- written by docs/write_releases.py from here on -->\n"
# The releases whose breaks are counted for `codexwire compat`, beside the newest: every pair of all of
# them would take an hour, and nobody reads a table of that size.
SAMPLE = tuple(
    f"0.{minor}.0"
    for minor in (
        *(58, 63, 72, 80, 92, 99, 107, 115, 120, 125, 130, 135, 140),
        *(145, 150, 155, 160, 163, 166, 169),
    )
)

Facts = dict[str, Any]


@dataclass(frozen=True)
class Row:
    """What came of one release: its row in releases.json, its schema, what the pipeline says of it."""

    facts: Facts
    published: Protocol
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
        return Version.parse(self.facts["release"])


def examine(facts: Facts, *, generate: bool) -> Row:
    """Run the pipeline over one release."""
    start = time.perf_counter()
    version = Version.parse(facts["release"])
    published = load_version(version)
    normalized = normalize(published)
    classes = None
    if generate:
        stamp = stamp_of(normalized.protocol, f"--schema {version}")
        classes = len(plan_package(normalized, stamp, package="protocol").classes)
    seconds = time.perf_counter() - start
    return Row(facts, published, normalized, tuple(problems(normalized)), classes, seconds)


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


def known_releases() -> list[Facts]:
    """Return the rows of `schema/releases.json`, and new ones for what was pulled since."""
    path = TOP / "schema" / "releases.json"
    known = {row["release"]: row for row in json.loads(path.read_text("utf-8"))["releases"]}
    for entry in cached_releases(default_cache()):
        known.setdefault(str(entry.version), facts_of(entry))
    return sorted(known.values(), key=lambda row: Version.parse(row["release"]))


def releases_json(rows: Iterable[Row]) -> bytes:
    """Return `schema/releases.json`."""
    lines = ",\n".join(f"    {json.dumps(row.facts)}" for row in rows)
    return f'{{\n  "version": 1,\n  "releases": [\n{lines}\n  ]\n}}\n'.encode()


def archive_of(rows: list[Row]) -> bytes:
    """Return `schema/history.json.gz`."""
    table = pack((r.published, mended(r.published)) for r in rows)
    chosen = {*map(Version.parse, SAMPLE), rows[-1].version}
    ready = {r.version: prepared(r.published) for r in rows if r.version in chosen}
    breaks = {
        (old, new): count_breaks(diff(ready[old], ready[new]))
        for old, new in combinations(sorted(ready), 2)
    }
    return write_archive(table, breaks)


def archive_of_lines(profile: Profile) -> bytes:
    """Return the archive of a protocol of lines: its schemas are small, and keep their descriptions."""
    found = [load_version(version, profile=profile) for version in available_versions(profile)]
    return write_archive(pack(((p, mended(p)) for p in found), described=True), {})


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
    arrivals = [names for _, names in unknown_on_arrival(row.published for row in rows)]
    total = sum(row.seconds for row in rows)
    lines = [
        f"{len(rows)} releases, {rows[0].version} to {rows[-1].version}; {total:.0f} s altogether.",
        "",
        "### What stayed unresolved",
        "",
        *(unresolved or ["Nothing, in any of them."]),
        "",
        "### What would have been unknown on arrival",
        "",
        *arrival(rows, arrivals),
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
        "package; the time is that of reading, normalizing and generating. Unknown on arrival counts "
        "the requests of the section above.",
        "",
        "| release | methods | types | unknown on arrival | corrected by | classes | s |",
        "|---|---:|---:|---:|---|---:|---:|",
        *map(release_row, rows, arrivals),
        "",
    ]
    return "\n".join(lines)


def arrival(rows: list[Row], arrivals: list[list[str]]) -> Iterator[str]:
    """Yield what the table of responses was needed for on the day that a release came."""
    struck = [(row, names) for row, names in zip(rows, arrivals, strict=True) if names]
    yield (
        "Where the name of its params does not tell a request's response type, a table does, which was "
        "filled from answers of servers. Without the rows for the requests that came with a release "
        f"(`docs/backtest.py`), {len(struck)} of {len(rows)} releases have requests whose result is not "
        "known, and therefore any JSON."
    )
    yield ""
    for row, names in struck:
        yield f"- {row.version}: {', '.join(f'`{name}`' for name in names)}"


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


def release_row(row: Row, unknown: list[str]) -> str:
    """Return the line of a release."""
    channels = [row.facts[channel] for channel in CHANNELS if channel in row.facts]
    methods = " / ".join(str(facts["methods"]) for facts in channels)
    types = " / ".join(str(facts["types"]) for facts in channels)
    applied = [a.rule for a in row.normalized.applied]
    patches = " ".join(r.id[:4] for r in applied if r.effect is not Effect.ANNOTATE)
    return (
        f"| {row.version} | {methods} | {types} | {len(unknown)} | {patches or '–'} "
        f"| {row.classes or '–'} | {row.seconds:.1f} |"
    )


def main(arguments: list[str]) -> None:
    """Write the files."""
    rows = []
    generate = "--generate" in arguments
    for facts in known_releases():
        rows.append(examine(facts, generate=generate))
        print(f"{rows[-1].version}  {rows[-1].seconds:.1f} s", flush=True)
    content = archive_of(rows)
    archive_path().write_bytes(content)
    for profile in PROFILES:
        if profile.root and profile.archive:
            archive_path(profile).write_bytes(archive_of_lines(profile))
    (TOP / "schema" / "releases.json").write_bytes(releases_json(rows))
    if generate:
        head = PAGE.read_text("utf-8").partition(MARK)[0]
        PAGE.write_bytes(f"{head}{MARK}\n{page(rows)}".encode())


if __name__ == "__main__":
    main(sys.argv[1:])

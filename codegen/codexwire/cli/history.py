"""`codexwire schema history`: since when, until when, and what changed in between."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from difflib import get_close_matches
from itertools import pairwise
from typing import Annotated, Any

import typer

from codexwire.cli.diff_sources import prepared
from codexwire.cli.releases import (
    APP_SERVER,
    check_protocol,
    mended_releases,
    published_releases,
)
from codexwire.diff.history import History, history, subjects
from codexwire.diff.shapes import Shapes
from codexwire.diff.usage import inventory
from codexwire.direction import Kind, Side, Stability
from codexwire.errors import UsageError
from codexwire.ingest.exec_server import exec_server_versions, is_exec_server, load_exec_server
from codexwire.ir.model import Protocol
from codexwire.model.once import once

__all__ = ["schema_history"]

_FORMATS = ("text", "json")


def schema_history(
    name: Annotated[str | None, typer.Argument(metavar="METHOD|TYPE|TYPE.field")] = None,
    format: Annotated[str, typer.Option(help="text or json.")] = "text",
    protocol: Annotated[str, typer.Option(help="app-server or exec-server.")] = APP_SERVER,
) -> None:
    """Tell since which release a method, type or field is there, and what changed about it.

    Of all releases: those that codexwire knows, and newer ones that were pulled.
    """
    if format not in _FORMATS:
        raise UsageError(f"no format {format!r}", hint=f"one of {', '.join(_FORMATS)}")
    if is_exec_server(check_protocol(protocol)):
        protocols = [prepared(load_exec_server(version)) for version in exec_server_versions()]
    else:
        protocols = [*(published_releases() if name is None else mended_releases())]
    shown = _overview(protocols) if name is None else _subject(name, protocols)
    if format == "json":
        sys.stdout.write(json.dumps({"version": 1, **shown}, indent=2, ensure_ascii=False) + "\n")
        return
    lines = _overview_lines(shown) if name is None else _subject_lines(shown)
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _subject(name: str, protocols: list[Protocol]) -> dict[str, Any]:
    found = _histories(name, protocols)
    if not found:
        raise UsageError(f"no release has {name!r}", hint=_hint(name, protocols))
    return {"releases": [str(p.version) for p in protocols], "histories": [*map(_facts, found)]}


def _hint(name: str, protocols: list[Protocol]) -> str:
    """What may have been meant: a part of the type, a type or a method of a like name."""
    types = {t.removeprefix("v2/"): t for p in protocols for t in p.types}
    head = next(iter(re.split(r"[.<\[{=]", name.removeprefix("v2/"))))
    if head in types:
        names = (types[head], head)
        places = {s for p in protocols for n in names for s in inventory(once(Shapes, p), n).places}
        close = get_close_matches(name.removeprefix("v2/"), [head + s for s in sorted(places)], 1)
    else:
        known = types.keys() | {m.name for p in protocols for m in p.methods}
        close = get_close_matches(head, sorted(known), 1)
    return f"did you mean {close[0]}?" if close else "names read turn/start, Thread, Thread.id"


def _histories(name: str, protocols: list[Protocol]) -> list[History]:
    return [h for s in subjects(name, protocols) if (h := history(s, protocols)) is not None]


def _facts(found: History) -> dict[str, Any]:
    subject = found.subject
    return {
        "name": str(subject),
        "kind": subject.union or ("field" if subject.path else "type"),
        "since": str(found.since),
        "removed": None if found.removed is None else str(found.removed),
        "stability": found.stability.value,
        "events": [
            {
                "release": str(event.version),
                "rule": event.found.rule.id,
                "path": "".join(event.found.place.label),
                "old": event.found.change.old,
                "new": event.found.change.new,
                "text": event.found.sentence,
            }
            for event in found.events
        ],
    }


def _subject_lines(shown: dict[str, Any]) -> Iterator[str]:
    first = shown["releases"][0]
    for facts in shown["histories"]:
        since = f"since {facts['since']}" + (" or earlier" if facts["since"] == first else "")
        removed = f", gone in {facts['removed']}" if facts["removed"] else ""
        yield f"{facts['name']} ({facts['kind']}, {facts['stability']}): {since}{removed}"
        for event in facts["events"]:
            yield f"  {event['release']:10} {event['text']}"


def _overview(protocols: list[Protocol]) -> dict[str, Any]:
    rows = [_counts(protocols[0], None)]
    rows += [_counts(new, old) for old, new in pairwise(protocols)]
    return {"releases": rows}


def _counts(protocol: Protocol, before: Protocol | None) -> dict[str, Any]:
    methods = {(m.sender, m.kind, m.name) for m in protocol.methods}
    earlier = {(m.sender, m.kind, m.name) for m in before.methods} if before else methods
    types, known = set(protocol.types), set(before.types) if before else set(protocol.types)
    return {
        "release": str(protocol.version),
        "client_requests": len(protocol.table(Side.CLIENT, Kind.REQUEST)),
        "server_requests": len(protocol.table(Side.SERVER, Kind.REQUEST)),
        "notifications": sum(m.kind is Kind.NOTIFICATION for m in protocol.methods),
        "experimental": sum(m.stability is Stability.EXPERIMENTAL for m in protocol.methods),
        "types": len(types),
        "methods_added": len(methods - earlier),
        "methods_removed": len(earlier - methods),
        "types_added": len(types - known),
        "types_removed": len(known - types),
    }


def _overview_lines(shown: dict[str, Any]) -> Iterator[str]:
    yield "release    requests  of server  notifications  types    methods +/-    types +/-"
    for row in shown["releases"]:
        methods = f"+{row['methods_added']}/-{row['methods_removed']}"
        types = f"+{row['types_added']}/-{row['types_removed']}"
        yield (
            f"{row['release']:10} {row['client_requests']:8}  {row['server_requests']:9}  "
            f"{row['notifications']:13}  {row['types']:5}  {methods:>13}  {types:>11}"
        )

"""`codexwire schema history`: since when, until when, and what changed in between."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from typing import Annotated, Any

import typer

from codexwire.cli import complete
from codexwire.cli.command import choice, tell
from codexwire.errors import one_of
from codexwire.profiles.table import DEFAULT
from codexwire.usecases.history import history_of, overview
from codexwire.usecases.releases import PROTOCOLS

__all__ = ["schema_history"]

_FORMATS = ("text", "json")


def schema_history(
    name: Annotated[
        str | None, typer.Argument(metavar="METHOD|TYPE|TYPE.field", autocompletion=complete.name)
    ] = None,
    format: Annotated[str, choice(*_FORMATS)] = "text",
    protocol: Annotated[str, choice(*PROTOCOLS)] = DEFAULT.source,
) -> None:
    """Tell when a method, type or field came, changed and went.

    Of all releases: those that codexwire knows, and newer ones that were pulled.
    """
    one_of("format", format, _FORMATS)
    told = overview(protocol) if name is None else history_of(name, protocol)
    tell(told.notices)
    if format == "json":
        document = {"version": 1, **told.shown}
        sys.stdout.write(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
        return
    lines = _overview_lines(told.shown) if name is None else _subject_lines(told.shown)
    sys.stdout.writelines(f"{line}\n" for line in lines)


def _subject_lines(shown: dict[str, Any]) -> Iterator[str]:
    first = shown["releases"][0]
    for facts in shown["histories"]:
        since = f"since {facts['since']}" + (" or earlier" if facts["since"] == first else "")
        removed = f", gone in {facts['removed']}" if facts["removed"] else ""
        yield f"{facts['name']} ({facts['kind']}, {facts['stability']}): {since}{removed}"
        for event in facts["events"]:
            yield f"  {event['release']:10} {event['text']}"


def _overview_lines(shown: dict[str, Any]) -> Iterator[str]:
    yield "release    requests  of server  notifications  types    methods +/-    types +/-"
    for row in shown["releases"]:
        methods = f"+{row['methods_added']}/-{row['methods_removed']}"
        types = f"+{row['types_added']}/-{row['types_removed']}"
        yield (
            f"{row['release']:10} {row['client_requests']:8}  {row['server_requests']:9}  "
            f"{row['notifications']:13}  {row['types']:5}  {methods:>13}  {types:>11}"
        )

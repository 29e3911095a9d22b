"""An emitter for codexwire: the names of all stable methods as a Go file, by who sends them."""

from __future__ import annotations

import json
from collections.abc import Iterator

from codexwire.emit.emitter import Emitted, EmitterInput

TABLES = {
    ("client", "request"): "ClientRequests",
    ("client", "notification"): "ClientNotifications",
    ("server", "request"): "ServerRequests",
    ("server", "notification"): "ServerNotifications",
}


def emit(given: EmitterInput) -> Emitted:
    """Return one Go file with a set of names for each table of methods."""
    lines = [f"package {given.package}", ""]
    for (sender, kind), table in TABLES.items():
        names = sorted(
            entry.name
            for entry in given.methods
            if (entry.sender, entry.kind) == (sender, kind) and entry.stability != "experimental"
        )
        lines += go_set(table, f"what a {sender} may send as {kind}", names)
    return Emitted({"methods.go": "\n".join(lines).encode()})


def go_set(table: str, said: str, names: list[str]) -> Iterator[str]:
    """Yield the lines of a Go map that is a set of names."""
    yield f"// {table} are {said}."
    yield f"var {table} = map[string]bool{{"
    yield from (f"\t{json.dumps(name)}: true," for name in names)
    yield from ("}", "")

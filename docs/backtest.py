"""What would have been unknown on the day that a release came.

A request's response type that only the table of `n002-response-map` tells is known because somebody asked
a server, and so is what an observed profile tells. For every release, this takes away the rows of the
requests that came with it, and its profile, and looks which results nothing else tells then.

    python docs/backtest.py
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from codexwire.direction import Kind
from codexwire.ingest import load_version
from codexwire.ingest.archive import archive
from codexwire.ir.model import ObservedServer, Protocol
from codexwire.normalize import RULES
from codexwire.normalize.pipeline import apply
from codexwire.profiles.app_server.responses import RESPONSES
from codexwire.profiles.shared.rules.n002_response_map import RULE, resolve
from codexwire.version import Version

__all__ = ["unknown_on_arrival"]


def unknown_on_arrival(protocols: Iterable[Protocol]) -> Iterator[tuple[Protocol, list[str]]]:
    """Yield every release, oldest first, with the requests whose results would have been unknown.

    The protocols are given as published, oldest first.
    """
    seen: set[str] = set()
    for protocol in protocols:
        requests = {m.name for m in protocol.methods if m.kind is Kind.REQUEST}
        table = {name: row for name, row in RESPONSES.items() if name not in requests - seen}
        seen |= requests
        unasked = replace(before_resolving(protocol), observed=ObservedServer())
        resolved = resolve(unasked, table)
        yield (
            protocol,
            [m.name for m in resolved.methods if m.kind is Kind.REQUEST and m.result is None],
        )


def before_resolving(protocol: Protocol) -> Protocol:
    """Return the protocol as the rules before the map of responses leave it."""
    for rule in RULES[: RULES.index(RULE)]:
        protocol, _ = apply(rule, protocol)
    return protocol


def main() -> None:
    """Print the releases of the archive that had something unknown."""
    versions: tuple[Version, ...] = archive().versions
    struck = 0
    for protocol, names in unknown_on_arrival(map(load_version, versions)):
        if names:
            struck += 1
            print(f"{protocol.version}: {', '.join(names)}")
    print(f"{struck} of {len(versions)} releases")


if __name__ == "__main__":
    main()

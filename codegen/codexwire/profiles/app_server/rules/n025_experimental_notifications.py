"""Notifications that servers send only to clients that asked for `experimentalApi`.

The stable schema leaves out the requests that the server's source marks experimental, but none of the
notifications so marked: all of them stand in both schemas and would pass for stable. A client that did
not ask for the experimental API never gets one.

The table beside this module has a row for each of them (or for all whose name begins so, as
`thread/realtime/`): the first release that has it, and how that is known. A name alone says nothing: in
0.171.0 `thread/attachment/updated` and `thread/section/changed` go to every client. The params types
are marked as well, where nothing else uses them.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

from codexwire.direction import Kind, Side, Stability
from codexwire.ir.edit import data_beside
from codexwire.ir.model import Method, Protocol
from codexwire.ir.walk import references
from codexwire.model.normalization import Compared, Effect, NormalizationRule, Row
from codexwire.version import VersionRange

_ROWS = data_beside(__file__)["rows"]
ROWS = tuple(Row(row["method"], VersionRange.parse(f"{row['since']}..")) for row in _ROWS)


def apply(protocol: Protocol) -> Protocol | None:
    """Return the protocol with the notifications of the table marked as experimental."""
    listed = [m for m in protocol.table(Side.SERVER, Kind.NOTIFICATION) if _is_listed(m)]
    if not listed:
        return None
    types = {
        name: replace(protocol.types[name], stability=Stability.EXPERIMENTAL)
        for name in _only_in(listed, protocol)
    }
    methods = tuple(
        replace(m, stability=Stability.EXPERIMENTAL) if m in listed else m for m in protocol.methods
    )
    return replace(protocol.with_types(types), methods=methods)


def _is_listed(method: Method) -> bool:
    marked = method.stability is Stability.EXPERIMENTAL
    return not marked and any(row.names(method.name) for row in ROWS)


def _only_in(methods: Collection[Method], protocol: Protocol) -> set[str]:
    """Return the params types of some methods that nothing else refers to."""
    own = {m.params_type for m in methods if m.params_type is not None}
    for typedef in protocol.types.values():
        own.difference_update(references(typedef.schema))
    for method in protocol.methods:
        if method not in methods:
            own.difference_update(references(method.branch))
    return own


RULE = NormalizationRule(
    id="n025-experimental-notifications",
    title="Notifications that only clients with experimentalApi get are published as stable.",
    effect=Effect.ANNOTATE,
    compared=Compared.ALWAYS,
    versions=VersionRange.parse("0.106.0.."),
    evidence=tuple(
        f"{row['method']}, since {row['since']}: {'; '.join(row['evidence'])}" for row in _ROWS
    ),
    rows=ROWS,
    protocol=apply,
)

"""Ids of threads, turns and items stand where another release or peer puts them.

`threadId` was `conversationId` in v1, is nested in `thread` in `thread/started`, and peers have been
built on `thread.threadId`, `sessionId` and `thread_id`; likewise for turns and items. Where the id that
the schema asks for is missing, it is taken from the first of its aliases that is there. The table of
places and aliases is the one that the id extractors of the package use.
"""

from __future__ import annotations

from typing import Any

from codexwire.runtime.tolerance.rule import Hook, Spot, ToleranceRule
from codexwire.runtime.unknown import ABSENT
from codexwire.version import VersionRange


def elsewhere(spot: Spot, raw: Any) -> Any:
    """Return the id that is asked for here, or the object around it, made of an alias."""
    del raw
    message = spot.message
    here = ".".join(str(step) for step in spot.path)
    for ids in message.ids:
        row = ids.rows.get(message.method)
        proven = () if row is None else (row.params if message.part == "params" else row.result)
        for path in proven:
            inner = path.removeprefix(f"{here}.") if path.startswith(f"{here}.") else ""
            if path != here and ("." in inner or not inner):
                continue
            found = ids.find(message.method, message.payload, part=message.part)
            if found is not None and found.path not in proven:
                return {inner: found.value} if inner else found.value
    return ABSENT


RULE = ToleranceRule(
    id="t004-id-alias",
    title="An id stands under another name or in another place.",
    versions=VersionRange.parse("*"),
    evidence=(
        "thread/started carries only params.thread.id, never params.threadId (recorded)",
        "v1 requests and events carry conversationId (recorded; 0.58.0–0.107.0)",
        "thread.threadId, thread.sessionId, thread_id in clients (hapi, codex-a2a, ex_mcp)",
    ),
    hook=Hook.MISSING,
    apply=elsewhere,
)

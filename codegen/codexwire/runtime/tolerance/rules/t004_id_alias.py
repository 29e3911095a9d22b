"""Ids of threads, turns and items stand where another release or peer puts them.

`threadId` was `conversationId` in v1, is nested in `thread` in `thread/started`, and peers have been
built on `thread.threadId`, `sessionId` and `thread_id`; likewise for turns and items. Where the id that
the schema asks for is missing, it is the one that the table of places finds in the message, which
everybody reads ids by.
"""

from __future__ import annotations

from typing import Any

from codexwire.profiles.ids import id_of, rests
from codexwire.runtime.tolerance.rule import Hook, Spot, ToleranceRule
from codexwire.runtime.unknown import ABSENT
from codexwire.version import VersionRange


def apply(spot: Spot, raw: Any) -> Any:
    """Return the id that is asked for here, or the object around it, made of an id elsewhere."""
    del raw
    message = spot.message
    here = ".".join(str(step) for step in spot.path)
    for kind, rest in rests(message.method, message.part, here):
        found = id_of(kind, message.method, message.payload, message.part)
        if found is not None:
            return {rest: found} if rest else found
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
    apply=apply,
)

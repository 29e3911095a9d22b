"""Where a message says which thread, turn, item or request it is about.

Ids live in different places: `threadId`, `thread.id`, `conversationId`; `turnId`, `turn.id`, the `id`
of a legacy event. The tables here state the places in order of preference; the emitter keeps those
that a method's schema has, and fails where a place stated for one method is not in its schema.
Ids of something else are left out on purpose: `parentThreadId`, `projectId`, `sourceTurnId`,
`beforeTurnId`, `sessionId` of a fuzzy file search, `thread.sessionId` (it groups forks).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

__all__ = ["ALIASES", "IDENTITIES", "IDENTITIES_OF", "Identity"]


@dataclass(frozen=True, slots=True)
class Identity:
    """A dotted path to an id, and the methods that it is stated for (none: any that has it).

    A method may end in `*`, which stands for every method with that prefix.
    """

    path: str
    methods: tuple[str, ...] = ()

    @property
    def stated(self) -> bool:
        """Whether the path is stated for named methods, whose schema must then have it."""
        return bool(self.methods)

    def applies_to(self, method: str) -> bool:
        """Whether the path may be looked for in messages of `method`."""
        return not self.methods or any(
            method.startswith(m[:-1]) if m.endswith("*") else method == m for m in self.methods
        )


IDENTITIES: Mapping[str, tuple[Identity, ...]] = {
    "thread": (
        Identity("threadId"),
        Identity("thread.id"),
        Identity("conversationId"),
        Identity("goal.threadId"),
        Identity("summary.conversationId", ("getConversationSummary",)),
        Identity("reviewThreadId"),
        Identity("sessionId", ("sessionConfigured",)),
    ),
    "turn": (
        Identity("turnId"),
        Identity("turn.id"),
        Identity("expectedTurnId", ("turn/steer",)),
        Identity("id", ("codex/event/*",)),
    ),
    "item": (
        Identity("itemId"),
        Identity("item.id"),
        Identity("targetItemId"),
        Identity("callId", ("item/tool/call", "applyPatchApproval", "execCommandApproval")),
    ),
    "request": (Identity("requestId", ("serverRequest/resolved",)),),
}
"""Of the app-server: kind of id → the places that hold it, best first (recorded)."""

_EXEC_SERVER: Mapping[str, tuple[Identity, ...]] = {
    "process": (Identity("processId"),),
    "request": (Identity("requestId"),),
    "seq": (Identity("seq"), Identity("nextSeq", ("process/read",))),
}

IDENTITIES_OF = {"codex-app-server": IDENTITIES, "codex-exec-server": _EXEC_SERVER}
"""Protocol → its identities."""

ALIASES: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "thread": {
        "threadId": ("thread.id", "thread_id", "conversationId", "sessionId"),
        "thread.id": ("thread.threadId", "threadId", "thread.sessionId"),
        "conversationId": ("threadId", "thread_id", "conversation_id"),
    },
    "turn": {
        "turnId": ("turn.id", "turn_id"),
        "turn.id": ("turn.turnId", "turnId", "turn_id"),
    },
    "item": {
        "itemId": ("item.id", "item_id"),
        "item.id": ("item.itemId", "itemId", "item_id"),
        "callId": ("call_id",),
    },
}
"""Kind of id → proven path → where peers that differ from the schema put it, tried in this order."""

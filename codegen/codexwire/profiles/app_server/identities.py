"""Where the ids of the app-server's messages stand.

Ids of something else are left out on purpose: `parentThreadId`, `projectId`, `sourceTurnId`,
`beforeTurnId`, the `sessionId` of a file search or of a realtime session. The `id` of a legacy event is
that of its turn.
"""

from __future__ import annotations

from codexwire.model.identity import Identities, Place, Standing
from codexwire.profiles.app_server.names import PREFIX

__all__ = ["IDENTITIES"]

_THREADS = (
    "thread/start",
    "thread/resume",
    "thread/fork",
    "thread/read",
    "thread/unarchive",
    "thread/rollback",
    "thread/revert",
    "thread/metadata/update",
)
_LEGACY = (
    f"{PREFIX}*",
    "*Conversation*",
    "sendUser*",
    "applyPatchApproval",
    "execCommandApproval",
)
_OF_ITEM = (
    "item/started",
    "item/completed",
    "rawResponseItem/*",
    "thread/realtime/item/started",
    "thread/realtime/item/completed",
)
_CALLS = ("item/tool/call", "applyPatchApproval", "execCommandApproval")
_SESSIONS = (
    "thread/start*",
    "thread/resume",
    "thread/fork",
    "thread/name/*",
    "thread/status/*",
    "thread/tokenUsage/*",
    "turn/*",
    "item/*",
)

IDENTITIES = Identities(
    {
        "thread": (
            Place("sessionId", ("sessionConfigured",)),
            Place("summary.conversationId", ("getConversationSummary",), "result"),
            Place("conversationId", _LEGACY),
            Place("thread.id", ("thread/started",)),
            Place("thread.id", _THREADS, "result"),
            Place("goal.threadId", ("thread/goal/get", "thread/goal/set"), "result"),
            Place("reviewThreadId", ("review/start",), "result"),
            Place("threadId"),
            Place("goal.threadId"),
            Place("thread.id"),
            Place("conversationId"),
            Place("thread.threadId", standing=Standing.PEER),
            Place("thread.thread_id", standing=Standing.PEER),
            Place("thread_id", standing=Standing.PEER),
            Place("conversation_id", standing=Standing.PEER),
            Place("goal.thread_id", standing=Standing.PEER),
            Place("thread.sessionId", standing=Standing.GUESS),
            Place("sessionId", _SESSIONS, standing=Standing.GUESS),
            Place("turn.threadId", standing=Standing.GUESS),
            Place("item.threadId", standing=Standing.GUESS),
            Place("tokenUsage.threadId", standing=Standing.GUESS),
        ),
        "turn": (
            Place("id", (f"{PREFIX}*",)),
            Place("expectedTurnId", ("turn/steer",), "params"),
            Place("turn.id", ("turn/started", "turn/completed")),
            Place("turn.id", ("turn/start", "review/start", "thread/queue/start"), "result"),
            Place("turnId"),
            Place("turn.id"),
            Place("turn.turnId", standing=Standing.PEER),
            Place("turn.turn_id", standing=Standing.PEER),
            Place("turn_id", standing=Standing.PEER),
            Place("item.turnId", standing=Standing.GUESS),
        ),
        "item": (
            Place("targetItemId", ("item/autoApprovalReview/*",)),
            Place("callId", _CALLS),
            Place("item.id", _OF_ITEM),
            Place("itemId"),
            Place("item.id"),
            Place("item.itemId", standing=Standing.PEER),
            Place("item_id", standing=Standing.PEER),
            Place("call_id", _CALLS, standing=Standing.PEER),
            Place("item.item_id", standing=Standing.GUESS),
        ),
        "request": (
            Place("requestId", ("serverRequest/resolved",)),
            Place("request_id", ("serverRequest/resolved",), standing=Standing.PEER),
        ),
    }
)

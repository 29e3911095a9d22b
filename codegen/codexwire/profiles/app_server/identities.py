"""Where the ids of the app-server's messages stand.

Ids of something else are left out on purpose: `parentThreadId`, `projectId`, `sourceTurnId`,
`beforeTurnId`, the `sessionId` of a file search or of a realtime session. The `id` of a legacy event is
that of its turn.
"""

from __future__ import annotations

from codexwire.model.identity import Identities, IdPlace, Standing
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
            IdPlace("sessionId", ("sessionConfigured",)),
            IdPlace("summary.conversationId", ("getConversationSummary",), "result"),
            IdPlace("conversationId", _LEGACY),
            IdPlace("thread.id", ("thread/started",)),
            IdPlace("thread.id", _THREADS, "result"),
            IdPlace("goal.threadId", ("thread/goal/get", "thread/goal/set"), "result"),
            IdPlace("reviewThreadId", ("review/start",), "result"),
            IdPlace("threadId"),
            IdPlace("goal.threadId"),
            IdPlace("thread.id"),
            IdPlace("conversationId"),
            IdPlace("thread.threadId", standing=Standing.PEER),
            IdPlace("thread.thread_id", standing=Standing.PEER),
            IdPlace("thread_id", standing=Standing.PEER),
            IdPlace("conversation_id", standing=Standing.PEER),
            IdPlace("goal.thread_id", standing=Standing.PEER),
            IdPlace("thread.sessionId", standing=Standing.GUESS),
            IdPlace("sessionId", _SESSIONS, standing=Standing.GUESS),
            IdPlace("turn.threadId", standing=Standing.GUESS),
            IdPlace("item.threadId", standing=Standing.GUESS),
            IdPlace("tokenUsage.threadId", standing=Standing.GUESS),
        ),
        "turn": (
            IdPlace("id", (f"{PREFIX}*",)),
            IdPlace("expectedTurnId", ("turn/steer",), "params"),
            IdPlace("turn.id", ("turn/started", "turn/completed")),
            IdPlace("turn.id", ("turn/start", "review/start", "thread/queue/start"), "result"),
            IdPlace("turnId"),
            IdPlace("turn.id"),
            IdPlace("turn.turnId", standing=Standing.PEER),
            IdPlace("turn.turn_id", standing=Standing.PEER),
            IdPlace("turn_id", standing=Standing.PEER),
            IdPlace("item.turnId", standing=Standing.GUESS),
        ),
        "item": (
            IdPlace("targetItemId", ("item/autoApprovalReview/*",)),
            IdPlace("callId", _CALLS),
            IdPlace("item.id", _OF_ITEM),
            IdPlace("itemId"),
            IdPlace("item.id"),
            IdPlace("item.itemId", standing=Standing.PEER),
            IdPlace("item_id", standing=Standing.PEER),
            IdPlace("call_id", _CALLS, standing=Standing.PEER),
            IdPlace("item.item_id", standing=Standing.GUESS),
        ),
        "request": (
            IdPlace("requestId", ("serverRequest/resolved",)),
            IdPlace("request_id", ("serverRequest/resolved",), standing=Standing.PEER),
        ),
    }
)

"""Where the ids of a line's payload stand.

A line goes by its type, and by that of its payload: `event_msg/item_completed`. The thread of a file is
the id of its first `session_meta`; most lines name none. In what was written before 0.100.0 no turn has
an id, and in legacy history no item has one, but the calls of tools have in all releases.
"""

from __future__ import annotations

from codexwire.model.identity import Identities, IdPlace

__all__ = ["IDENTITIES"]

_META = ("session_meta",)
_ITEMS = ("event_msg/item_started", "event_msg/item_completed")
_CALLS = ("response_item/*", "event_msg/*", "retained_context/*")
_PASSED = "internal_chat_message_metadata_passthrough"

IDENTITIES = Identities(
    {
        "session": (IdPlace("session_id", ("session_meta", "token_usage_record")),),
        "thread": (
            IdPlace("id", _META),
            IdPlace("thread_id"),
            IdPlace("threadId", ("event_msg/thread_goal_updated",)),
        ),
        "turn": (
            IdPlace("turn_id"),
            IdPlace(f"{_PASSED}.turn_id", ("response_item/*",)),
        ),
        "item": (
            IdPlace("item.id", _ITEMS),
            IdPlace("item_id", ("event_msg/*",)),
            IdPlace("id", ("response_item/*",)),
        ),
        "call": (IdPlace("call_id", _CALLS),),
    }
)

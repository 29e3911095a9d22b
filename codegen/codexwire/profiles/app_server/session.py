"""Sessions with the app-server: which checks look at them, and what messages mean for turns."""

from __future__ import annotations

from collections.abc import Mapping

from codexwire.model.session import Moment, StatusReport, Vocabulary
from codexwire.model.session_check import SessionCheck
from codexwire.profiles.app_server.checks import (
    after_turn_completed,
    experimental_without_capability,
    foreign_thread,
    item_completed_twice,
    item_never_completes,
    mcp_startup_repeated,
    opted_out_notification,
    phantom_turn,
    turn_after_refusal,
    turn_never_completes,
    usage_counted_twice,
)
from codexwire.profiles.app_server.identities import IDENTITIES
from codexwire.profiles.app_server.names import PREFIX
from codexwire.profiles.app_server.turns import advance
from codexwire.profiles.shared.session import CHECKS as SHARED

__all__ = ["AWAITED", "CHECKS", "VOCABULARY"]

CHECKS: tuple[SessionCheck, ...] = (
    *SHARED,
    turn_never_completes.CHECK,
    phantom_turn.CHECK,
    turn_after_refusal.CHECK,
    item_never_completes.CHECK,
    item_completed_twice.CHECK,
    foreign_thread.CHECK,
    after_turn_completed.CHECK,
    experimental_without_capability.CHECK,
    opted_out_notification.CHECK,
    mcp_startup_repeated.CHECK,
    usage_counted_twice.CHECK,
)
"""In the order in which they look at a message."""

_MOMENTS: Mapping[str, Moment] = {
    "thread/started": Moment.THREAD_STARTED,
    "thread/status/changed": Moment.THREAD_CHANGED,
    "turn/started": Moment.TURN_STARTED,
    "turn/completed": Moment.TURN_COMPLETED,
    "item/started": Moment.ITEM_STARTED,
    "item/completed": Moment.ITEM_COMPLETED,
    "error": Moment.ERROR,
    "review/start": Moment.REVIEW_ASKED,
    "turn/start": Moment.TURN_ASKED,
    "serverRequest/resolved": Moment.REQUEST_RESOLVED,
}

AWAITED = frozenset(
    {"turn/started", "turn/completed", f"{PREFIX}task_started", f"{PREFIX}task_complete"}
)
"""The notifications that a client has to wait for before it goes on: the others may differ."""

_REPORTS: Mapping[str, StatusReport] = {
    mcp_startup_repeated.METHOD: StatusReport(("name",), mcp_startup_repeated.status),
    usage_counted_twice.METHOD: StatusReport((), usage_counted_twice.usage),
}

VOCABULARY = Vocabulary(IDENTITIES, _MOMENTS, advance, _REPORTS)

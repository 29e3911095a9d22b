"""The table of session checks, in the order in which they look at a message."""

from __future__ import annotations

from codexwire.transcript.session.check import Check
from codexwire.transcript.session.checks import (
    after_turn_completed,
    double_initialize,
    experimental_without_capability,
    foreign_thread,
    id_in_flight,
    item_completed_twice,
    item_never_completes,
    opted_out_notification,
    phantom_turn,
    server_request_unanswered,
    session_boundary,
    turn_never_completes,
    unanswered_request,
    unmatched_response,
    use_before_initialize,
)

__all__ = ["CHECKS"]

CHECKS: tuple[Check, ...] = (
    use_before_initialize.CHECK,
    double_initialize.CHECK,
    session_boundary.CHECK,
    unanswered_request.CHECK,
    unmatched_response.CHECK,
    id_in_flight.CHECK,
    turn_never_completes.CHECK,
    phantom_turn.CHECK,
    item_never_completes.CHECK,
    item_completed_twice.CHECK,
    foreign_thread.CHECK,
    after_turn_completed.CHECK,
    server_request_unanswered.CHECK,
    experimental_without_capability.CHECK,
    opted_out_notification.CHECK,
)

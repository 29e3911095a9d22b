"""The session checks that look at every protocol, in the order in which they do."""

from __future__ import annotations

from codexwire.model.session_check import SessionCheck
from codexwire.profiles.shared.checks import (
    double_initialize,
    id_in_flight,
    no_initialized,
    server_request_unanswered,
    session_boundary,
    unanswered_request,
    unmatched_response,
    use_before_initialize,
)

__all__ = ["CHECKS"]

CHECKS: tuple[SessionCheck, ...] = (
    use_before_initialize.CHECK,
    double_initialize.CHECK,
    no_initialized.CHECK,
    session_boundary.CHECK,
    unanswered_request.CHECK,
    unmatched_response.CHECK,
    id_in_flight.CHECK,
    server_request_unanswered.CHECK,
)

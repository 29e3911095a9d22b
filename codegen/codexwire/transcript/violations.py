"""What is wrong with one message: the fast path first, the reasons only where it says no."""

from __future__ import annotations

from codexwire.model.message import MessageKind
from codexwire.model.session import SentRequest
from codexwire.model.session_message import SessionMessage
from codexwire.wire import Validators, Violation

__all__ = ["explained", "violations"]


def violations(
    validators: Validators,
    message: SessionMessage,
    request: SentRequest | None,
    data: bytes,
    *,
    show: bool,
) -> tuple[Violation, ...]:
    """Return the violations of a message that was read from `data`; none of a valid one.

    `request` is what it answers, where that is known; with `show` the texts quote values.
    """
    body = message.body
    if "method" in body:
        valid = validators.fast_accepts(data, message.sender) or validators.accepts_message(
            body, message.sender
        )
    elif message.kind is MessageKind.ERROR:
        valid = validators.accepts_error(body)
    elif request is not None and message.kind is MessageKind.RESPONSE:
        asked = request.method, request.sender
        valid = validators.fast_accepts_result(data, *asked) or validators.accepts_response(
            body, *asked
        )
    else:
        valid = False
    return () if valid else explained(validators, message, request, show=show)


def explained(
    validators: Validators, message: SessionMessage, request: SentRequest | None, *, show: bool
) -> tuple[Violation, ...]:
    """Return the same without the fast path, which needs the text of the message."""
    body = message.body
    if "method" in body:
        return validators.check_message(body, message.sender, show_values=show)
    if request is None or message.kind is not MessageKind.RESPONSE:
        return validators.check_envelope(body, show_values=show)
    return validators.check_response(body, request.method, request.sender, show_values=show)

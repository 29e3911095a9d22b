"""Infers the senders that a recording does not say."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any

from codexwire.direction import Side
from codexwire.model.exchange import Exchange
from codexwire.model.message import MessageKind, RequestId, kind_of, request_id
from codexwire.transcript.entry import Entry, TranscriptItem
from codexwire.transcript.senders import infer_sender
from codexwire.wire import Validators, decode

__all__ = ["with_senders"]


def with_senders(
    items: Iterable[TranscriptItem], validators: Callable[[], Validators]
) -> Iterator[TranscriptItem]:
    """Yield the items, each message with its sender: inferred where the recording does not say it.

    `validators` gives those of the schema to infer by. What is no message keeps what it has.
    """
    inference = _Inference(validators)
    for item in items:
        body = decode(item.data)[0] if isinstance(item, Entry) else None
        if isinstance(item, Entry) and isinstance(body, dict):
            yield item.sent_by(inference.sender(item, body))
        else:
            yield item


class _Inference:
    """Knows which requests wait for answers."""

    def __init__(self, validators: Callable[[], Validators]) -> None:
        self._validators = validators
        self._requests: Exchange[tuple[str, Side, RequestId], str] = Exchange()

    def sender(self, entry: Entry, body: dict[str, Any]) -> Side:
        """Return who sent a message, and note the request or the answer that it is."""
        rid, kind = request_id(body.get("id")), kind_of(body)

        def pending(side: Side) -> str | None:
            return None if rid is None else self._requests.match((entry.connection, side, rid))

        sender = entry.sender or infer_sender(body, self._validators(), pending)
        if rid is not None and kind is MessageKind.REQUEST:
            self._requests.ask((entry.connection, sender, rid), str(body["method"]))
        elif rid is not None and kind.is_answer:
            self._requests.take((entry.connection, sender.other, rid))
        return sender

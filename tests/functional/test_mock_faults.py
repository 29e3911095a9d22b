"""Faults one by one against our own clients: a result, a drift note or a typed error, never a hang."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

import pytest
from live_client import FLAVOURS, entered, play
from mocked import mock_of

from codex_app_server_protocol import AsyncAppServerClient
from codexwire.direction import Side
from codexwire.proxy.mock import MockServer, open_mock
from codexwire.proxy.mock.faults import FAULTS
from codexwire.runtime.client.options import ClientOptions, RetryPolicy
from codexwire.runtime.drift import Drift, drift_notes
from codexwire.runtime.errors import (
    ClientError,
    ConnectionClosedError,
    InternalServerError,
    OverloadedError,
    RequestTimeoutError,
    UnexpectedResultError,
    UnreadableAnswerError,
)

LONG, SHORT = 60.0, 0.3
"""Seconds: for what comes, and for what never comes."""


@dataclass(frozen=True)
class Case:
    """A fault, what the client makes of it, and what it notes of the messages."""

    fault: str
    error: type[ClientError] | None = None
    note: str | None = None
    status: str = "completed"
    limit: float = LONG
    stderr: str = ""


CASES = {
    "delay": Case('on = "turn/started"\ndelay = 0.05'),
    "drop-answer": Case('on = "turn/start"\ndrop = true', RequestTimeoutError, limit=SHORT),
    "drop-end": Case('on = "turn/completed"\ndrop = true', RequestTimeoutError, limit=SHORT),
    "drop-delta": Case('on = "item/agentMessage/delta"\ndrop = true'),
    "drop-handshake": Case('on = "initialize"\ndrop = true', RequestTimeoutError, limit=SHORT),
    "reorder-answer": Case('on = "turn/start"\nreorder = 3'),
    "reorder-item": Case('on = "item/started"\nreorder = 2'),
    "reorder-past-the-end": Case(
        'on = "turn/completed"\nreorder = 1', RequestTimeoutError, limit=SHORT
    ),
    "duplicate-answer": Case('on = "turn/start"\nduplicate = 2'),
    "duplicate-end": Case('on = "turn/completed"\nduplicate = 3'),
    "duplicate-all": Case('on = "*"\nnth = 0\nduplicate = 2'),
    "malformed": Case('on = "turn/started"\nmalformed_line = true'),
    "malformed-end": Case(
        'on = "turn/completed"\nmalformed_line = true', RequestTimeoutError, limit=SHORT
    ),
    "partial": Case('on = "turn/started"\npartial_line = true'),
    "partial-answer": Case('on = "thread/start"\npartial_line = true', UnreadableAnswerError),
    "huge": Case('on = "turn/started"\nhuge_line = 3000000', note=Drift.UNKNOWN_FIELD),
    "huge-answer": Case('on = "thread/start"\nhuge_line = 3000000'),
    "unknown-notification": Case(
        'on = "turn/completed"\nunknown_notification = "future/thing"\nparams = { a = [1] }',
        note=Drift.UNKNOWN_METHOD,
    ),
    "unknown-turn-notification": Case(
        'on = "turn/completed"\nunknown_notification = "turn/dreamt"', note=Drift.UNKNOWN_METHOD
    ),
    "new-enum-value": Case(
        'on = "turn/started"\nnew_enum_value = "pondering"\nat = "/params/turn/status"',
        note=Drift.UNKNOWN_VALUE,
    ),
    "new-enum-value-found": Case(
        'on = "turn/started"\nnew_enum_value = "pondering"', note=Drift.UNKNOWN_VALUE
    ),
    "new-status": Case(
        'on = "turn/completed"\nnew_enum_value = "evaporated"\nat = "/params/turn/status"',
        note=Drift.UNKNOWN_VALUE,
        status="evaporated",
    ),
    "unknown-field": Case(
        'on = "item/completed"\nunknown_field = "mood"\nvalue = { of = "it" }\nat = "/params/item"',
        note=Drift.UNKNOWN_FIELD,
    ),
    "unknown-field-in-answer": Case('on = "turn/start"\nunknown_field = "mood"'),
    "missing-field": Case(
        'on = "turn/completed"\nmissing_field = "/params/turn/items"', note="t019-field-omitted"
    ),
    "missing-status": Case(
        'on = "turn/completed"\nmissing_field = "/params/turn/status"',
        note=Drift.MISSING_FIELD,
        status="unknown",
    ),
    "missing-turn": Case(
        'on = "turn/completed"\nmissing_field = "/params/turn"', RequestTimeoutError, limit=SHORT
    ),
    "missing-thread-id": Case(
        'on = "thread/start"\nmissing_field = "/result/thread/id"'  # its sessionId is read instead
    ),
    "missing-thread": Case(
        'on = "thread/start"\nmissing_field = "/result/thread"', UnexpectedResultError
    ),
    "missing-turn-id": Case(
        'on = "turn/start"\nmissing_field = "/result/turn/id"', UnexpectedResultError
    ),
    "missing-params": Case('on = "turn/started"\nmissing_field = "/params"'),
    "missing-method": Case('on = "turn/started"\nmissing_field = "/method"'),
    "missing-result": Case('on = "thread/start"\nmissing_field = "/result"', UnexpectedResultError),
    "unknown-item-type": Case(
        'on = "item/started"\nnth = 0\nunknown_item_type = "hologram"', note=Drift.UNKNOWN_VARIANT
    ),
    "error": Case(
        'on = "turn/start"\nerror = { code = -32603, message = "boom" }', InternalServerError
    ),
    "overloaded-once": Case('on = "turn/start"\nerror = { code = -32001, message = "busy" }'),
    "overloaded-for-good": Case(
        'on = "turn/start"\nnth = 0\nerror = { code = -32001, message = "busy" }', OverloadedError
    ),
    "disconnect": Case('on = "turn/started"\ndisconnect = true', ConnectionClosedError),
    "disconnect-later": Case(
        'on = "turn/started"\nafter = 3\ndisconnect = true', ConnectionClosedError
    ),
    "disconnect-in-handshake": Case('on = "initialize"\ndisconnect = true', ConnectionClosedError),
    "exit": Case('on = "turn/start"\nexit = 3', ConnectionClosedError, stderr="exit code 3"),
    "stderr": Case('on = "turn/start"\nstderr = "a warning"'),
}


@dataclass
class Outcome:
    """What a client came to: a result or an error, and the drift of what it was sent."""

    result: Any = None
    error: ClientError | None = None
    rules: set[str] = field(default_factory=set)


def outcome(flavour: str, server: MockServer, limit: float) -> Outcome:
    """Run one turn and return what came of it; any other exception than ours fails the test."""
    found = Outcome()
    codec = AsyncAppServerClient.codec

    def observe(side: Side, text: bytes) -> None:
        try:
            message = json.loads(text)
        except ValueError:
            return
        if side is Side.SERVER and "method" in message and "params" in message:
            params = codec.notification(message["method"], message["params"])
            found.rules |= {note.rule for note in drift_notes(params)}

    async def scenario() -> None:
        options = ClientOptions(timeout=limit, observer=observe, retry=RetryPolicy(first=0.01))
        try:
            async with entered(flavour, lambda kind: kind(open_mock(server), options)) as client:
                thread = await client.start_thread({})
                found.result = await client.run_turn(thread, "Good morning!", timeout=limit)
        except ClientError as error:
            found.error = error

    play(flavour, scenario)
    return found


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("flavour", FLAVOURS)
def test_a_fault_ends_in_a_result_a_note_or_a_typed_error(flavour: str, name: str) -> None:
    case = CASES[name]
    found = outcome(flavour, mock_of("0.163.0", f"[[fault]]\n{case.fault}"), case.limit)
    if case.error is not None:
        assert type(found.error) is case.error
        assert case.stderr in str(found.error)
    else:
        assert found.error is None
        assert (found.result.status, found.result.text) == (case.status, "Good morning!")
    if case.note is not None:
        assert case.note in found.rules


def test_without_a_fault_nothing_is_noted() -> None:
    found = outcome("asyncio", mock_of("0.163.0"), LONG)
    assert found.result.status == "completed"
    assert found.rules == set()


def test_every_kind_of_fault_has_a_case() -> None:
    tried = {kind for kind in FAULTS for case in CASES.values() if f"{kind} = " in case.fault}
    assert tried == set(FAULTS)

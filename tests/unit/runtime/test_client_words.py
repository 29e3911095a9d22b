"""What a client says of its own is what the schema of a release takes."""

from __future__ import annotations

from typing import get_args

import pytest

from codexwire import wire
from codexwire.direction import Kind, Side
from codexwire.ingest import load
from codexwire.ir.model import Protocol
from codexwire.normalize import normalize
from codexwire.runtime.client.handlers import Decision, approval_handlers
from codexwire.runtime.client.jsonrpc import trace_context
from codexwire.runtime.errors import MessageError

CONTEXT = "W3cTraceContext"


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    return normalize(load("0.140.0")).protocol


def test_every_decision_of_every_approval_is_one_of_the_schema(protocol: Protocol) -> None:
    validators = wire.Validators(protocol)
    requests = protocol.table(Side.SERVER, Kind.REQUEST)
    responses = {method.name: str(method.result) for method in requests}
    approvals = {n for n in responses if n.lower().endswith("approval")}
    approvals.remove("item/permissions/requestApproval")  # which is answered with permissions
    answers = [approval_handlers(decision) for decision in get_args(Decision)]
    for method in approvals:
        told = [handlers[method](None) for handlers in answers]
        assert all(validators.accepts_type(responses[method], answer) for answer in told)
        assert len({answer["decision"] for answer in told}) == len(answers) == 4
        assert not validators.accepts_type(responses[method], {"decision": "yes"})
    assert all(handlers.keys() == approvals for handlers in answers)


def test_a_trace_context_has_the_members_of_the_schema(protocol: Protocol) -> None:
    (schema,) = (t.schema for name, t in protocol.types.items() if name.endswith(CONTEXT))
    trace = dict.fromkeys(schema["properties"], "x")
    assert trace_context(trace) == trace
    with pytest.raises(MessageError, match="not a trace context"):
        trace_context({**trace, "parent": "x"})

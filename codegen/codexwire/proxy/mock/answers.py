"""The replies to requests: from what the mock remembers, or made from the schema.

A request that has no handler is answered with a value of its response type, in which the ids that the
request named stand again; where nobody knows the response type, with an empty object, which is logged.
An answer that the script fixes goes over what would be answered otherwise.
"""

from __future__ import annotations

import logging
from typing import Any

from codexwire.proxy.mock.admission import RefusedRequest
from codexwire.proxy.mock.call import MockCall, Reply
from codexwire.proxy.mock.fit_to_schema import merged
from codexwire.proxy.mock.handlers import HANDLERS
from codexwire.proxy.mock.script import Answer

__all__ = ["answer"]

_LOG = logging.getLogger("codexwire.mock")


def answer(call: MockCall, refusal: dict[str, Any] | None = None) -> Reply:
    """Return the answer to a request that was accepted; Refusal for an error, as `refusal` is one."""
    server, method = call.server, call.method.name
    ordinal = server.count(method)
    if refusal is not None:
        raise RefusedRequest(**refusal)
    fixed = server.script.answer(method, ordinal)
    if fixed is not None and fixed.error is not None:
        raise RefusedRequest(fixed.error.message, fixed.error.code, fixed.error.data)
    reply = _reply(call, f"{method}/{ordinal}")
    return reply if fixed is None else Reply(_fixed(call, fixed, reply.result), reply.after)


def _reply(call: MockCall, key: str) -> Reply:
    fitter = call.server.fitter
    schema = call.server.result_schema(call.method.name)
    handler = HANDLERS.get(call.method.name)
    if handler is not None:
        reply = handler(call)
        return Reply(fitter.fit(schema, reply.result, key), reply.after)
    if "thread" in call.ids:
        call.thread()
    if schema is True:
        _LOG.warning("the response type of %s is not known: the mock answers {}", call.method.name)
        return Reply({})
    result = fitter.with_ids(schema, fitter.sample(schema, key), _ids(call))
    echoed = _echoed(result, call.params)
    return Reply(echoed if fitter.accepts(schema, echoed) else result)


def _ids(call: MockCall) -> dict[str, str]:
    """Return the ids that a made result may name: those of the request, and a thread that exists."""
    newest = next(reversed(call.state.threads), None)
    return ({} if newest is None else {"thread": newest}) | call.ids


def _echoed(value: Any, params: dict[str, Any]) -> Any:
    """Return a result in which members that are called as an id of the request (`…Id`) are it."""
    if isinstance(value, list):
        return [_echoed(item, params) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        name: params[name]
        if name.endswith("Id") and isinstance(member, str) and isinstance(params.get(name), str)
        else _echoed(member, params)
        for name, member in value.items()
    }


def _fixed(call: MockCall, fixed: Answer, made: Any) -> Any:
    """Return the script's result over what was made, or alone where the two do not go together."""
    fitter = call.server.fitter
    schema = call.server.result_schema(call.method.name)
    both = merged(made, fixed.result)
    return both if fitter.accepts(schema, both) else fitter.fit(schema, fixed.result, fixed.method)

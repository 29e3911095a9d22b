"""What requests are answered with: from what the mock remembers, or made from the schema.

A request that has no handler is answered with a value of its response type, in which the ids that the
request named stand again; where nobody knows the response type, with an empty object, which is logged.
An answer that the script fixes goes over what would be answered otherwise.
"""

from __future__ import annotations

import logging
from typing import Any

from codexwire.proxy.mock.admit import Refusal
from codexwire.proxy.mock.call import Call, Made
from codexwire.proxy.mock.handlers import HANDLERS
from codexwire.proxy.mock.maker import merged
from codexwire.proxy.mock.script import Answer

__all__ = ["reply"]

_LOG = logging.getLogger("codexwire.mock")


def reply(call: Call) -> Made:
    """Return the answer to a request that was admitted; Refusal for an error."""
    server, method = call.session.server, call.method.name
    ordinal = server.count(method)
    fixed = server.script.answer(method, ordinal)
    if fixed is not None and fixed.error is not None:
        raise Refusal(fixed.error.message, fixed.error.code, fixed.error.data)
    made = _made(call, f"{method}/{ordinal}")
    return made if fixed is None else Made(_fixed(call, fixed, made.result), made.after)


def _made(call: Call, key: str) -> Made:
    maker = call.session.server.maker
    schema = call.session.server.result_schema(call.method.name)
    handler = HANDLERS.get(call.method.name)
    if handler is not None:
        made = handler(call)
        return Made(maker.like(schema, made.result, key), made.after)
    if "thread" in call.ids:
        call.thread()
    if schema is True:
        _LOG.warning("the response type of %s is not known: the mock answers {}", call.method.name)
        return Made({})
    result = maker.relabelled(schema, maker.any(schema, key), _ids(call))
    echoed = _echoed(result, call.params)
    return Made(echoed if maker.accepts(schema, echoed) else result)


def _ids(call: Call) -> dict[str, str]:
    """Return the ids that a made result may name: those of the request, and a thread that exists."""
    newest = next(reversed(call.world.threads), None)
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


def _fixed(call: Call, fixed: Answer, made: Any) -> Any:
    """Return the script's result over what was made, or alone where the two do not go together."""
    maker = call.session.server.maker
    schema = call.session.server.result_schema(call.method.name)
    both = merged(made, fixed.result)
    return both if maker.accepts(schema, both) else maker.like(schema, fixed.result, fixed.method)

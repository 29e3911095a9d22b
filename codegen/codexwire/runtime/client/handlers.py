"""Answers to the server's requests: the program's handlers, and safe defaults without one.

The defaults never let anything happen: commands and patches are declined, permissions are not granted,
questions stay unanswered, tools fail. A method that has no safe answer gets an error. A handler that
raises is logged, and so is one that does not decide in time; the default is sent in their place: some
releases (0.58.0–0.92.0) let a turn hang for good when an approval is answered with an error.
"""

from __future__ import annotations

import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from functools import partial
from typing import Any, Final, Literal, TypeAlias

import anyio

from codexwire.model.error_kind import METHOD_NOT_FOUND
from codexwire.model.message import Json
from codexwire.profiles.app_server.answers import SAFE_ANSWERS
from codexwire.runtime.client.jsonrpc import encode
from codexwire.runtime.client.messages import Codec, ServerRequest

__all__ = ["SAFE_ANSWERS", "Answerer", "Decision", "Handler", "Handlers", "approval_handlers"]

Handler: TypeAlias = "Callable[[Any], Any | Awaitable[Any]]"
"""Takes the typed params and returns the result (a model or a dict), or an awaitable of it."""

Decision: TypeAlias = Literal["accept", "accept_for_session", "decline", "cancel"]

Answerer: TypeAlias = "Callable[[ServerRequest, Codec], Awaitable[Json]]"
"""Returns the members of the answer: `{"result": …}` or `{"error": …}`."""

_LOG = logging.getLogger("codexwire.client")
_INTERNAL_ERROR: Final = -32603

_V1: Final[Mapping[Decision, str]] = {
    "accept": "approved",
    "accept_for_session": "approved_for_session",
    "decline": "denied",
    "cancel": "abort",
}
_V2: Final[Mapping[Decision, str]] = {
    "accept": "accept",
    "accept_for_session": "acceptForSession",
    "decline": "decline",
    "cancel": "cancel",
}
_APPROVALS: Final[Mapping[str, Mapping[Decision, str]]] = {
    "item/commandExecution/requestApproval": _V2,
    "item/fileChange/requestApproval": _V2,
    "execCommandApproval": _V1,
    "applyPatchApproval": _V1,
}


def approval_handlers(decision: Decision) -> dict[str, Handler]:
    """Return handlers that answer every command and patch approval, v1 and v2, with one decision."""

    def handler(words: Mapping[Decision, str]) -> Handler:
        return lambda params: {"decision": words[decision]}  # noqa: ARG005 - any params

    return {method: handler(words) for method, words in _APPROVALS.items()}


class Handlers:
    """The program's handlers by method, and one for every method without its own."""

    def __init__(
        self,
        by_method: Mapping[str, Handler] | None = None,
        fallback: Handler | None = None,
        timeout: float | None = None,
    ) -> None:
        self._timeout = timeout
        self._by_method: dict[str, Handler] = dict(by_method or {})
        self._fallback = fallback

    def set(self, method: str, handler: Handler | None) -> None:
        """Let `handler` answer `method` from now on; None goes back to the default."""
        if handler is None:
            self._by_method.pop(method, None)
        else:
            self._by_method[method] = handler

    def choose(self, method: str) -> Answerer:
        """Return what answers a request for `method`, whatever is set after this."""
        own = self._by_method.get(method)
        if own is not None:
            return partial(_run, own, timeout=self._timeout)
        if self._fallback is not None:
            return partial(_run, self._fallback, whole=True, timeout=self._timeout)
        return _decline


async def _decline(request: ServerRequest, _codec: Codec) -> Json:
    return _default(request.method, METHOD_NOT_FOUND, "this client does not serve it")


async def _run(
    handler: Handler,
    request: ServerRequest,
    codec: Codec,
    *,
    whole: bool = False,
    timeout: float | None = None,
) -> Json:
    """Return a handler's answer, or the default after `timeout` seconds without one.

    The handler gets the params, or the `whole` request.
    """
    with anyio.move_on_after(timeout):
        return await _decided(handler, request, codec, whole)
    _LOG.warning("no decision on %s in time; the safe default is sent", request.method)
    return _default(request.method, _INTERNAL_ERROR, f"no decision within {timeout:g} s")


async def _decided(handler: Handler, request: ServerRequest, codec: Codec, whole: bool) -> Json:
    try:
        result = handler(request if whole else request.params)
        if inspect.isawaitable(result):
            result = await result
        answer = {"result": codec.dump(result)}
        encode(answer)
        return answer
    except Exception as problem:
        _LOG.exception("the handler of %s failed; the safe default is sent", request.method)
        return _default(request.method, _INTERNAL_ERROR, f"handler failed: {problem}")


def _default(method: str, code: int, why: str) -> Json:
    safe = SAFE_ANSWERS.get(method)
    if safe is not None:
        return {"result": dict(safe)}
    return {"error": {"code": code, "message": f"{method}: {why}"}}

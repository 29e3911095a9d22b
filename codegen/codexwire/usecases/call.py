"""One request to a server that is launched for it, or that runs already."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from codexwire.direction import Side
from codexwire.errors import CodexwireError
from codexwire.ingest import load
from codexwire.ir.model import Protocol
from codexwire.lazy import meant
from codexwire.model.message import Json
from codexwire.normalize import normalize
from codexwire.profiles.ids import id_of
from codexwire.runtime.client.connection import Observer
from codexwire.runtime.client.handlers import Decision, approval_handlers
from codexwire.runtime.client.messages import Notification
from codexwire.runtime.client.options import ClientOptions
from codexwire.runtime.client.sync import Client
from codexwire.runtime.errors import RequestTimeoutError, RpcError
from codexwire.transcript.server_guess import Origin, ServerGuess
from codexwire.usecases.call_params import methods, params_of
from codexwire.usecases.launched import Launch, Launched, countdown
from codexwire.usecases.notices import Say, silent
from codexwire.usecases.schema_choice import choose
from codexwire.version import Version
from codexwire.wire import compile

__all__ = ["CallAnswer", "CallRequest", "call"]

_UNIX = "unix://"


@dataclass(frozen=True, slots=True)
class CallRequest:
    """Which method to ask for with which words (see `params_of`), and of which server.

    `connect` is the address of one that runs (`ws://…`, `unix://PATH`), with its `token`; else one is
    launched. `wait` names a notification to wait for after the answer, of the thread and turn that the
    request or the answer names; `timeout` is for all. `note` is called with what the schema says about
    the request, which is sent all the same: the server decides. `watch` sees every message.
    """

    method: str
    words: Sequence[str] = ()
    launch: Launch = field(default_factory=Launch)
    connect: str | None = None
    token: str | None = None
    wait: str | None = None
    timeout: float | None = None
    decision: Decision = "decline"
    watch: Observer | None = None
    note: Say = silent


@dataclass(frozen=True, slots=True)
class CallAnswer:
    """What came: the params that were sent, `result` or `error`, and what was waited for."""

    method: str
    params: Any
    result: Any = None
    error: Json | None = None
    notification: Json | None = None


def call(request: CallRequest) -> CallAnswer:
    """Send the request and return its answer, an error answer too.

    UsageError for words that make no params, ClientError when there is no answer.
    """
    left = countdown(request.timeout)
    options = ClientOptions(handlers=approval_handlers(request.decision), observer=request.watch)
    with ExitStack() as stack:
        client = _client(request, options, stack)
        client.start(timeout=left())
        params = _params(request, client.server.version)
        coming = client.notifications() if request.wait else None
        try:
            result = client.ask(request.method, params, timeout=left())
        except RpcError as refusal:
            error = {"code": refusal.code, "message": refusal.message, "data": refusal.data}
            return CallAnswer(request.method, params, error=error)
        told = None
        while coming is not None and told is None:
            found = _next(coming, request, left())
            told = found.raw if _is_meant(found, request, params, result) else None
        return CallAnswer(request.method, params, result, notification=told)


def _client(request: CallRequest, options: ClientOptions, stack: ExitStack) -> Client:
    address = request.connect
    if address is None:
        return Launched(request.launch, stack).client(options)
    if address.startswith(_UNIX):
        path = address.removeprefix(_UNIX)
        client = Client.connect_unix(path, token=request.token, options=options)
    else:
        client = Client.connect(address, token=request.token, options=options)
    stack.callback(client.close)
    return client


def _params(request: CallRequest, version: Version | None) -> Any:
    """Return the params, after saying what the schema of the server's release says of them."""
    protocol = _protocol(version)
    known = methods(protocol)
    if request.method not in known:
        request.note(
            f"{protocol.version} has no method {request.method}{meant(request.method, known)}"
        )
    params, odd = params_of(protocol, request.method, request.words)
    for text in odd:
        request.note(text)
    if request.method in known:
        message = {"id": 0, "method": request.method}
        whole = message if params is None else {**message, "params": params}
        for violation in compile(protocol).check_message(whole, Side.CLIENT):
            request.note(f"{protocol.version}: {violation.message}, at {violation.pointer}")
    return params


@cache
def _protocol(version: Version | None) -> Protocol:
    source, _ = choose(ServerGuess(version, Origin.USER_AGENT if version else Origin.NOTHING))
    return normalize(load(source, exact=True)).protocol


def _next(coming: Any, request: CallRequest, left: float | None) -> Notification:
    try:
        found: Notification | None = coming.next(timeout=left)
    except RequestTimeoutError:
        missing = f"{request.wait} did not come"
        raise RequestTimeoutError(str(request.wait), request.timeout or 0.0, missing) from None
    if found is None:
        raise CodexwireError(f"{request.wait} did not come: the notifications ended")
    return found


def _is_meant(found: Notification, request: CallRequest, params: Any, result: Any) -> bool:
    """Whether a notification is the one waited for: of the method, thread and turn of the request."""
    if found.method != request.wait:
        return False
    for kind, seen in (("thread", found.thread_id), ("turn", found.turn_id)):
        asked = id_of(kind, request.method, result, "result") or id_of(
            kind, request.method, params, "params"
        )
        if None not in (asked, seen) and asked != seen:
            return False
    return True

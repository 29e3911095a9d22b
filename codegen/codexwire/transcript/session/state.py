"""The state of a session: one fold over the messages, which alone changes it.

`SessionState.step` says what a message means in the state before it, `SessionState.advance` moves the
state on. Nothing here judges; the checks look at steps and at the state that is left at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from codexwire.direction import Side
from codexwire.ir.model import Protocol
from codexwire.model.exchange import Exchange
from codexwire.model.message import MessageKind, RequestId, server_release
from codexwire.model.profile import profile_of
from codexwire.model.session import (
    NO_REPORT,
    ConnectionRecord,
    Handshake,
    Moment,
    SeenMessage,
    SentRequest,
    SessionStep,
    TurnRecord,
)
from codexwire.model.session_message import SessionMessage
from codexwire.model.turn_state import TurnState
from codexwire.version import Version

__all__ = ["SessionState", "server_version"]

_ANSWERS = 1 << 16
"""So many answers of a connection are remembered, so that a long recording does not fill the memory."""

_CONNECTIONS = 1 << 11
"""A connection counts as ended when so many others began since anything was heard of it."""


def server_version(result: Any) -> Version | None:
    """Return the release that the result of `initialize` names in its `userAgent`."""
    return server_release(result.get("userAgent")) if isinstance(result, dict) else None


class SessionState:
    """All connections of one recording.

    `version` is the release to assume until a server says (None: that of `protocol`), which
    `knows(method, side)` says the methods of. `phases` counts the times at which messages began to meet
    another `Phase` than those before, or a connection ended; `ended` has those that did, until somebody
    asks.
    """

    def __init__(
        self,
        protocol: Protocol,
        version: Version | None = None,
        knows: Callable[[str, Side], bool] = lambda _method, _side: True,
    ) -> None:
        self._protocol, self._version, self._knows = protocol, version or protocol.version, knows
        self._vocabulary = profile_of(protocol).vocabulary
        self.connections: dict[str, ConnectionRecord] = {}
        self.ended: list[ConnectionRecord] = []
        self.phases = 0
        self._active: set[str] = set()
        self._begun = 0

    def connection(self, name: str) -> ConnectionRecord:
        """Return the state of a connection, new when it was not heard of."""
        connection = self.connections.get(name)
        if connection is None:
            requests = Exchange[tuple[Side, RequestId], SentRequest](
                _ANSWERS, sort=self._sort, group=lambda asked: (asked.sender, asked.ids.thread)
            )
            connection = ConnectionRecord(
                name, self._version, self._protocol, self._vocabulary, requests
            )
            self.connections[name] = connection
            self._begun += 1
            if self._begun >= _CONNECTIONS:
                self._give_up()
        return connection

    def _sort(self, request: SentRequest) -> str:
        return request.method if self._knows(request.method, request.sender) else ""

    def _give_up(self) -> None:
        """End the connections that nothing was heard of since this was done last."""
        for connection in [*self.connections.values()]:
            if connection.name not in self._active and connection.heard:
                self.end(connection.name)
        self._active.clear()
        self._begun = 0
        self.phases += 1

    def hear(self, connection: ConnectionRecord, sender: Side) -> None:
        """Note that something was heard of a connection."""
        connection.heard.add(sender)
        self._active.add(connection.name)

    def end(self, name: str) -> None:
        """Forget a connection, which is put among those that ended."""
        if name in self.connections:
            self.phases += 1
            self.ended.append(self.connections.pop(name))

    def pending(self, name: str, sender: Side, rid: RequestId | None) -> SentRequest | None:
        """Return the oldest request of `sender` that waits for an answer with this id."""
        return None if rid is None else self.connection(name).requests.match((sender, rid))

    def match(
        self, message: SessionMessage, fits: Callable[[SentRequest], bool]
    ) -> SentRequest | None:
        """Return the open request that a response or error answers; `fits` says which it can."""
        if message.id is None:
            return None
        requests = self.connection(message.connection).requests
        is_error = message.kind is MessageKind.ERROR
        return requests.match((message.sender.other, message.id), None if is_error else fits)

    def answer(self, message: SessionMessage, request: SentRequest | None) -> SessionStep:
        """Return what a response or error means, and the request that it answers, if that is known."""
        connection = self.connection(message.connection)
        method = "" if request is None else request.method
        ids = self._vocabulary.identities.ids_of(method, message.result, "result")
        earlier = None
        if request is None and message.id is not None:
            earlier = connection.requests.answered((message.sender.other, message.id))
        turn = connection.turn(ids.thread, ids.turn)
        return SessionStep(message, connection, ids, request, earlier, turn)

    def step(self, message: SessionMessage) -> SessionStep:
        """Return what any other message means."""
        connection, method = self.connection(message.connection), message.method or ""
        params = message.params
        ids = self._vocabulary.identities.ids_of(method, params, "params")
        turn = connection.turn(ids.thread, ids.turn)
        report = self._vocabulary.reports.get(method)
        if report is None:
            return SessionStep(message, connection, ids, None, None, turn)
        told = params if isinstance(params, dict) else {}
        subject = (method, ids.thread or "", *(str(told.get(name)) for name in report.members))
        before = connection.reported.get(subject, NO_REPORT)
        return SessionStep(
            message, connection, ids, None, None, turn, subject, report.says(params), before
        )

    def advance(self, step: SessionStep) -> None:
        """Move the state on; a connection ends where a new session begins."""
        message, connection = step.message, step.connection
        if step.request is not None and _begins_anew(step):
            self.end(message.connection)
            step = _moved(step, self.connection(message.connection), connection)
            connection = step.connection
        self.hear(connection, message.sender)
        handshake, moment = connection.handshake, self._vocabulary.moments.get(message.method or "")
        if message.sender is Side.CLIENT and message.method != "initialize":
            _went_on(step)
        if message.kind is MessageKind.REQUEST:
            _asked(step)
        elif step.request is not None:
            _answered(step, step.request)
        _meet_threads(step, moment)
        if handshake is Handshake.NONE and _presumes_handshake(step):
            connection.handshake = Handshake.ASSUMED
        if message.kind is MessageKind.NOTIFICATION:
            if moment is not None and moment in _ON_NOTIFICATION:
                _ON_NOTIFICATION[moment](step)
            if step.subject is not None:
                connection.reported[step.subject] = step.says
        if connection.handshake is not handshake or moment is Moment.TURN_COMPLETED:
            self.phases += 1


def _begins_anew(step: SessionStep) -> bool:
    """Whether a second `initialize` succeeds, which only another server process answers to."""
    request = step.request
    return (
        request is not None
        and request.method == "initialize"
        and step.message.kind is MessageKind.RESPONSE
        and step.connection.handshake is Handshake.DONE
    )


def _presumes_handshake(step: SessionStep) -> bool:
    """Whether a server says what it says only after `initialize`."""
    message = step.message
    return message.sender is Side.SERVER and (
        message.kind is MessageKind.NOTIFICATION
        or (message.kind is MessageKind.RESPONSE and step.request is None)
    )


def _moved(step: SessionStep, fresh: ConnectionRecord, old: ConnectionRecord) -> SessionStep:
    """Take the requests that came after the new `initialize` over to the new session."""
    assert step.request is not None
    start = step.request.line
    old.requests.split(lambda request: request.line >= start, fresh.requests)
    if old.initialized is not None and old.initialized > start:
        fresh.initialized = old.initialized
    return SessionStep(step.message, fresh, step.ids, step.request)


def _went_on(step: SessionStep) -> None:
    """Note where the client completes the handshake, and where it goes on after it."""
    connection, line = step.connection, step.message.line
    if step.message.method == "initialized":
        connection.initialized = line
    elif connection.handshake is Handshake.DONE and connection.went_on is None:
        connection.went_on = line


def _asked(step: SessionStep) -> None:
    message, connection, ids = step.message, step.connection, step.ids
    rid = message.id
    if rid is None:
        return
    method = message.method or ""
    request = SentRequest(
        message.line,
        message.sender,
        method,
        ids,
        message.params if method == "initialize" else None,
        connection.handshake is Handshake.NONE,
        bool(connection.running.get(ids.thread or "")),
        step.turn,
    )
    connection.requests.ask((message.sender, rid), request)
    connection.refused.pop(ids.thread or "", None)
    if method == "initialize" and connection.handshake is Handshake.NONE:
        connection.handshake = Handshake.ASKED


def _answered(step: SessionStep, request: SentRequest) -> None:
    message, connection = step.message, step.connection
    rid = message.id
    assert rid is not None
    connection.requests.answer((request.sender, rid), request, message.line)
    if request.method == "initialize":
        _shook_hands(step, request)
        return
    moment = connection.vocabulary.moments.get(request.method)
    if message.kind is MessageKind.ERROR:
        if moment is Moment.TURN_ASKED and not request.turn_running:
            connection.refused[request.ids.thread or ""] = request
    elif message.kind is MessageKind.RESPONSE:
        if request.before_initialize and connection.handshake is Handshake.NONE:
            connection.handshake = Handshake.ASSUMED
        if step.ids.turn is not None and request.sender is Side.CLIENT:
            turn = _turn(step, step.ids.thread or request.ids.thread or "", step.ids.turn)
            if turn.announced is None:
                turn.announced = message.line
                turn.overlapped |= request.turn_running
            if moment is Moment.REVIEW_ASKED:
                connection.reviews[turn.thread] = turn


def _shook_hands(step: SessionStep, request: SentRequest) -> None:
    connection = step.connection
    if step.message.kind is MessageKind.ERROR:
        if connection.handshake is Handshake.ASKED:
            connection.handshake = Handshake.NONE
        return
    connection.handshake = Handshake.DONE
    connection.version = server_version(step.message.result) or connection.version
    params = request.params if isinstance(request.params, dict) else {}
    capabilities = params.get("capabilities")
    capabilities = capabilities if isinstance(capabilities, dict) else {}
    connection.experimental = capabilities.get("experimentalApi") is True
    names = capabilities.get("optOutNotificationMethods")
    names = names if isinstance(names, list) else []
    connection.opted_out = frozenset(name for name in names if isinstance(name, str))


def _turn(step: SessionStep, thread: str, turn_id: str) -> TurnRecord:
    turn = step.connection.turns.get((thread, turn_id))
    if turn is None:
        turn = TurnRecord(thread, turn_id, TurnState(thread, turn_id, keeps_content=False))
        step.connection.begin(turn)
    return turn


def _turn_started(step: SessionStep) -> None:
    if step.ids.turn is None:
        return
    thread, connection = step.ids.thread or "", step.connection
    if step.turn is not None and step.turn.completed is not None:
        connection.forget(step.turn)  # numbered turns begin anew on resume
    turn = _turn(step, thread, step.ids.turn)
    _tell(turn, step)
    turn.started = int(step.message.line)
    turn.overlapped |= bool(connection.running.get(thread))
    review = connection.reviews.get(thread)
    turn.in_review = review is not None and review is not turn and review.completed is None
    connection.run(turn)


def _turn_completed(step: SessionStep) -> None:
    if step.ids.turn is None:
        return
    turn = _turn(step, step.ids.thread or "", step.ids.turn)
    nested = step.message.params.get("turn")
    _tell(turn, step, turn={"status": nested.get("status")} if isinstance(nested, dict) else {})
    turn.completed = int(step.message.line)
    step.connection.settle(turn)


def _item_started(step: SessionStep) -> None:
    if step.ids.turn is None or step.ids.item is None:
        return
    turn = _turn(step, step.ids.thread or "", step.ids.turn)
    if turn.presumed is not None:
        _tell(turn, step, item={"id": step.ids.item})
    if turn.items is not None:
        started, completed = turn.items.get(step.ids.item, _NOT_SEEN)
        if started is None or completed is not None:
            turn.items[step.ids.item] = (int(step.message.line), completed)


def _item_completed(step: SessionStep) -> None:
    if step.ids.turn is None or step.ids.item is None:
        return
    turn = _turn(step, step.ids.thread or "", step.ids.turn)
    if turn.items is not None:
        started, _ = turn.items.get(step.ids.item, _NOT_SEEN)
        turn.items[step.ids.item] = (started, int(step.message.line))


_NOT_SEEN = (None, None)


def _error(step: SessionStep) -> None:
    if step.turn is not None:
        _tell(step.turn, step, willRetry=step.message.params.get("willRetry"))


def _thread_changed(step: SessionStep) -> None:
    if step.ids.thread is not None:
        for turn in step.connection.running.get(step.ids.thread, ()):
            _tell(turn, step, status=step.message.params.get("status"))


def _tell(turn: TurnRecord, step: SessionStep, /, **params: Any) -> None:
    """Let a turn's state know of a message at its line: only of what the checks ask for."""
    message = {"method": step.message.method, "params": params}
    turn.state = step.connection.vocabulary.advance(turn.state, message, step.message.line)
    presumed = turn.state.presumed
    turn.presumed = None if presumed is None else int(presumed.at)


def _request_resolved(step: SessionStep) -> None:
    message = step.message
    identities = step.connection.vocabulary.identities
    rid = identities.id_of("request", message.method or "", message.params, "params")
    if rid is not None:
        step.connection.resolved.add(rid)


_ON_NOTIFICATION = {
    Moment.TURN_STARTED: _turn_started,
    Moment.TURN_COMPLETED: _turn_completed,
    Moment.ITEM_STARTED: _item_started,
    Moment.ITEM_COMPLETED: _item_completed,
    Moment.ERROR: _error,
    Moment.THREAD_CHANGED: _thread_changed,
    Moment.REQUEST_RESOLVED: _request_resolved,
}


def _meet_threads(step: SessionStep, moment: Moment | None) -> None:
    """Note the threads that the client has a reason to know, and those that appear from nowhere."""
    message, connection, thread = step.message, step.connection, step.ids.thread
    if message.sender is Side.SERVER:
        if message.kind is MessageKind.RESPONSE or moment is Moment.THREAD_STARTED:
            connection.threads.update(_named_threads(step))
    elif thread is not None:
        connection.threads.add(thread)
    if thread is not None and not connection.has_met(thread):
        connection.strangers[thread] = SeenMessage(message.line, message.sender, message.method)


def _named_threads(step: SessionStep) -> Iterator[str]:
    """Yield the threads that a server tells the client about, rather than merely mentions."""
    if step.ids.thread is not None:
        yield step.ids.thread
    identities = step.connection.vocabulary.identities
    result = step.message.result
    listed = result.get("data") if isinstance(result, dict) else None
    for thread in listed if isinstance(listed, list) else ():
        found = identities.id_of("thread", "", {"thread": thread}, "result")
        if found is not None:
            yield found

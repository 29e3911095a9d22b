"""The state of a session: one fold over the messages, which alone changes it.

`Session.step` says what a message means in the state before it, `Session.advance` moves the state on.
Nothing here judges; the checks look at steps and at the state that is left at the end.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from codexwire.direction import Side
from codexwire.model.message import MessageKind, RequestId, server_release
from codexwire.model.session import Connection, Handshake, Moment, Request, Step, Turn, Vocabulary
from codexwire.model.session_message import Message
from codexwire.model.turn_state import TurnState
from codexwire.version import Version

__all__ = ["Session", "server_version"]

# How many ended turns keep their items, so that a long recording does not fill the memory.
_TURNS = 1 << 8


def server_version(result: Any) -> Version | None:
    """Return the release that the result of `initialize` names in its `userAgent`."""
    return server_release(result.get("userAgent")) if isinstance(result, dict) else None


class Session:
    """All connections of one recording.

    `version` is the release to assume until a server says; `vocabulary` is that of its protocol.
    """

    def __init__(
        self, version: Version | None = None, vocabulary: Vocabulary | None = None
    ) -> None:
        self._version = version
        self._vocabulary = vocabulary or Vocabulary()
        self.connections: dict[str, Connection] = {}

    def connection(self, name: str) -> Connection:
        """Return the state of a connection, new when it was not heard of."""
        if name not in self.connections:
            self.connections[name] = Connection(name, self._version, self._vocabulary)
        return self.connections[name]

    def pending(self, name: str, sender: Side, rid: RequestId | None) -> Request | None:
        """Return the oldest request of `sender` that waits for an answer with this id."""
        return None if rid is None else self.connection(name).requests.match((sender, rid))

    def match(self, message: Message, fits: Callable[[Request], bool]) -> Request | None:
        """Return the open request that a response or error answers; `fits` says which it can."""
        if message.id is None or not message.kind.is_answer:
            return None
        requests = self.connection(message.connection).requests
        is_error = message.kind is MessageKind.ERROR
        return requests.match((message.sender.other, message.id), None if is_error else fits)

    def step(self, message: Message, request: Request | None = None) -> Step:
        """Return what a message means; `request` is the one that it answers."""
        connection = self.connection(message.connection)
        is_answer = message.kind.is_answer
        method = message.method or (request.method if request is not None else "")
        part = "result" if is_answer else "params"
        ids = connection.vocabulary.identities.ids_of(method, message.body.get(part), part)
        rid = message.id
        earlier = None
        if is_answer and request is None and rid is not None:
            earlier = connection.requests.answered((message.sender.other, rid))
        turn = connection.turn(ids.thread, ids.turn)
        subject = connection.vocabulary.subject(message, ids)
        reported = None if subject is None else connection.reported.get(subject)
        return Step(message, connection, ids, request, earlier, turn, reported)

    def advance(self, step: Step) -> Connection | None:
        """Move the state on; return the connection that ended because a new session began."""
        message, connection = step.message, step.connection
        ended = None
        if _begins_anew(step):
            ended = self.connections.pop(message.connection)
            step = _moved(step, self.connection(message.connection), ended)
            connection = step.connection
        connection.heard.add(message.sender)
        if message.sender is Side.CLIENT and message.method != "initialize":
            _went_on(step)
        if message.kind is MessageKind.REQUEST:
            _asked(step)
        elif step.request is not None:
            _answered(step, step.request)
        _meet_threads(step)
        if connection.handshake is Handshake.NONE and _presumes_handshake(step):
            connection.handshake = Handshake.ASSUMED
        if message.kind is MessageKind.NOTIFICATION:
            moment = connection.vocabulary.moments.get(message.method or "")
            handler = None if moment is None else _ON_NOTIFICATION.get(moment)
            if handler is not None:
                handler(step)
            subject = connection.vocabulary.subject(message, step.ids)
            if subject is not None:
                connection.reported[subject] = message
        return ended


def _begins_anew(step: Step) -> bool:
    """Whether a second `initialize` succeeds, which only another server process answers to."""
    request = step.request
    return (
        request is not None
        and request.method == "initialize"
        and step.message.kind is MessageKind.RESPONSE
        and step.connection.handshake is Handshake.DONE
    )


def _presumes_handshake(step: Step) -> bool:
    """Whether a server says what it says only after `initialize`."""
    message = step.message
    return message.sender is Side.SERVER and (
        message.kind is MessageKind.NOTIFICATION
        or (message.kind is MessageKind.RESPONSE and step.request is None)
    )


def _moved(step: Step, fresh: Connection, old: Connection) -> Step:
    """Take the requests that came after the new `initialize` over to the new session."""
    assert step.request is not None
    start = step.request.line
    old.requests.split(lambda request: request.line >= start, fresh.requests)
    if old.initialized is not None and old.initialized > start:
        fresh.initialized = old.initialized
    return Step(step.message, fresh, step.ids, step.request)


def _went_on(step: Step) -> None:
    """Note where the client completes the handshake, and where it goes on after it."""
    connection, line = step.connection, step.message.line
    if step.message.method == "initialized":
        connection.initialized = line
    elif connection.handshake is Handshake.DONE and connection.went_on is None:
        connection.went_on = line


def _asked(step: Step) -> None:
    message, connection = step.message, step.connection
    rid = message.id
    if rid is None:
        return
    method = message.method or ""
    request = Request(
        message.line,
        message.sender,
        method,
        step.ids,
        message.params if method == "initialize" else None,
        connection.handshake is Handshake.NONE,
        bool(connection.running.get(step.ids.thread or "")),
    )
    connection.requests.ask((message.sender, rid), request)
    connection.refused.pop(step.ids.thread or "", None)
    if method == "initialize" and connection.handshake is Handshake.NONE:
        connection.handshake = Handshake.ASKED


def _answered(step: Step, request: Request) -> None:
    message, connection = step.message, step.connection
    rid = message.id
    assert rid is not None
    connection.requests.answer((request.sender, rid), request, message.line)
    if request.method == "initialize":
        _shook_hands(step, request)
    elif message.kind is MessageKind.ERROR:
        moment = connection.vocabulary.moments.get(request.method)
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
            if connection.vocabulary.moments.get(request.method) is Moment.REVIEW_ASKED:
                connection.reviews[turn.thread] = turn


def _shook_hands(step: Step, request: Request) -> None:
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


def _turn(step: Step, thread: str, turn_id: str) -> Turn:
    known = step.connection.turns
    if (thread, turn_id) not in known:
        state = TurnState(thread, turn_id)
        known[thread, turn_id] = Turn(thread, turn_id, step.message.line, state)
    return known[thread, turn_id]


def _turn_started(step: Step) -> None:
    if step.ids.turn is None:
        return
    thread = step.ids.thread or ""
    if step.turn is not None and step.turn.completed is not None:
        del step.connection.turns[thread, step.ids.turn]  # numbered turns begin anew on resume
    turn = _turn(step, thread, step.ids.turn)
    _tell(turn, step)
    running = step.connection.running.setdefault(thread, [])
    turn.overlapped |= bool(running)
    review = step.connection.reviews.get(thread)
    turn.in_review = review is not None and review is not turn and review.completed is None
    if turn not in running:
        running.append(turn)


def _turn_completed(step: Step) -> None:
    if step.ids.turn is None:
        return
    thread = step.ids.thread or ""
    turn = _turn(step, thread, step.ids.turn)
    nested = step.message.params.get("turn")
    _tell(turn, step, turn={"status": nested.get("status")} if isinstance(nested, dict) else {})
    running = step.connection.running.get(thread, [])
    if turn in running:
        running.remove(turn)
    settled = step.connection.settled
    settled.append(turn)
    if len(settled) > _TURNS:
        settled.popleft().forget_items()


def _item_changed(step: Step) -> None:
    if step.ids.turn is None or step.ids.item is None:
        return
    item = step.message.params.get("item")
    kind = item.get("type") if isinstance(item, dict) else None
    turn = _turn(step, step.ids.thread or "", step.ids.turn)
    _tell(turn, step, item={"id": step.ids.item, "type": kind})


def _error(step: Step) -> None:
    if step.turn is not None:
        _tell(step.turn, step, willRetry=step.message.params.get("willRetry"))


def _thread_changed(step: Step) -> None:
    if step.ids.thread is not None:
        for turn in step.connection.running.get(step.ids.thread, ()):
            _tell(turn, step, status=step.message.params.get("status"))


def _tell(turn: Turn, step: Step, /, **params: Any) -> None:
    """Let a turn's state know of a message at its line: only of what the checks ask for."""
    message = {"method": step.message.method, "params": params}
    advance = step.connection.vocabulary.advance
    turn.state = advance(turn.state, message, step.message.line)


def _request_resolved(step: Step) -> None:
    message = step.message
    identities = step.connection.vocabulary.identities
    rid = identities.id_of("request", message.method or "", message.params, "params")
    if rid is not None:
        step.connection.resolved.add(rid)


_ON_NOTIFICATION = {
    Moment.TURN_STARTED: _turn_started,
    Moment.TURN_COMPLETED: _turn_completed,
    Moment.ITEM_CHANGED: _item_changed,
    Moment.ERROR: _error,
    Moment.THREAD_CHANGED: _thread_changed,
    Moment.REQUEST_RESOLVED: _request_resolved,
}


def _meet_threads(step: Step) -> None:
    """Note the threads that the client has a reason to know, and those that appear from nowhere."""
    message, connection, thread = step.message, step.connection, step.ids.thread
    if message.sender is Side.SERVER:
        moment = connection.vocabulary.moments.get(message.method or "")
        if message.kind is MessageKind.RESPONSE or moment is Moment.THREAD_STARTED:
            connection.threads.update(_named_threads(step))
    elif thread is not None:
        connection.threads.add(thread)
    if thread is not None and not connection.has_met(thread):
        connection.strangers[thread] = message


def _named_threads(step: Step) -> Iterator[str]:
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

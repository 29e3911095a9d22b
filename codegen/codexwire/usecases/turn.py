"""One turn with a server that is launched for it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from codexwire.proxy.record import Recording
from codexwire.runtime.client.connection import Observer
from codexwire.runtime.client.handlers import Decision, approval_handlers
from codexwire.runtime.client.options import ClientOptions
from codexwire.runtime.client.turn import TurnResult
from codexwire.runtime.client.watch import observe_all
from codexwire.runtime.errors import RequestTimeoutError
from codexwire.runtime.recording import record_line
from codexwire.usecases.launched import Launch, Launched, countdown
from codexwire.usecases.notices import Say, silent
from codexwire.usecases.record import recording_to

__all__ = ["TurnRequest", "run"]


_NOBODY = "nobody is logged in (name the home of somebody who is with --codex-home, or use --stub)"


@dataclass(frozen=True, slots=True)
class TurnRequest:
    """One turn: what to say, to which server, and what to keep of it.

    `watch` is called with every message, `complain` when the recording can no longer be written, `note`
    with what is worth knowing.
    """

    prompt: str
    launch: Launch = field(default_factory=Launch)
    model: str | None = None
    decision: Decision = "decline"
    watch: Observer | None = None
    complain: Say = silent
    note: Say = silent
    record: Path | None = None
    timeout: float | None = None


def run(request: TurnRequest) -> TurnResult:
    """Run the turn and return what it came to; ClientError when it cannot be run.

    `timeout` is for all of it: start, handshake and turn; RequestTimeoutError says what did not come.
    """
    try:
        return _run(request)
    except RequestTimeoutError as late:  # it names what was left of the time
        raise RequestTimeoutError(
            late.method, request.timeout or late.seconds, late.missing
        ) from None


def _run(request: TurnRequest) -> TurnResult:
    left = countdown(request.timeout)
    with ExitStack() as stack:
        launched = Launched(request.launch, stack)
        stub, config = launched.stub, launched.config
        client = launched.client(stack.enter_context(_options(request)))
        client.start(timeout=left())
        if stub is None and client.is_logged_in(timeout=left()) is False:
            request.note(_NOBODY)
        model = request.model
        if stub is not None and model is None:
            model = stub.model_for(client.server.version)
        # Up to 0.72.0 threads do not see the command line's settings, only their own.
        wanted = {"model": model, "config": config or None}
        given = {k: v for k, v in wanted.items() if v is not None}
        thread = client.start_thread(given, timeout=left())
        return client.run_turn(thread, request.prompt, timeout=left())


@contextmanager
def _options(request: TurnRequest) -> Iterator[ClientOptions]:
    with ExitStack() as stack:
        observers = [request.watch] if request.watch is not None else []
        if request.record is not None:
            to = recording_to(request.record, request.complain, at_end=True)
            observers.append(_observer(stack.enter_context(to)))
        yield ClientOptions(
            handlers=approval_handlers(request.decision), observer=observe_all(observers)
        )


def _observer(recording: Recording) -> Observer:
    return lambda side, text: recording.write(record_line(recording.now(), side, text))

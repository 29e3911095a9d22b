"""One turn with a server that is launched for it."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from codexwire.proxy.record import Recording
from codexwire.runtime.client.connection import Observer
from codexwire.runtime.client.handlers import Decision, approval_handlers
from codexwire.runtime.client.options import ClientOptions
from codexwire.runtime.client.sync import Client
from codexwire.runtime.client.turn import TurnResult
from codexwire.runtime.client.watch import all_of
from codexwire.runtime.errors import LaunchError, RequestTimeoutError, RpcError
from codexwire.runtime.launch import find_codex
from codexwire.runtime.recording import record_line
from codexwire.stub import ResponsesStub
from codexwire.usecases.notices import Say, silent
from codexwire.usecases.record import recording_to

__all__ = ["Request", "run"]


_NOBODY = "nobody is logged in (name the home of somebody who is with --codex-home, or use --stub)"


@dataclass(frozen=True, slots=True)
class Request:
    """One turn: what to say, to which binary, in which folder and home, and what to keep of it.

    Without a `home` it is `$CODEX_HOME`, where that is set and the model is no stub, else a temporary
    one. `watch` is called with every message, `complain` when the recording can no longer be written,
    `note` with what is worth knowing.
    """

    prompt: str
    codex: Path | None = None
    home: Path | None = None
    stub: str | None = None
    cwd: Path | None = None
    model: str | None = None
    config: Mapping[str, Any] = field(default_factory=dict)
    decision: Decision = "decline"
    watch: Observer | None = None
    complain: Say = silent
    note: Say = silent
    record: Path | None = None
    timeout: float | None = None


def run(request: Request) -> TurnResult:
    """Run the turn and return what it came to; ClientError when it cannot be run.

    `timeout` is for all of it: start, handshake and turn; RequestTimeoutError says what did not come.
    """
    try:
        return _run(request)
    except RequestTimeoutError as late:  # it names what was left of the time
        raise RequestTimeoutError(
            late.method, request.timeout or late.seconds, late.missing
        ) from None


def _run(request: Request) -> TurnResult:
    end = None if request.timeout is None else monotonic() + request.timeout

    def left() -> float | None:
        return None if end is None else max(end - monotonic(), 0.0)

    with ExitStack() as stack:
        stub = stack.enter_context(_stub(request.stub)) if request.stub is not None else None
        home = request.home or _own_home(request) or stack.enter_context(_temporary())
        config = {**(stub.config() if stub else {}), **request.config}
        client = Client.launch(
            find_codex(request.codex),  # before a recording of old is overwritten
            config=config,
            cwd=_folder(request.cwd),
            codex_home=_folder(home),
            options=stack.enter_context(_options(request)),
        )
        stack.callback(client.close)
        client.start(timeout=left())
        if stub is None:
            _say_who_is_missing(client, request, left())
        model = request.model
        if stub is not None and model is None:
            model = stub.model_for(client.server.version)
        # Up to 0.72.0 threads do not see the command line's settings, only their own.
        wanted = {"model": model, "config": config or None}
        given = {k: v for k, v in wanted.items() if v is not None}
        thread = client.start_thread(given, timeout=left())
        return client.run_turn(thread, request.prompt, timeout=left())


def _own_home(request: Request) -> Path | None:
    """Return the user's home by the environment; with a stub the turn has a private one."""
    named = os.environ.get("CODEX_HOME")
    return Path(named) if named and request.stub is None else None


@contextmanager
def _temporary() -> Iterator[Path]:
    with tempfile.TemporaryDirectory(prefix="codexwire-", ignore_cleanup_errors=True) as folder:
        yield Path(folder)


def _say_who_is_missing(client: Client, request: Request, timeout: float | None) -> None:
    """Say that nobody is logged in, where the server wants somebody and can tell."""
    try:
        answer = client.request("account/read", {}, timeout=timeout)
    except RpcError:
        return  # an older server: it does not tell
    if isinstance(answer, dict) and answer.get("requiresOpenaiAuth") and not answer.get("account"):
        request.note(_NOBODY)


def _stub(text: str) -> ResponsesStub:
    return ResponsesStub(script=Path(text)) if text.endswith(".toml") else ResponsesStub(text)


@contextmanager
def _options(request: Request) -> Iterator[ClientOptions]:
    with ExitStack() as stack:
        observers = [request.watch] if request.watch is not None else []
        if request.record is not None:
            to = recording_to(request.record, request.complain, at_end=True)
            observers.append(_observer(stack.enter_context(to)))
        yield ClientOptions(
            handlers=approval_handlers(request.decision), observer=all_of(observers)
        )


def _observer(recording: Recording) -> Observer:
    return lambda side, text: recording.write(record_line(recording.now(), side, text))


def _folder(path: Path | None) -> Path | None:
    if path is not None and not path.is_dir():
        raise LaunchError(f"no such folder: {path}")
    return path

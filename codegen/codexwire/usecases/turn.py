"""One turn with a server that is launched for it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codexwire.proxy.record import Recording
from codexwire.runtime.client.connection import Observer
from codexwire.runtime.client.handlers import Decision, approval_handlers
from codexwire.runtime.client.options import ClientOptions
from codexwire.runtime.client.sync import Client
from codexwire.runtime.client.turn import TurnResult
from codexwire.runtime.client.watch import all_of
from codexwire.runtime.errors import LaunchError
from codexwire.runtime.launch import find_codex
from codexwire.runtime.recording import record_line
from codexwire.stub import ResponsesStub
from codexwire.usecases.notices import Say, silent
from codexwire.usecases.record import recording_to

__all__ = ["Request", "run"]


@dataclass(frozen=True, slots=True)
class Request:
    """One turn: what to say, to which binary, in which folder and home, and what to keep of it.

    `watch` is called with every message, `complain` when the recording can no longer be written.
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
    record: Path | None = None
    timeout: float | None = None


def run(request: Request) -> TurnResult:
    """Run the turn and return what it came to; ClientError when it cannot be run."""
    with ExitStack() as stack:
        stub = stack.enter_context(_stub(request.stub)) if request.stub is not None else None
        home = request.home or Path(
            stack.enter_context(
                tempfile.TemporaryDirectory(prefix="codexwire-", ignore_cleanup_errors=True)
            )
        )
        config = {**(stub.config() if stub else {}), **request.config}
        client = stack.enter_context(
            Client.launch(
                find_codex(request.codex),  # before a recording of old is overwritten
                config=config,
                cwd=_folder(request.cwd),
                codex_home=_folder(home),
                options=stack.enter_context(_options(request)),
            )
        )
        model = request.model
        if stub is not None and model is None:
            model = stub.model_for(client.server.version)
        # Up to 0.72.0 threads do not see the command line's settings, only their own.
        wanted = {"model": model, "config": config or None}
        thread = client.start_thread({k: v for k, v in wanted.items() if v is not None})
        return client.run_turn(thread, request.prompt, timeout=request.timeout)


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

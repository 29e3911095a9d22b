"""A server that is launched for one run of a command: which binary, in which home, with which model."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic
from typing import Any

from codexwire.runtime.client.options import ClientOptions
from codexwire.runtime.client.sync import Client
from codexwire.runtime.errors import LaunchError
from codexwire.runtime.launch import find_codex
from codexwire.stub import ResponsesStub

__all__ = ["Launch", "Launched", "countdown"]


def countdown(seconds: float | None) -> Callable[[], float | None]:
    """Return what tells how many of the seconds are left from now on; None where there is no limit."""
    if seconds is None:
        return lambda: None
    end = monotonic() + seconds
    return lambda: max(end - monotonic(), 0.0)


@dataclass(frozen=True, slots=True)
class Launch:
    """Which binary to run, in which home and folder, and the text or script of a stubbed model.

    Without a `home` it is `$CODEX_HOME`, where that is set and the model is no stub, else a temporary
    one.
    """

    codex: Path | None = None
    home: Path | None = None
    stub: str | None = None
    cwd: Path | None = None
    config: Mapping[str, Any] = field(default_factory=dict)


class Launched:
    """What runs for a launch, until `stack` is closed: the `stub`, and `client`, to be started.

    `config` are the settings, those of the stub included. LaunchError when it cannot be launched.
    """

    def __init__(self, launch: Launch, stack: ExitStack) -> None:
        stub = None if launch.stub is None else stack.enter_context(_stub(launch.stub))
        self.stub = stub
        self.config = {**(stub.config() if stub else {}), **launch.config}
        self._binary = find_codex(launch.codex)  # before anything is overwritten
        self._cwd = _folder(launch.cwd)
        self._home = _folder(launch.home or _own_home(launch)) or _temporary(stack)
        self._stack = stack

    def client(self, options: ClientOptions) -> Client:
        """Return a client that is not started yet, and is closed with the stack."""
        client = Client.launch(
            self._binary,
            config=self.config,
            cwd=self._cwd,
            codex_home=self._home,
            options=options,
        )
        self._stack.callback(client.close)
        return client


def _own_home(launch: Launch) -> Path | None:
    """Return the user's home by the environment; with a stub the server has a private one."""
    named = os.environ.get("CODEX_HOME")
    return Path(named) if named and launch.stub is None else None


def _temporary(stack: ExitStack) -> Path:
    folder = tempfile.TemporaryDirectory(prefix="codexwire-", ignore_cleanup_errors=True)
    return Path(stack.enter_context(folder))


def _stub(text: str) -> ResponsesStub:
    return ResponsesStub(script=Path(text)) if text.endswith(".toml") else ResponsesStub(text)


def _folder(path: Path | None) -> Path | None:
    if path is not None and not path.is_dir():
        raise LaunchError(f"no such folder: {path}")
    return path

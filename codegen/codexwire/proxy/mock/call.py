"""A request of a client on its way to its reply."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from typing import Any, TypeAlias

from codexwire.ir.model import Method
from codexwire.model.message import Json
from codexwire.profiles.ids import id_of
from codexwire.proxy.mock.admission import RefusedRequest
from codexwire.proxy.mock.client import ConnectedClient
from codexwire.proxy.mock.server import MockServer
from codexwire.proxy.mock.state import MockThread, ServerState
from codexwire.version import Version

__all__ = ["Action", "Handler", "MockCall", "Reply"]


_THREADS = Version(0, 99, 0)  # 0.72.0 still calls a thread that it lacks a conversation
Action: TypeAlias = Callable[[], None]


@dataclass(frozen=True, slots=True)
class Reply:
    """The result of a request, and what is done after it was sent."""

    result: Any
    after: tuple[Action, ...] = ()


@dataclass(frozen=True)
class MockCall:
    """A request with what it is answered from: the server, the client that sent it, method, params."""

    server: MockServer
    client: ConnectedClient
    method: Method
    params: Json

    @property
    def state(self) -> ServerState:
        """What the server remembers."""
        return self.server.state

    @cached_property
    def ids(self) -> dict[str, str]:
        """The ids in the params by their kind (`thread`, `turn`, `item`)."""
        found = {
            kind: id_of(kind, self.method.name, self.params, "params")
            for kind in ("thread", "turn", "item")
        }
        return {kind: value for kind, value in found.items() if value is not None}

    def thread(self, refusal: str = "thread not found: {}") -> MockThread:
        """Return the thread that the params name; Refusal when there is none."""
        version = self.server.protocol.version
        if version is not None and version < _THREADS:
            refusal = refusal.replace("thread", "conversation")
        name = self.ids.get("thread", "")
        thread = self.state.threads.get(name)
        if thread is None:
            raise RefusedRequest(refusal.format(name))
        return thread


Handler: TypeAlias = Callable[[MockCall], Reply]
"""Answers the requests of one method."""

"""How a client introduces itself and behaves, and what it learns about the server."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final, Literal, TypeAlias

from codexwire._version import __version__
from codexwire.model.message import Json, server_release
from codexwire.profiles.app_server.turns import GRACE
from codexwire.runtime.client.connection import Observer
from codexwire.runtime.client.handlers import Handler
from codexwire.runtime.client.subscription import DEFAULT_BUFFER
from codexwire.version import Version, VersionRange

__all__ = [
    "HANDSHAKE_TIMEOUT",
    "LEGACY_SERVERS",
    "BusyPolicy",
    "ClientOptions",
    "DialectName",
    "RetryPolicy",
    "ServerInfo",
]

BusyPolicy: TypeAlias = Literal["queue", "steer", "error"]
"""What a second turn on a busy thread does: wait its turn, join the running one, or raise."""

HANDSHAKE_TIMEOUT: Final = 30.0
"""The seconds that a handshake may take by default: a server that is silent at its start stays so."""

DialectName: TypeAlias = Literal["auto", "v1", "v2"]

LEGACY_SERVERS: Final = VersionRange.parse("..0.107.0")
"""The releases that are spoken to in v1: 0.107.0 is the last that serves it, 0.58.0 never ends a v2
turn, and up to 0.63.0 v2 notifications do not name their thread."""


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often, and after which waits in seconds, an overloaded server is asked again.

    A server that answers "overloaded" (−32001) has not taken the request, so every request may be
    repeated. The n-th wait is `first · factor**n`, at most `longest`, less up to `jitter` of it.
    """

    retries: int = 4
    first: float = 0.25
    factor: float = 2.0
    longest: float = 4.0
    jitter: float = 0.25

    def wait(self, attempt: int) -> float:
        """Return the seconds to wait before the retry number `attempt` (from 0)."""
        seconds = min(self.longest, self.first * self.factor**attempt)
        return seconds * (1 - self.jitter * random.random())


@dataclass(frozen=True, slots=True)
class ClientOptions:
    """What a client can be told when it is made.

    `name`, `title` and `version` introduce it; `experimental_api` asks for experimental methods and
    fields; `opt_out` names notifications that are not wanted; `capabilities` adds to the handshake as
    on the wire. `handlers` answer the server's requests by method, `fallback` (given the whole
    `ServerRequest`) those without one. `observer` sees every message; one that raises sees no more.
    `on_busy`, `retry` and `buffer` (notifications waiting for one consumer) are the defaults of every
    call; `timeout` is the seconds that a request may take and `handshake_timeout` those of the
    handshake, None for no limit; a handler that has not decided after `decision_timeout` seconds gets
    the safe default sent in its place; `grace` the seconds that a turn whose end is only hinted at may still
    be told to have ended. `dialect` is chosen by the server's version unless set; `handshake` False
    leaves `initialize` to the program. `reconnect` connects again when the connection breaks, as often
    as it says (True: eight times for each break, within some twenty seconds), and resumes the threads.
    """

    name: str = "codexwire"
    title: str | None = None
    version: str = __version__
    experimental_api: bool = True
    opt_out: tuple[str, ...] = ()
    capabilities: Mapping[str, Any] = field(default_factory=dict)
    handlers: Mapping[str, Handler] = field(default_factory=dict)
    fallback: Handler | None = None
    observer: Observer | None = None
    on_busy: BusyPolicy = "queue"
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    buffer: int = DEFAULT_BUFFER
    timeout: float | None = None
    handshake_timeout: float | None = HANDSHAKE_TIMEOUT
    decision_timeout: float | None = None
    grace: float = GRACE
    dialect: DialectName = "auto"
    handshake: bool = True
    reconnect: bool | RetryPolicy = False

    def initialize_params(self) -> Json:
        """Return the params of `initialize`."""
        info = {"name": self.name, "title": self.title, "version": self.version}
        capabilities: Json = {"experimentalApi": self.experimental_api, **self.capabilities}
        if self.opt_out:
            capabilities["optOutNotificationMethods"] = list(self.opt_out)
        return {"clientInfo": info, "capabilities": capabilities}


@dataclass(frozen=True, slots=True)
class ServerInfo:
    """What the handshake told: `user_agent`, the `version` in it (None when unreadable), all of `raw`."""

    user_agent: str
    version: Version | None
    raw: Json

    @classmethod
    def of(cls, result: Any) -> ServerInfo:
        """Return what an `initialize` result says."""
        raw: Json = result if isinstance(result, dict) else {}
        agent = str(raw.get("userAgent", ""))
        return cls(agent, server_release(agent), raw)

    @property
    def is_legacy(self) -> bool:
        """Whether the server is of a release that is spoken to in v1."""
        return self.version is not None and self.version in LEGACY_SERVERS

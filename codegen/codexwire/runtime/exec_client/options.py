"""How a client of the exec-server introduces itself, and what it learns about the server."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from codexwire.model.members import object_in, text_in
from codexwire.model.message import Json
from codexwire.runtime.client.connection import Observer
from codexwire.runtime.client.options import HANDSHAKE_TIMEOUT, RetryPolicy
from codexwire.runtime.client.subscription import DEFAULT_BUFFER
from codexwire.runtime.exec_client.paths import PathStyle, native_path
from codexwire.version import Version

__all__ = ["ExecOptions", "ExecServerInfo"]


@dataclass(frozen=True, slots=True)
class ExecOptions:
    """What a client of the exec-server can be told when it is made.

    `name` introduces it. `resume` is the id of a session to attach to again: its processes went on.
    `paths` says how the server takes paths, None to find out. `observer` sees every message. `buffer`
    is how many notifications wait for one process, `timeout` the seconds that a request may take and
    `handshake_timeout` those of the handshake, None for no limit; `handshake` False leaves `initialize`
    to the program.
    """

    name: str = "codexwire"
    resume: str | None = None
    paths: PathStyle | None = None
    observer: Observer | None = None
    retry: RetryPolicy = field(default_factory=RetryPolicy)
    buffer: int = DEFAULT_BUFFER
    timeout: float | None = None
    handshake_timeout: float | None = HANDSHAKE_TIMEOUT
    handshake: bool = True

    def initialize_params(self) -> Json:
        """Return the params of `initialize`."""
        resume = {} if self.resume is None else {"resumeSessionId": self.resume}
        return {"clientName": self.name, **resume}


@dataclass(frozen=True, slots=True)
class ExecServerInfo:
    """What the handshake told.

    `session_id` names the session for a later `resume`. `version` is the server's release (from
    0.160.0 on), `cwd` its folder as a native path (from 0.150.0 on), both None when it did not say.
    `raw` is all of the answer.
    """

    session_id: str
    version: Version | None
    cwd: str | None
    raw: Json

    @classmethod
    def of(cls, result: Any) -> ExecServerInfo:
        """Return what an `initialize` result says."""
        raw: Json = result if isinstance(result, dict) else {}
        environment = object_in(raw, "environmentInfo")
        cwd = environment.get("cwd")
        return cls(
            str(raw.get("sessionId", "")),
            Version.read(text_in(environment, "executorVersion")),
            native_path(cwd) if isinstance(cwd, str) else None,
            raw,
        )

    @property
    def paths(self) -> PathStyle | None:
        """How the server takes paths, None when the handshake does not tell (before 0.150.0)."""
        return "uri" if "environmentInfo" in self.raw else None

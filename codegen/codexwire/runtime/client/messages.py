"""What a server sends on its own: notifications and requests, decoded when they are looked at."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, Protocol

from typing_extensions import TypeVar

from codexwire.model.message import Json, RequestId

__all__ = ["PLAIN", "Codec", "Notification", "PlainCodec", "ServerRequest"]

Params = TypeVar("Params", covariant=True, default=Any)
"""The model of a notification's params, where a check of its method has told."""


class Codec(Protocol):
    """Between wire values and typed ones. Decoding never fails: what does not fit stays readable."""

    def notification(self, method: str, params: Any, /) -> Any:
        """Return the params of a notification, typed."""

    def request(self, method: str, params: Any, /) -> Any:
        """Return the params of a server's request, typed."""

    def result(self, method: str, result: Any, /) -> Any:
        """Return the result of a client's request, typed."""

    def dump(self, value: Any) -> Any:
        """Return the JSON value of params or of a result; what was never set is left out."""


class PlainCodec:
    """Wire values as they are: dicts in, dicts out (and models too, if they can dump themselves)."""

    def notification(self, method: str, params: Any, /) -> Any:  # noqa: ARG002
        """Return the params as they are."""
        return params

    def request(self, method: str, params: Any, /) -> Any:  # noqa: ARG002
        """Return the params as they are."""
        return params

    def result(self, method: str, result: Any, /) -> Any:  # noqa: ARG002
        """Return the result as it is."""
        return result

    def dump(self, value: Any) -> Any:
        """Return `value` with the models in it dumped."""
        if isinstance(value, Mapping):
            return {key: self.dump(member) for key, member in value.items()}
        if isinstance(value, (list, tuple)):
            return [self.dump(member) for member in value]
        dump = getattr(value, "model_dump", None)
        if dump is None:
            return value
        return dump(mode="json", by_alias=True, exclude_unset=True)


PLAIN = PlainCodec()


class Notification(Generic[Params]):
    """One notification.

    `method` and `raw` are the wire's, `raw` the whole message; `thread_id` and `turn_id` are the ids
    that it was routed by (None when it has none). `params` is typed, decoded at first use.
    """

    __slots__ = ("_codec", "_params", "method", "raw", "thread_id", "turn_id")

    def __init__(
        self, method: str, raw: Json, thread_id: str | None, turn_id: str | None, codec: Codec
    ) -> None:
        self.method = method
        self.raw = raw
        self.thread_id = thread_id
        self.turn_id = turn_id
        self._codec = codec
        self._params: Any = _UNDECODED

    @property
    def params(self) -> Params:
        """The typed params; the wire's own value where they fit no type."""
        if self._params is _UNDECODED:
            self._params = self._codec.notification(self.method, self.raw.get("params"))
        typed: Params = self._params
        return typed

    @property
    def wire_params(self) -> Json:
        """The params as they came, `{}` when there were none."""
        params = self.raw.get("params")
        return params if isinstance(params, dict) else {}

    @property
    def codec(self) -> Codec:
        """What types the params."""
        return self._codec

    @property
    def emitted_at_ms(self) -> int | None:
        """When the server emitted it, in Unix milliseconds (servers from 0.150.0 on)."""
        value = self.raw.get("emittedAtMs")
        return value if isinstance(value, int) else None

    def __repr__(self) -> str:
        return f"<Notification {self.method} thread={self.thread_id} turn={self.turn_id}>"


class ServerRequest:
    """A request of the server: `id` and `method`, `params` typed, `raw` the whole message."""

    __slots__ = ("_codec", "_params", "id", "method", "raw")

    def __init__(self, method: str, request_id: RequestId, raw: Json, codec: Codec) -> None:
        self.method = method
        self.id = request_id
        self.raw = raw
        self._codec = codec
        self._params: Any = _UNDECODED

    @property
    def params(self) -> Any:
        """The typed params; the wire's own value where they fit no type."""
        if self._params is _UNDECODED:
            self._params = self._codec.request(self.method, self.raw.get("params"))
        return self._params

    def __repr__(self) -> str:
        return f"<ServerRequest {self.id!r} {self.method}>"


_UNDECODED: Any = object()

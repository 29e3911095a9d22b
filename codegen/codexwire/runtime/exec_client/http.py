"""HTTP requests that the exec-server makes from its machine, bodies as bytes."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from codexwire.model.message import Json
from codexwire.runtime.client.limit import within
from codexwire.runtime.client.messages import Notification
from codexwire.runtime.client.subscription import Subscription
from codexwire.runtime.errors import BrokenBodyError, UnexpectedResultError
from codexwire.runtime.exec_client.events import unbase64
from codexwire.runtime.exec_client.pieces import Pieces
from codexwire.runtime.exec_client.process import ProcessClient

__all__ = ["AsyncHttpStream", "HttpRequest", "HttpResponse"]

_BODY: Final = "http/request/bodyDelta"


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """A request: `headers` by name (or pairs, for one that repeats), `timeout` in seconds."""

    method: str
    url: str
    headers: Mapping[str, str] | tuple[tuple[str, str], ...] = ()
    body: bytes | None = None
    timeout: float | None = None

    def params(self, request_id: str, *, stream: bool) -> Json:
        """Return the params of `http/request`."""
        pairs = self.headers.items() if isinstance(self.headers, Mapping) else self.headers
        params: Json = {
            "requestId": request_id,
            "method": self.method,
            "url": self.url,
            "headers": [{"name": name, "value": value} for name, value in pairs],
            "streamResponse": stream,
        }
        if self.body is not None:
            params["bodyBase64"] = base64.b64encode(self.body).decode()
        if self.timeout is not None:
            params["timeoutMs"] = round(self.timeout * 1000)
        return params


@dataclass(frozen=True, slots=True)
class HttpResponse:
    """An answer: status, headers in order as pairs, and the body (empty when it is streamed)."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes = b""

    def header(self, name: str) -> str | None:
        """Return the first header of that name, however it is spelt; None without one."""
        found = (value for key, value in self.headers if key.lower() == name.lower())
        return next(found, None)

    @classmethod
    def of(cls, result: Any) -> HttpResponse:
        """Return what a result on the wire says; UnexpectedResultError for one that is none."""
        try:
            headers = tuple((header["name"], header["value"]) for header in result["headers"])
            return cls(result["status"], headers, unbase64(result["bodyBase64"]))
        except (KeyError, TypeError, binascii.Error):
            raise UnexpectedResultError("http/request", result) from None


class AsyncHttpStream(Pieces[bytes]):
    """A request whose answer's body is streamed: in an `async with` block it is an iterator of bytes.

    `response` has status and headers. BrokenBodyError when the body breaks off.
    """

    def __init__(
        self,
        server: ProcessClient,
        request: HttpRequest,
        request_id: str,
        buffer: int,
        timeout: float | None,
    ) -> None:
        super().__init__()
        self._server = server
        self._request_id = request_id
        self._params = request.params(request_id, stream=True)
        self._timeout = timeout
        self._response: HttpResponse | None = None
        self._deltas = Subscription(buffer, where=self._is_mine)
        self._expected = 1
        self._ended = False

    @property
    def response(self) -> HttpResponse:
        """Status and headers."""
        assert self._response is not None, "use it with `async with`"
        return self._response

    async def __aenter__(self) -> AsyncHttpStream:
        self._server.connection.router.subscribe(self._deltas, methods=(_BODY,))
        self._response = HttpResponse.of(
            await self._server.ask("http/request", self._params, timeout=self._timeout)
        )
        return self

    async def __aexit__(self, *_: Any) -> None:
        self._deltas.close()

    async def read(self, *, timeout: float | None = None) -> bytes:
        """Return what is left of the body."""
        with within(timeout, "http/request", "the body did not end"):
            return b"".join([piece async for piece in self])

    @property
    def ended(self) -> bool:
        """Whether the whole body has come, or broke off."""
        return self._ended

    async def filled(self) -> bool:
        """Wait until there is a piece to `take`; False at the end."""
        while not self._ready and not self._ended:
            if not await self._deltas.filled():
                break
            while self._deltas.waiting:
                self._add(self._deltas.waiting.popleft().wire_params)
        return bool(self._ready)

    def _add(self, delta: Json) -> None:
        broken: str | None = delta.get("error") or None
        piece = b""
        try:
            piece = unbase64(delta.get("deltaBase64", ""))
        except (TypeError, binascii.Error):
            broken = f"piece {self._expected} is unreadable"
        if broken is None and delta.get("seq") != self._expected:
            broken = f"piece {self._expected} did not come"
        self._expected += 1
        self._ended = broken is not None or delta.get("done") is True
        if broken is not None:
            raise BrokenBodyError(f"the body broke off: {broken}")
        if piece:
            self._ready.append(piece)

    def _is_mine(self, notification: Notification) -> bool:
        return notification.wire_params.get("requestId") == self._request_id

"""The line to a server that runs already, on a websocket."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import ExitStack, suppress
from functools import partial

from websockets.exceptions import ConnectionClosed, InvalidStatus, WebSocketException
from websockets.sync.client import ClientConnection, connect, unix_connect

from codexwire.probe.line import LONGEST, GoneError

__all__ = ["WebLine"]

_SECONDS = 10.0


class WebLine:
    """One connection to a server that goes on when it is closed: see `codexwire.probe.line.Line`."""

    def __init__(self, url: str, headers: Mapping[str, str], *, path: str = "") -> None:
        """Connect to a URL, or to the unix socket of a path; GoneError when nobody lets us in."""
        self._open = ExitStack()
        try:
            self._socket = self._open.enter_context(_connecting(url, headers, path))
        except InvalidStatus as refused:
            status = refused.response.status_code
            hint = " (check the token)" if status in (401, 403) else ""
            raise GoneError(f"it refused the websocket with HTTP {status}{hint}") from None
        except (OSError, TimeoutError, WebSocketException) as problem:
            raise GoneError(f"cannot connect: {problem}") from None

    def send(self, text: bytes) -> None:
        """Give one message to the server."""
        with suppress(ConnectionClosed):  # `receive` says so
            self._socket.send(text.decode())

    def receive(self, seconds: float) -> bytes | None:
        """Return the next message, None when none came in time; GoneError when the server hung up."""
        try:
            text = self._socket.recv(timeout=max(seconds, 0.0))
        except TimeoutError:
            return None
        except ConnectionClosed as closed:
            raise GoneError(f"the connection was closed: {closed}") from None
        return text if isinstance(text, bytes) else text.encode()

    def close(self) -> int | None:
        """Hang up; the server goes on."""
        self._open.close()
        return None


def _connecting(url: str, headers: Mapping[str, str], path: str) -> ClientConnection:
    """Return what connects when it is entered; the server's unix socket hangs up on offers of compression."""
    opener = partial(
        unix_connect if path else connect,
        additional_headers=headers,
        compression=None,
        max_size=LONGEST,
        open_timeout=_SECONDS,
    )
    if path:
        return opener(path, uri="ws://localhost/")
    return opener(url, proxy=None)

"""The line to a server that runs already, on a websocket."""

from __future__ import annotations

from contextlib import suppress

from websockets.exceptions import ConnectionClosed, InvalidHandshake
from websockets.sync.client import ClientConnection, connect, unix_connect

from codexwire.probe.line import LONGEST, GoneError

__all__ = ["WebLine"]

_SECONDS = 10.0


class WebLine:
    """One connection to a server that goes on when it is closed: see `codexwire.probe.line.Line`."""

    def __init__(self, url: str, *, path: str = "") -> None:
        """Connect to a URL, or to the unix socket of a path; GoneError when nobody is there."""
        try:
            self._socket = _connected(url, path)
        except (OSError, TimeoutError, InvalidHandshake) as problem:
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
        self._socket.close()
        return None


def _connected(url: str, path: str) -> ClientConnection:
    if path:
        return unix_connect(path, uri="ws://localhost/", open_timeout=_SECONDS, max_size=LONGEST)
    return connect(url, open_timeout=_SECONDS, max_size=LONGEST, proxy=None)

"""Finds the messages of a websocket connection in its bytes: an HTTP head, then frames.

Only for looking on: nothing is answered, and what cannot be read ends the looking, not the traffic.
"""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping
from typing import TypeAlias

from websockets.exceptions import WebSocketException
from websockets.extensions.base import Extension
from websockets.extensions.permessage_deflate import PerMessageDeflate
from websockets.frames import Frame, Opcode
from websockets.headers import parse_extension
from websockets.streams import StreamReader

from codexwire.direction import Side
from codexwire.progress import Say
from codexwire.proxy.record import Found

__all__ = ["WebsocketMessages", "websocket_messages"]

_LONGEST_LINE = 1 << 20
_NO_CODE = 1005
Extensions: TypeAlias = Mapping[Side, list[Extension]]
"""What undoes the extensions in the frames of each sender: empty until the server has agreed to them."""


def websocket_messages(complain: Say) -> dict[Side, WebsocketMessages]:
    """Return what finds the messages of each side of one connection.

    `complain` is told why the messages of a side are not found any longer.
    """
    extensions: Extensions = {side: [] for side in Side}
    return {side: WebsocketMessages(side, extensions, complain) for side in Side}


class WebsocketMessages:
    """The messages of one sender; `close_code` is that of its close frame once there was one."""

    def __init__(self, sender: Side, extensions: Extensions, complain: Say) -> None:
        self.close_code: int | None = None
        self._sender = sender
        self._extensions = extensions
        self._complain = complain
        self._reader = StreamReader()
        self._found: list[Found] = []
        self._parsing = self._parse()

    def feed(self, chunk: bytes) -> Iterable[Found]:
        """Return the messages whose last frame `chunk` completes."""
        self._reader.feed_data(chunk)
        try:
            next(self._parsing)
        except StopIteration:
            self._reader.discard()
        except (WebSocketException, RuntimeError, ValueError) as problem:
            self._complain(f"the {self._sender}'s messages are not recorded any more: {problem}")
        found, self._found = self._found, []
        return found

    def end(self) -> Iterable[Found]:
        """Return nothing: a message that is not complete was not received either."""
        return []

    def _parse(self) -> Generator[None, None, None]:
        """Take the bytes apart as they come, and wait at each `yield` for more."""
        status, *headers = yield from self._head()
        if self._sender is Side.SERVER:
            if status.split()[1:2] != ["101"]:
                return  # no websocket comes of it
            for name, _, value in (header.partition(":") for header in headers):
                if name.lower() == "sec-websocket-extensions":
                    self._agree(value)
        is_binary, parts = False, list[bytes]()
        while self.close_code is None:
            frame = yield from Frame.parse(
                self._reader.read_exact,
                mask=self._sender is Side.CLIENT,
                extensions=self._extensions[self._sender],
            )
            match frame.opcode:
                case Opcode.CLOSE:
                    self.close_code = int.from_bytes(frame.data[:2], "big") or _NO_CODE
                case Opcode.TEXT | Opcode.BINARY:
                    is_binary, parts = frame.opcode is Opcode.BINARY, [bytes(frame.data)]
                case Opcode.CONT:
                    parts.append(bytes(frame.data))
            if frame.fin and frame.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
                self._found.append((b"".join(parts), is_binary))

    def _head(self) -> Generator[None, None, list[str]]:
        """Return the lines before the first empty one."""
        lines = list[str]()
        while (line := (yield from self._reader.read_line(_LONGEST_LINE))) != b"\r\n":
            lines.append(line.decode("latin-1").rstrip())
        return lines

    def _agree(self, header: str) -> None:
        """Note the extensions of the server's answer, which hold for both senders."""
        for name, parameters in parse_extension(header.strip()):
            if name != PerMessageDeflate.name:
                continue  # a frame that makes use of it cannot be read
            names = {parameter for parameter, _ in parameters}
            for side, extensions in self._extensions.items():
                resets = f"{side}_no_context_takeover" in names
                extensions.append(PerMessageDeflate(resets, False, 15, 15))  # any window fits

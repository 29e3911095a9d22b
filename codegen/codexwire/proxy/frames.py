"""Messages out of the bytes of one direction of a websocket: an HTTP head, then frames.

Only for looking on: nothing is answered, and what makes no sense ends the looking, not the traffic.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator

from codexwire.proxy.record import Found

__all__ = ["FrameMessages"]

_TEXT, _BINARY, _CLOSE = 1, 2, 8
_TAIL = b"\x00\x00\xff\xff"


class FrameMessages:
    """The messages of one direction; `close_code` is that of its close frame once there was one."""

    def __init__(self) -> None:
        self.close_code: int | None = None
        self._in_head = True
        self._rest = bytearray()
        self._parts: list[bytes] = []
        self._opcode = 0
        self._is_packed = False
        self._inflate = zlib.decompressobj(-15)

    def feed(self, chunk: bytes) -> list[Found]:
        """Return the messages whose last frame `chunk` completes."""
        self._rest += chunk
        if self._in_head:
            end = self._rest.find(b"\r\n\r\n")
            if end < 0:
                return []
            self._in_head = False
            del self._rest[: end + 4]
        return list(self._messages())

    def end(self) -> list[Found]:
        """Return nothing: a message that is not complete was not received either."""
        return []

    def _messages(self) -> Iterator[Found]:
        while (frame := self._frame()) is not None:
            first, payload = frame
            opcode = first & 0x0F
            if opcode == _CLOSE:
                self.close_code = int.from_bytes(payload[:2], "big") if len(payload) > 1 else 1005
            if opcode > _BINARY:
                continue
            if opcode:
                self._opcode, self._is_packed = opcode, bool(first & 0x40)
            self._parts.append(payload)
            if first & 0x80:
                text = b"".join(self._parts)
                self._parts.clear()
                yield self._unpacked(text), self._opcode == _BINARY

    def _frame(self) -> tuple[int, bytes] | None:
        """Take the first byte and the payload of a complete frame off what is there."""
        data = self._rest
        if len(data) < 2:
            return None
        length, at = data[1] & 0x7F, 2
        if length > 125:
            size = 2 if length == 126 else 8
            length, at = int.from_bytes(data[2 : 2 + size], "big"), 2 + size
        mask = b""
        if data[1] & 0x80:
            mask, at = bytes(data[at : at + 4]), at + 4
        if len(data) < at + length:
            return None
        payload = bytes(data[at : at + length])
        first = data[0]
        del data[: at + length]
        return first, _unmasked(payload, mask) if mask else payload

    def _unpacked(self, text: bytes) -> bytes:
        if not self._is_packed:
            return text
        try:
            return self._inflate.decompress(text + _TAIL)
        except zlib.error:
            return text


def _unmasked(payload: bytes, mask: bytes) -> bytes:
    size = len(payload)
    key = (mask * (size // 4 + 1))[:size]
    both = int.from_bytes(payload, "little") ^ int.from_bytes(key, "little")
    return both.to_bytes(size, "little")

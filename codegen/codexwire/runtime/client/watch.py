"""Observers: a recording of a session, and trace lines."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterable
from typing import TextIO

from pydantic_core import from_json

from codexwire.direction import Side
from codexwire.runtime.client.connection import Observer

__all__ = ["all_of", "record_line", "recorder", "tracer"]

_ARROWS = {Side.CLIENT: "->", Side.SERVER: "<-"}


def record_line(seconds: float, side: Side, text: bytes) -> str:
    """Return one line of a recording: `{"ts", "dir", "msg"}`, the message as it was on the wire.

    `seconds` count from the start of the session. A text that is no JSON stands under `raw`.
    """
    shown = text.decode("utf-8", "replace")
    name, value = ("msg", shown) if _is_json(text) else ("raw", json.dumps(shown))
    return f'{{"ts": {seconds:.4f}, "dir": "{side}", "{name}": {value}}}\n'


def recorder(out: TextIO, clock: Callable[[], float] = time.monotonic) -> Observer:
    """Return an observer that writes a recording to `out`, which is flushed after each line."""
    start = clock()

    def record(side: Side, text: bytes) -> None:
        out.write(record_line(clock() - start, side, text))
        out.flush()

    return record


def tracer(out: TextIO) -> Observer:
    """Return an observer that writes `[jsonrpc ->] {…}` for what was sent and `<-` for what came."""

    def trace(side: Side, text: bytes) -> None:
        out.write(f"[jsonrpc {_ARROWS[side]}] {text.decode('utf-8', 'replace')}\n")

    return trace


def all_of(observers: Iterable[Observer]) -> Observer | None:
    """Return one observer for several; None for none."""
    chosen = tuple(observers)
    if len(chosen) < 2:
        return chosen[0] if chosen else None

    def observe(side: Side, text: bytes) -> None:
        for observer in chosen:
            observer(side, text)

    return observe


def _is_json(text: bytes) -> bool:
    try:
        from_json(text)
    except ValueError:
        return False
    return b"\n" not in text

"""Observers: a recording of a session, trace lines, and what the server complains about."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TextIO

from codexwire.direction import Side
from codexwire.model.message import parse_object
from codexwire.runtime.client.complaint import complaint
from codexwire.runtime.client.connection import Observer
from codexwire.runtime.recording import record_line

__all__ = ["complaints", "observe_all", "recorder", "tracer"]

_ARROWS = {Side.CLIENT: "->", Side.SERVER: "<-"}


def recorder(out: TextIO, clock: Callable[[], float] = time.monotonic) -> Observer:
    """Return an observer that writes a recording to `out`, which is flushed after each line."""
    start = clock()

    def record(side: Side, text: bytes) -> None:
        out.write(record_line(clock() - start, side, text).decode())
        out.flush()

    return record


def tracer(out: TextIO) -> Observer:
    """Return an observer that writes `[jsonrpc ->] {…}` for what was sent and `<-` for what came."""

    def trace(side: Side, text: bytes) -> None:
        out.write(f"[jsonrpc {_ARROWS[side]}] {text.decode('utf-8', 'replace')}\n")

    return trace


def complaints(out: TextIO) -> Observer:
    """Return an observer that prints each fault that the server tries to get over, once in a row."""
    last = ""

    def complain(side: Side, text: bytes) -> None:
        nonlocal last
        if side is Side.CLIENT or b"error" not in text:
            return
        message = parse_object(text) or {}
        said = complaint(message.get("method"), message.get("params"))
        if said is None:
            return
        if said != last:
            out.write(f"codexwire: {said}\n")
        last = said

    return complain


def observe_all(observers: Iterable[Observer]) -> Observer | None:
    """Return one observer for several; None for none."""
    chosen = tuple(observers)
    if len(chosen) < 2:
        return chosen[0] if chosen else None

    def observe(side: Side, text: bytes) -> None:
        for observer in chosen:
            observer(side, text)

    return observe

"""Observers: a recording of a session, trace lines, and what the server complains about."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from typing import TextIO

from codexwire.direction import Side
from codexwire.model.message import parse_object
from codexwire.profiles.app_server.names import PREFIX
from codexwire.runtime.client.connection import Observer
from codexwire.runtime.recording import record_line

__all__ = ["all_of", "complaints", "recorder", "tracer"]

_COMPLAINTS = {"error": "error", f"{PREFIX}stream_error": "msg"}
"""Notification of a fault that the server tries to get over → the member that holds its message."""

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
        params = message.get("params")
        member = _COMPLAINTS.get(str(message.get("method")))
        fault = params.get(member) if member and isinstance(params, dict) else None
        if not isinstance(fault, dict):
            return
        details = fault.get("additionalDetails")
        said = f"{fault.get('message')}{f' ({details})' if details else ''}"
        if said != last:
            out.write(f"codexwire: {said}\n")
        last = said

    return complain


def all_of(observers: Iterable[Observer]) -> Observer | None:
    """Return one observer for several; None for none."""
    chosen = tuple(observers)
    if len(chosen) < 2:
        return chosen[0] if chosen else None

    def observe(side: Side, text: bytes) -> None:
        for observer in chosen:
            observer(side, text)

    return observe

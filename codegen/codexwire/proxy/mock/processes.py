"""The requests of an exec-server that the mock understands: a process ends at once, without output."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from codexwire.proxy.mock.call import Handler, MockCall, Reply

__all__ = ["PROCESS_HANDLERS"]


def _start(call: MockCall) -> Reply:
    process = call.params["processId"]
    return Reply({"processId": process}, (partial(_end, call, process),))


def _end(call: MockCall, process: str) -> None:
    told: tuple[tuple[str, dict[str, Any]], ...] = (
        ("process/exited", {"seq": 1, "exitCode": 0}),
        ("process/closed", {"seq": 2}),
    )
    for method, params in told:
        call.client.notify(method, {"processId": process, **params})


def _read(_call: MockCall) -> Reply:
    ended = {"exited": True, "exitCode": 0, "closed": True, "failure": None}
    return Reply({"chunks": [], "nextSeq": 3, **ended})


def _terminate(_call: MockCall) -> Reply:
    return Reply({"running": False})


PROCESS_HANDLERS: Final[Mapping[str, Handler]] = {
    "process/start": _start,
    "process/read": _read,
    "process/terminate": _terminate,
}

"""An app-server of turns that end at once or only when they are interrupted; run, it speaks NDJSON."""

from __future__ import annotations

import itertools
import json
import os
import signal
import sys
from collections.abc import Callable
from typing import Any

__all__ = ["END", "HOLD", "turn_server"]

END, HOLD = "end at once", "go on until interrupted"


def turn_server() -> Callable[[Any], list[Any]]:
    """Return what answers the messages of one connection; `never` gets no answer, `die` ends the process."""
    numbers = itertools.count()

    def reply(message: Any) -> list[Any]:
        params = message.get("params", {})
        match message.get("method"):
            case "initialize":
                return [answer(message, {"userAgent": "turns/0.163.0 (Linux)"})]
            case "turn/start":
                thread, turn = params["threadId"], str(next(numbers))
                began = [answer(message, {"turn": {"id": turn, "status": "inProgress"}})]
                began.append(notification("turn/started", thread, turn, "inProgress"))
                return began + (
                    [notification("turn/completed", thread, turn, "completed")]
                    if params["input"][0]["text"] == END
                    else []
                )
            case "turn/interrupt":
                end = params["threadId"], params["turnId"], "interrupted"
                return [answer(message, {}), notification("turn/completed", *end)]
            case "never":
                return []
            case "die":
                os.kill(os.getpid(), signal.SIGKILL)
        return [answer(message, {})] if "id" in message else []

    return reply


def answer(message: Any, result: Any) -> Any:
    return {"id": message["id"], "result": result}


def notification(method: str, thread: str, turn: str, status: str) -> Any:
    state = {"id": turn, "status": status, "items": []}
    return {"method": method, "params": {"threadId": thread, "turn": state}}


if __name__ == "__main__":
    reply = turn_server()
    for line in sys.stdin:
        for message in reply(json.loads(line)):
            print(json.dumps(message), flush=True)

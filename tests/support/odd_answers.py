"""An app-server that answers oddly, as the method says; run, it speaks NDJSON."""

from __future__ import annotations

import json
import os
import sys
import time
from typing import Any

__all__ = ["ASKED"]

AT = {"threadId": "t", "turnId": "u", "itemId": "i", "startedAtMs": 1}
ASKED: tuple[tuple[str, Any], ...] = (
    ("item/commandExecution/requestApproval", {**AT, "command": "date"}),
    ("item/commandExecution/requestApproval", {"threadId": 5}),
    ("item/fileChange/requestApproval", AT),
    ("item/permissions/requestApproval", {**AT, "cwd": "/x", "permissions": {}, "reason": None}),
    ("item/tool/requestUserInput", {**AT, "questions": [], "isBlocking": True}),
    ("mcpServer/elicitation/request", {"threadId": "t", "serverName": "s", "mode": "form"}),
    ("item/tool/call", {**AT, "callId": "c", "tool": "x", "arguments": {}}),
    ("account/chatgptAuthTokens/refresh", {"reason": "unauthorized"}),
    ("attestation/generate", {}),
    ("currentTime/read", {"threadId": "t"}),
    ("brand/new", {"a": 1}),
)
"""What `demo/asks` asks of the client before it answers."""


def out(*messages: Any) -> None:
    for message in messages:
        print(message if isinstance(message, str) else json.dumps(message))
    sys.stdout.flush()


def named(kind: str, value: str) -> Any:
    """A result that names a thread or turn, in the spelling that is asked for."""
    match sys.argv[1]:
        case "nested":
            return {kind: {"id": value}}
        case "long":
            return {kind: {f"{kind}Id": value}}
        case _:
            return {f"{kind}Id": value}


def serve() -> None:
    overloaded = 2
    for line in sys.stdin:
        message = json.loads(line)
        rid = message.get("id")
        match message.get("method"):
            case "initialize":
                out({"id": rid, "result": {"userAgent": "odd/0.163.0 (Linux)"}})
            case "demo/overloaded" if overloaded:
                overloaded -= 1
                out({"id": rid, "error": {"code": -32001, "message": "Server overloaded"}})
            case "demo/noise":
                out("no JSON", "[1,2]", "", "   ", {"id": rid, "result": "heard"})
            case "demo/bytes":
                sys.stdout.buffer.write(b'{"method":"warning","params":{"message":"\xff\xfe"}}\n')
                out({"id": rid, "result": "heard"})
            case "demo/twice":
                out({"id": rid, "result": 1}, {"id": rid, "result": 2}, {"id": 99, "result": 3})
            case "demo/text-id":
                out({"id": str(rid), "result": "text"}, {"id": rid, "result": "number"})
            case "demo/big":
                out({"id": rid, "result": "y" * 5_000_000})
            case "demo/error-null":
                out({"id": rid, "error": None})
            case "demo/error-text":
                out({"id": rid, "error": "oops"})
            case "demo/no-result":
                out({"id": rid})
            case "demo/flood":
                out(*({"method": "warning", "params": {"message": str(n)}} for n in range(30_000)))
                out({"id": rid, "result": "heard"})
            case "demo/dies":
                print("boom: last words", file=sys.stderr, flush=True)
                os._exit(7)
            case "demo/asks":
                for number, (method, params) in enumerate(ASKED):
                    out({"id": f"s{number}", "method": method, "params": params})
                answers = [json.loads(sys.stdin.readline()) for _ in ASKED]
                out({"id": rid, "result": answers})
            case "thread/start":
                out({"id": rid, "result": named("thread", "T")})
            case "turn/start":
                play_turn(rid, message["params"]["threadId"], early=sys.argv[2] == "early")
            case _ if rid is not None:
                out({"id": rid, "result": "heard"})


def play_turn(rid: Any, thread: str, *, early: bool) -> None:
    """Play a turn of which some, or all, comes before the answer that names it."""
    at = {"threadId": thread, "turnId": "U", "itemId": "m"}
    turn = {"id": "U", "status": "inProgress", "items": []}
    done = {"threadId": thread, "turn": {**turn, "status": "completed"}}
    out(
        {"method": "turn/started", "params": {"threadId": thread, "turn": turn}},
        {"method": "item/agentMessage/delta", "params": {**at, "delta": "early "}},
        {"method": "some/unknown", "params": {**at, "x": 1}},
        {"method": "turn/diff/updated", "params": {**at, "diff": 42}},
    )
    if early:
        out({"method": "turn/completed", "params": done})
    time.sleep(0.05)
    out({"id": rid, "result": named("turn", "U")})
    if not early:
        out({"method": "item/agentMessage/delta", "params": {**at, "delta": "late"}})
        out({"method": "turn/completed", "params": done})


if __name__ == "__main__":
    serve()

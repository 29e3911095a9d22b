"""A server of the small protocol of `probe.bundle` that does as its first argument says.

`honest`, or: `mute` answers nothing; `deaf` does not even read; `falls-silent` answers twice and no more;
`floods` sends notifications without end; `dies` ends on `probe/run`; `lies` sends what is no message, wrong
types, members that nobody declared and answers to nobody; `slow-death` closes its output and stays. `leaves`
starts a child that would outlive it, and says its number.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from typing import Any

CHILDREN: list[subprocess.Popen[bytes]] = []
KNOWN = ("initialize", "probe/run", "probe/hidden")


def say(body: Any) -> None:
    sys.stdout.write((body if isinstance(body, str) else json.dumps(body)) + "\n")
    sys.stdout.flush()


def refuse(message: dict[str, Any], text: str) -> None:
    say({"id": message["id"], "error": {"code": -32600, "message": text}})


def unreadable(message: dict[str, Any]) -> str:
    """Why a request cannot be read; a list is taken for an object."""
    if message["method"] not in (*KNOWN, "probe/more", "probe/gated"):
        listed = ", ".join(f"`{name}`" for name in KNOWN)
        return f"unknown variant `{message['method']}`, expected one of {listed}"
    params = message.get("params")
    if isinstance(params, list) and params:
        return ""
    if message["method"] == "initialize" and isinstance(params, dict) and "clientInfo" in params:
        return ""
    if not isinstance(params, dict):
        return "invalid type, expected struct"
    if not isinstance(params.get("name"), str):
        return "missing field `name`"
    fine = params.get("size") is None or type(params["size"]) is int
    return "" if fine else "invalid type, expected u32"


def run(mode: str, message: dict[str, Any]) -> None:
    if mode == "dies":
        sys.exit(3)
    if mode == "lies":
        say("this is no JSON")
        say("[1]")
        say({"id": 4711, "result": {}})
        say({"method": "probe/done", "params": {"name": 7}})
    child = str(CHILDREN[0].pid) if CHILDREN else "done"
    params = {"name": child, "size": 1, **({"extra": "secret-7"} if mode == "lies" else {})}
    say({"method": "probe/done", "params": params})
    say({"id": 0, "method": "probe/ask", "params": {"name": "well?"}})
    say({"id": message["id"], "result": {"name": "done", "size": None}})


def main(mode: str) -> None:
    if mode == "deaf":
        time.sleep(600)
    if mode == "leaves":
        CHILDREN.append(subprocess.Popen(["sleep", "600"], start_new_session=True))
    if mode == "slow-death":
        sys.stdout.close()
        time.sleep(600)
    hello, capable, answered = False, False, 0
    for line in sys.stdin:
        message = json.loads(line)
        if "id" not in message or "method" not in message or mode == "mute":
            continue
        answered += 1
        if mode == "falls-silent" and answered > 2:
            continue
        while mode == "floods":
            say({"method": "probe/done", "params": {"name": "again"}})
        problem = unreadable(message)
        if problem:
            refuse(message, f"Invalid request: {problem}")
        elif message["method"] == "initialize" and hello:
            refuse(message, "Already initialized")
        elif message["method"] == "initialize":
            hello, capable = True, "true" in json.dumps(message["params"])
            say({"id": message["id"], "result": {"userAgent": "fake/0.163.0 (Test)"}})
        elif not hello:
            refuse(message, "Not initialized")
        elif message["method"] == "probe/gated" and not capable:
            refuse(message, "probe/gated requires experimentalApi capability")
        else:
            run(mode, message)


if __name__ == "__main__":
    main(sys.argv[1])

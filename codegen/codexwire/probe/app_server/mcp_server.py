"""A small MCP server for the probe: a tool of each kind, and a resource; on standard input and output."""

from __future__ import annotations

import json
import sys
from typing import Any

_ANY = {"type": "object"}
_READS = {"readOnlyHint": True}
_NAMED = {
    "type": "object",
    "properties": {"name": {"type": "string", "title": "Name"}},
    "required": ["name"],
}
_TOOLS: list[dict[str, Any]] = [
    {"name": "echo", "title": "Echo", "annotations": _READS},
    {"name": "fail", "annotations": _READS},
    {"name": "elicit", "annotations": _READS},
    {"name": "progress", "annotations": _READS},
    {"name": "danger"},  # MCP takes a tool that says nothing for destructive
]
_ANSWERS: dict[str, Any] = {
    "tools/list": {"tools": [{"description": "demo", "inputSchema": _ANY, **t} for t in _TOOLS]},
    "resources/list": {
        "resources": [{"uri": "demo://readme", "name": "readme", "mimeType": "text/plain"}]
    },
    "resources/templates/list": {
        "resourceTemplates": [{"uriTemplate": "demo://{x}", "name": "any"}]
    },
    "resources/read": {
        "contents": [{"uri": "demo://readme", "mimeType": "text/plain", "text": "demo"}]
    },
    "ping": {},
}


def _say(body: dict[str, Any]) -> None:
    sys.stdout.write(json.dumps({"jsonrpc": "2.0", **body}) + "\n")
    sys.stdout.flush()


def _hello(params: dict[str, Any]) -> dict[str, Any]:
    return {
        "protocolVersion": params.get("protocolVersion", "2025-06-18"),
        "capabilities": {"tools": {"listChanged": True}, "resources": {}},
        "serverInfo": {"name": "demo", "title": "Demo", "version": "1.0.0"},
        "instructions": "a server for tests",
    }


def _call(params: dict[str, Any]) -> dict[str, Any]:
    name, text = params.get("name"), str((params.get("arguments") or {}).get("text"))
    if name == "elicit":
        _say(
            {
                "id": "question",
                "method": "elicitation/create",
                "params": {"message": "Your name?", "requestedSchema": _NAMED},
            }
        )
        while json.loads(sys.stdin.readline()).get("id") != "question":
            pass
    token = (params.get("_meta") or {}).get("progressToken")
    if name == "progress" and token is not None:
        for step in (1, 2):
            told = {"progressToken": token, "progress": step, "total": 2, "message": "a step"}
            _say({"method": "notifications/progress", "params": told})
    content = [{"type": "text", "text": text}]
    return {"content": content, "structuredContent": {"echo": text}, "isError": name == "fail"}


def main() -> None:
    """Serve until the input ends."""
    for line in sys.stdin:
        message = json.loads(line)
        method, params = message.get("method"), message.get("params") or {}
        if method is None or "id" not in message:
            continue
        if method == "initialize":
            result: Any = _hello(params)
        elif method == "tools/call":
            result = _call(params)
        elif method in _ANSWERS:
            result = _ANSWERS[method]
        else:
            _say({"id": message["id"], "error": {"code": -32601, "message": "no such method"}})
            continue
        _say({"id": message["id"], "result": result})


if __name__ == "__main__":
    main()

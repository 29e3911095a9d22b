"""The release of tomorrow: the newest bundle, and in it what nobody knows today. Its additions are invented.

Every addition stands for a kind of thing that a release may bring: requests of both sides whose response
type is nowhere stated, a keyword that is not of draft-07, references to nothing, a branch without a
method, and names that become one in Python or are taken.
"""

from __future__ import annotations

import json
from typing import Any

from codexwire.ingest import DEFAULT_VERSION
from codexwire.ingest.embedded import vendored

__all__ = ["VERSION", "next_bundles", "session_lines"]

VERSION = "9.8.7"

TYPES: dict[str, Any] = {
    "OmenAskParams": {
        "type": "object",
        "required": ["threadId", "timeout"],
        "properties": {
            "threadId": {"type": "string"},
            "timeout": {
                "type": "integer",
                "description": "An argument that is called as an option.",
            },
            "self": {"type": "string"},
            "fooBar": {"type": "string"},
            "foo_bar": {"type": "integer"},
            "register": {"type": "boolean"},
            "class": {"enum": ["a-b", "a_b", "A-B", ""], "type": "string"},
            "nowhere": {"$ref": "#/definitions/v2/Nowhere"},
        },
        "dependentRequired": {"fooBar": ["foo_bar"]},
    },
    "omenAskParams": {"type": "object", "properties": {"x": {"type": ["null", "string"]}}},
    "OmenToldNotification": {
        "type": "object",
        "required": ["omen", "threadId"],
        "properties": {
            "threadId": {"type": "string"},
            "omen": {
                "oneOf": [
                    {"$ref": "#/definitions/v2/Nowhere"},
                    {"type": "integer", "sparkle": True},
                ]
            },
        },
    },
}


def _message(method: str, params: str, *, request: bool) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "method": {"enum": [method], "type": "string"},
        "params": {"$ref": f"#/definitions/v2/{params}"},
    }
    if request:
        properties["id"] = {"$ref": "#/definitions/RequestId"}
    required = [*(["id"] if request else []), "method", "params"]
    return {"type": "object", "required": required, "properties": properties}


def next_bundles() -> dict[str, str]:
    """Return channel → bundle text."""
    found = {}
    for channel, path in vendored(DEFAULT_VERSION).items():
        value = json.loads(path.read_text("utf-8"))
        definitions = value["definitions"]
        definitions["v2"] |= TYPES
        for union, method, params in (
            ("ClientRequest", "omen/ask", "OmenAskParams"),
            ("ClientRequest", "omen/askAgain", "omenAskParams"),
            ("ServerRequest", "omen/ponder", "OmenAskParams"),
            ("ServerNotification", "omen/told", "OmenToldNotification"),
        ):
            branch = _message(method, params, request=union.endswith("Request"))
            definitions[union]["oneOf"].append(branch)
        definitions["ServerNotification"]["oneOf"].append({"type": "object"})
        definitions["v2"]["Turn"]["properties"]["mood"] = {"$ref": "#/definitions/v2/Nowhere"}
        # A response type that is renamed is unknown, too.
        del definitions["v2"]["ModelListResponse"]
        found[channel] = json.dumps(value)
    return found


def session_lines() -> list[str]:
    """Return a raw recording of both sides of a session with that release."""
    agent = f"t/{VERSION} (x) y"
    told = {"codexHome": "/x", "platformFamily": "unix", "platformOs": "linux", "userAgent": agent}
    ask = {"threadId": "T", "timeout": 5}
    messages: list[dict[str, Any]] = [
        {"id": 1, "method": "initialize", "params": {"clientInfo": {"name": "t", "version": "1"}}},
        {"id": 1, "result": told},
        {"method": "initialized"},
        {"id": 2, "method": "omen/ask", "params": ask},
        {"id": 2, "result": {"any": ["json", 1]}},
        {"id": 3, "method": "omen/ask", "params": ask},
        {"id": 3, "result": "of any kind"},
        {"id": 4, "method": "model/list", "params": {}},
        {"id": 4, "result": {"data": []}},
        {"id": 0, "method": "omen/ponder", "params": ask},
        {"id": 0, "result": None},
        {"method": "omen/told", "params": {"threadId": "T", "omen": {"never": "seen"}}},
        {"method": "omen/unheardOf", "params": {"threadId": "T"}},
    ]
    return [json.dumps(message) for message in messages]

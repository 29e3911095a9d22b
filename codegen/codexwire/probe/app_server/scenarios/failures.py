"""Turns whose model fails: by HTTP, inside the stream, and by a stream that ends too early."""

from __future__ import annotations

from codexwire.probe.app_server.configs import FREE
from codexwire.probe.app_server.turn import turn
from codexwire.probe.scenario import Ask, Scenario

__all__ = ["SCENARIO"]

_MODEL = """
[[turn]]
when = "internal"
step = [{ error = { status = 500 } }]
[[turn]]
when = "bad request"
step = [{ error = { status = 400, type = "invalid_request_error", code = "bad_thing" } }]
[[turn]]
when = "limit"
step = [{ error = { status = 429, type = "usage_limit_reached" } }]
[[turn]]
when = "unauthorized"
step = [{ error = { status = 401 } }]
[[turn]]
when = "too long"
step = [{ fail = { code = "context_length_exceeded" } }]
[[turn]]
when = "stream"
step = [{ fail = { code = "server_error" } }]
[[turn]]
when = "cut"
step = [{ cut = true, output = [{ message = "part of an" }] }]
[[turn]]
text = "Hello, world!"
"""

SCENARIO = Scenario(
    "failures",
    (
        Ask("thread/start", {"cwd": "$project"}, {"thread": "thread.id"}),
        turn("internal error"),
        turn("bad request"),
        turn("limit reached"),
        turn("unauthorized"),
        turn("too long"),
        turn("stream error"),
        turn("cut off"),
        turn("hello"),
    ),
    model=_MODEL,
    settings=FREE,
)

from __future__ import annotations

import io
import json

from codexwire.direction import Side
from codexwire.runtime.client.watch import complaints, observe_all, recorder, tracer


def test_a_recording_has_time_direction_and_the_text_of_the_wire() -> None:
    times = iter([10.0, 10.5, 11.25, 11.25, 12.0])
    out = io.StringIO()
    record = recorder(out, clock=lambda: next(times))
    record(Side.CLIENT, b'{"id":1, "x":1.0,"y":1e2}')
    record(Side.SERVER, b"not json \xff")
    record(Side.SERVER, b"[1,2]")
    record(Side.SERVER, b'{"a":\n1}')
    first, *rest = out.getvalue().splitlines()
    assert first == '{"ts": 0.5000, "dir": "client", "msg": {"id":1, "x":1.0,"y":1e2}}'
    assert [json.loads(line) for line in rest] == [
        {"ts": 1.25, "dir": "server", "raw": "not json \ufffd", "base64": "bm90IGpzb24g/w=="},
        {"ts": 1.25, "dir": "server", "raw": "[1,2]"},
        {"ts": 2.0, "dir": "server", "raw": '{"a":\n1}'},
    ]


def test_several_observers_see_the_same() -> None:
    one, two = io.StringIO(), io.StringIO()
    assert observe_all([]) is None
    both = observe_all([tracer(one), tracer(two)])
    assert both is not None
    both(Side.CLIENT, b"{}")
    both(Side.SERVER, b"[]")
    assert one.getvalue() == two.getvalue() == "[jsonrpc ->] {}\n[jsonrpc <-] []\n"


def test_a_fault_that_the_server_tries_to_get_over_is_said_once_in_a_row() -> None:
    out = io.StringIO()
    complain = complaints(out)
    fault = {"message": "Reconnecting... 2/5", "additionalDetails": "no route"}
    error = json.dumps({"method": "error", "params": {"error": fault, "willRetry": True}})
    old = json.dumps(
        {"method": "codex/event/stream_error", "params": {"msg": {"message": "again"}}}
    )
    for text in (error, error, old, error, '{"method":"error"}', "no json: error", "{}"):
        complain(Side.SERVER, text.encode())
    complain(Side.CLIENT, error.encode())
    said = "codexwire: Reconnecting... 2/5 (no route)\n"
    assert out.getvalue() == f"{said}codexwire: again\n{said}"

"""Coverage counts what messages exercise, and all that there is."""

from __future__ import annotations

import json
from pathlib import Path

from codexwire.direction import Kind, Side
from codexwire.transcript.coverage import GROUPS, Coverage, everything
from codexwire.wire import Validators

RECORDING = Path(__file__).parents[2] / "data/recordings/0.163.0/s02_command_approval.jsonl"


def test_everything(validators: Validators) -> None:
    protocol = validators.protocol
    points = everything(protocol)
    assert {group for group, _, _ in points} == set(GROUPS)
    for side in Side:
        for kind in Kind:
            names = {place for group, place, _ in points if group == f"{side} {kind}s"}
            assert names == {m.name for m in protocol.table(side, kind)}
    assert ("responses", "thread/start", "") in points
    assert ("union variants", "v2/ThreadItem", "commandExecution") in points
    assert ("enum values", "v2/CommandExecutionStatus", "declined") in points


def test_a_recording_exercises_some_of_it(validators: Validators) -> None:
    coverage = Coverage(validators.protocol)
    asked: dict[tuple[str, int], str] = {}
    for line in RECORDING.read_text("utf-8").splitlines():
        record = json.loads(line)
        message, sender = record["msg"], Side(record["dir"])
        if "method" in message:
            kind = Kind.REQUEST if "id" in message else Kind.NOTIFICATION
            asked[sender, message.get("id")] = message["method"]
            coverage.message(message["method"], sender, kind, message.get("params"))
        elif "result" in message:
            method = asked[sender.other, message["id"]]
            coverage.response(method, sender.other, message["result"])
    assert coverage.seen <= everything(validators.protocol)
    for point in (
        ("client requests", "turn/start", ""),
        ("server requests", "item/commandExecution/requestApproval", ""),
        ("client notifications", "initialized", ""),
        ("server notifications", "serverRequest/resolved", ""),
        ("responses", "item/commandExecution/requestApproval", ""),
        ("union variants", "v2/ThreadItem", "commandExecution"),
        ("enum values", "v2/CommandExecutionStatus", "declined"),
        ("enum values", "v2/TurnStatus", "completed"),
    ):
        assert point in coverage.seen
    assert ("client requests", "thread/fork", "") not in coverage.seen


def test_what_no_schema_knows_counts_for_nothing(validators: Validators) -> None:
    coverage = Coverage(validators.protocol)
    coverage.message("no/such", Side.CLIENT, Kind.REQUEST, {})
    coverage.message("thread/start", Side.SERVER, Kind.REQUEST, {})
    coverage.response("no/such", Side.CLIENT, {})
    assert coverage.seen == set()

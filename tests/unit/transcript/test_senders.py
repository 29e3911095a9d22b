"""Who sent a message of a raw recording: by its method, by what it answers, by what it can be."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from codexwire.direction import Side
from codexwire.transcript.judgement import Judgement
from codexwire.transcript.senders import infer_sender
from codexwire.wire import Validators

Judge = Callable[..., Judgement]
C, S = Side.CLIENT, Side.SERVER
MODELS = {"data": [], "nextCursor": None}
APPROVAL = "item/commandExecution/requestApproval"


@pytest.mark.parametrize(
    ("body", "pending", "sender"),
    [
        ({"id": 1, "method": "thread/start"}, {}, C),
        ({"method": "initialized"}, {}, C),
        ({"id": 0, "method": APPROVAL}, {}, S),
        ({"method": "turn/started"}, {}, S),
        ({"id": 1, "method": "no/such"}, {}, C),
        ({"method": "codex/event/whatever"}, {}, S),
        ({"id": 1, "result": {}}, {C: "model/list"}, S),
        ({"id": 1, "error": {}}, {C: "model/list"}, S),
        ({"id": 0, "result": {}}, {S: APPROVAL}, C),
        ({"id": 0, "error": {}}, {S: APPROVAL}, C),
        ({"id": 0, "result": {"decision": "accept"}}, {C: "model/list", S: APPROVAL}, C),
        ({"id": 0, "result": MODELS}, {C: "model/list", S: APPROVAL}, S),
        ({"id": 9, "result": {}}, {}, S),
    ],
)
def test_sender(
    body: dict[str, Any], pending: dict[Side, str], sender: Side, validators: Validators
) -> None:
    assert infer_sender(body, validators, pending.get) is sender


def test_ids_of_both_sides_in_a_raw_recording(judged: Judge, tmp_path: Path) -> None:
    approval = {
        "kind": "command",
        "threadId": "t",
        "turnId": "u",
        "itemId": "i",
        "startedAtMs": 1,
        "command": "ls",
        "environmentId": None,
    }
    lines = [
        {"id": 0, "method": "model/list", "params": {}},
        {"id": 0, "method": APPROVAL, "params": approval},
        {"id": 0, "result": {"decision": "accept"}},
        {"id": 0, "result": MODELS},
    ]
    path = tmp_path / "raw.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    judgement = judged(path)
    assert [j for j in judgement.findings if "schema" in j.rule] == []
    assert [j for j in judgement.findings if "unanswered" in j.rule] == []


@pytest.mark.parametrize("swapped", [False, True])
def test_equal_ids_in_flight_are_told_apart_by_their_results(
    swapped: bool, judged: Judge, tmp_path: Path
) -> None:
    path = Path(__file__).parents[2] / "data/recordings/0.163.0/s12_undocumented.jsonl"
    start = json.loads(path.read_text("utf-8").splitlines()[7])["msg"]["result"]
    answers = [start, {"data": []}]
    lines = [
        {"id": 5, "method": "thread/start", "params": {}},
        {"id": 5, "method": "thread/loaded/list", "params": {}},
        *({"id": 5, "result": r} for r in (reversed(answers) if swapped else answers)),
    ]
    (tmp_path / "raw").write_text("".join(json.dumps(line) + "\n" for line in lines))
    judgement = judged(tmp_path / "raw")
    assert {j.rule for j in judgement.findings} == {
        "session/id-in-flight",
        "session/session-boundary",
    }


def test_an_answer_that_fits_both_may_be_the_others(judged: Judge, tmp_path: Path) -> None:
    """In 0.99.0 an empty page of models and an empty page of threads look the same."""
    data = Path(__file__).parents[2] / "data/recordings/0.163.0/s10_websocket.jsonl"
    models = next(
        json.loads(line)["msg"]["result"]
        for line in data.read_text("utf-8").splitlines()
        if '"result":{"data":[{"id":"gpt' in line
    )
    lines = [
        {"id": 75, "method": "model/list", "params": {}},
        {"id": 75, "method": "thread/loaded/list", "params": {}},
        {"id": 75, "result": {"data": [], "nextCursor": None}},
        {"id": 75, "result": models},
    ]
    (tmp_path / "raw").write_text("".join(json.dumps(line) + "\n" for line in lines))
    judgement = judged(tmp_path / "raw")
    assert [j for j in judgement.findings if j.level != "info"] == []

"""What is told of histories, forks and ends of turns in saved sessions."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
import zstandard
from command import Run
from rollouts import DATA, PLAIN, RELEASES, lines_of, written
from validated import Judged, found

from codexwire import session

pytestmark = pytest.mark.usefixtures("own_cache")


def test_forks_and_reverted_threads_find_their_earlier_history(codexwire: Run) -> None:
    folder = DATA / "sessions" / "0.163.0"
    fork, parent = folder / "s06_lifecycle-2.jsonl", folder / "s06_lifecycle-1.jsonl"
    reverted = folder / "s06_lifecycle-3.jsonl"
    _, out, _ = codexwire("validate", fork)
    thread = lines_of(parent)[0]["payload"]["id"]
    assert f"101 earlier lines in thread {thread}, not given" in out
    _, out, _ = codexwire("validate", fork, parent, reverted)
    assert f"101 earlier lines in thread {thread}: {parent}" in out
    own = lines_of(fork)[0]["payload"]["id"]
    assert f"103 earlier lines in thread {own}: {fork}" in out
    assert f"the same thread as {fork}, reverted" in out
    assert (
        "no turn was understood in 3 lines; those of the earlier history are in another file" in out
    )


def test_a_parent_that_ends_too_early_is_told(codexwire: Run, tmp_path: Path) -> None:
    folder = DATA / "sessions" / "0.163.0"
    short = tmp_path / "parent.jsonl"
    short.write_bytes(
        b"".join((folder / "exec_fork-1.jsonl").read_bytes().splitlines(keepends=True)[:9])
    )
    _, out, _ = codexwire("validate", folder / "exec_fork-2.jsonl", short)
    assert "whose ordinals ends at 8" not in out
    assert f"whose ordinals end at 8 in {short}" in out


def test_two_files_of_one_thread(codexwire: Run, tmp_path: Path) -> None:
    for name in ("a.jsonl", "b.jsonl"):
        shutil.copy(PLAIN, tmp_path / name)
    (tmp_path / "a.jsonl.zst").write_bytes(zstandard.ZstdCompressor().compress(PLAIN.read_bytes()))
    code, out, _ = codexwire("validate", tmp_path)
    assert code == 0
    assert f"the same file as {tmp_path / 'a.jsonl'}, one of them packed" in out
    assert f"the same thread as {tmp_path / 'a.jsonl'}, of which no line tells why" in out


def test_what_is_odd_about_one_file(judged: Judged, tmp_path: Path) -> None:
    lines = lines_of(PLAIN)
    other = {**lines[0], "payload": {**lines[0]["payload"], "id": "other"}}
    event = {"type": "user_message", "message": "hi"}
    legacy = {"timestamp": "t", "type": "event_msg", "payload": event}
    _, value = judged(written(tmp_path / "odd.jsonl", [*lines[:3], other, legacy, lines[7]]))
    told = [(f["line"], f["rule"], f["message"]) for f in value["files"][0]["findings"]]
    assert told == [
        (2, "lines/turn-without-end", "the turn that begins here has no end"),
        (4, "lines/second-meta", "the session_meta of another thread in a file that is no fork"),
        (4, "lines/ordinals", "the ordinal is 0, expected 3"),
        (5, "lines/ordinals", "a line of paginated history without an ordinal"),
        (
            5,
            "lines/two-histories",
            "user_message in paginated history, which has items instead",
        ),
        (6, "lines/ordinals", "the ordinal is 7, expected 1"),
    ]
    _, value = judged(written(tmp_path / "none.jsonl", [lines[0], lines[2]]))
    assert [f["message"] for f in value["files"][0]["findings"]][:1] == [
        "no turn was understood in 2 lines"
    ]


@pytest.mark.parametrize("event", ["user_message", "agent_message", "agent_reasoning"])
def test_an_event_of_legacy_history_in_paginated_history(
    event: str, judged: Judged, tmp_path: Path
) -> None:
    lines = lines_of(PLAIN)
    payload = {"type": event, "message": "m", "text": "t"}
    line = {"timestamp": "t", "ordinal": len(lines), "type": "event_msg", "payload": payload}
    _, value = judged(written(tmp_path / "two.jsonl", [*lines, line]))
    assert ("lines/two-histories", "warning", None) in found(value)


@pytest.mark.parametrize("item", ["UserMessage", "AgentMessage"])
def test_an_item_of_paginated_history_in_legacy_history(
    item: str, judged: Judged, tmp_path: Path
) -> None:
    lines = lines_of(PLAIN)
    lines[0]["payload"]["history_mode"] = "legacy"
    kept = [lines[0], *(line for line in lines if f'"type": "{item}"' in json.dumps(line))]
    assert len(kept) == 2
    _, value = judged(written(tmp_path / "two.jsonl", kept))
    assert ("lines/two-histories", "warning", None) in found(value)


def test_how_turns_ended_is_understood(judged: Judged) -> None:
    turns = {}
    for release in RELEASES:
        _, value = judged(DATA / "sessions" / release / "exec_error-1.jsonl")
        turns[release] = value["files"][0]["understood"]["turns"]
    assert turns == {
        "0.99.0": {"unknown": 1},
        "0.125.0": {"unknown": 1},
        "0.150.0": {"failed": 1},
        "0.163.0": {"failed": 1},
    }


@pytest.mark.parametrize("release", RELEASES[1:])
def test_the_neutral_view_understands_as_many_turns(release: str, judged: Judged) -> None:
    folder = DATA / "sessions" / release
    _, value = judged(folder)
    counted = {
        f["path"]: (
            sum(f["understood"]["turns"].values()),
            f["understood"]["turns"].get("unknown", 0),
        )
        for f in value["files"]
    }
    assert counted == {f.path: (f.turns, f.unknown_status) for f in session.read(folder).files}
    assert sum(turns for turns, _ in counted.values()) > 40


def test_an_end_without_an_error_is_sure_where_it_repeats_the_answer(
    judged: Judged, tmp_path: Path
) -> None:
    answer = {"type": "agent_message", "message": "Done."}
    item = {"type": "AgentMessage", "content": [{"type": "Text", "text": "Do"}, {"text": "ne."}]}
    call = {"type": "function_call", "name": "f", "arguments": "", "call_id": "c"}
    cases = [
        ("completed", [answer]),
        ("completed", [{"type": "item_completed", "item": item}]),
        ("unknown", []),
        ("unknown", [{"type": "agent_message", "message": "Wait."}]),
        ("unknown", [answer, {"type": "user_message", "message": "more"}]),
        *(("unknown", [answer, {**call, "type": kind}]) for kind in CALLS),
        ("unknown", [{"type": "entered_review_mode"}, answer]),
        ("unknown", [{"type": "item_completed", "item": {"type": "EnteredReviewMode"}}, answer]),
    ]
    for status, told in cases:
        end = {"type": "task_complete", "turn_id": "t", "last_agent_message": "Done."}
        payloads = [{"type": "task_started", "turn_id": "t"}, *told, end]
        lines = [lines_of(DATA / "sessions" / "0.125.0" / "s01_basic.jsonl")[0]]
        for payload in payloads:
            kind = "response_item" if payload["type"] in CALLS else "event_msg"
            lines.append({"timestamp": "t", "type": kind, "payload": payload})
        _, value = judged(written(tmp_path / "end.jsonl", lines))
        assert value["files"][0]["understood"]["turns"] == {status: 1}, told


CALLS = ("function_call", "custom_tool_call", "local_shell_call", "web_search_call")

"""The events of `codex exec --json`: judged, decoded without a loss, understood."""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import Run

import codex_exec_stream as events
from codexwire.ingest import load
from codexwire.model.repeated import first_values, parse_repeated
from codexwire.normalize import Effect, normalize
from codexwire.profiles.exec_stream.profile import EXEC_STREAM
from codexwire.resources import schema_root
from codexwire.wire.lines import LineValidators

DATA = Path(__file__).parents[1] / "data" / "rollouts" / "exec"
RELEASES = ("0.99.0", "0.125.0", "0.150.0", "0.163.0")
SEARCH = DATA / "0.163.0" / "plan_web-2.jsonl"


def lines(release: str) -> Iterator[bytes]:
    for path in sorted((DATA / release).glob("*.jsonl")):
        yield from path.read_bytes().splitlines()


def judged(codexwire: Run, *args: object) -> tuple[int, dict[str, Any]]:
    code, out, err = codexwire("validate", *args, "--format", "json")
    assert out, err
    return code, json.loads(out)


@pytest.mark.parametrize("release", RELEASES)
def test_every_stream_is_valid(release: str, codexwire: Run) -> None:
    code, value = judged(codexwire, DATA / release)
    assert (code, value["totals"]["unchecked"], value["totals"]["unread"]) == (0, 0, 0)
    assert {f["format"] for f in value["files"]} == {"exec-stream"}
    assert value["totals"]["turns"] == {"completed": len(value["files"]) - 4, "failed": 4}
    rules = [f["rule"] for file in value["files"] for f in file["findings"]]
    assert set(rules) == {"lines/repeated-key"}
    assert all(len(f["understood"]["threads"]) == 1 for f in value["files"])
    assert {name for f in value["files"] for name in f["accepted_by"]} == {"exec-stream@0.171.0"}


@pytest.mark.parametrize("release", RELEASES)
def test_a_line_is_given_back_byte_by_byte(release: str) -> None:
    for line in lines(release):
        value = events.decode_line(line)
        assert events.dump_line(value) == line
        assert {n.rule for n in events.drift_notes(value, part="")} <= {"repeated-key"}
        assert events.accepts_line(line)


def test_both_ids_of_a_search_are_kept_and_reported_once(codexwire: Run) -> None:
    _, value = judged(codexwire, SEARCH)
    (finding,) = value["files"][0]["findings"]
    assert (finding["line"], finding["pointer"], finding["method"]) == (
        4,
        "/item/id",
        "item.started/web_search",
    )
    assert finding["message"].endswith("(4 lines)")
    line = SEARCH.read_bytes().splitlines()[3]
    found = events.decode_line(line)
    assert (found.root.item.id, events.item_id(found)) == ("item_1", "item_1")
    began = events.decode_line(SEARCH.read_bytes().splitlines()[0])
    assert events.thread_id(began) == began.root.thread_id
    assert found.root.item.action.query == "codex app-server protocol"
    raw = parse_repeated(line)
    assert [pair for pair in raw["item"].pairs if pair[0] == "id"] == [
        ("id", "item_1"),
        ("id", "ws_resp_1839"),
    ]
    found.root.item.query = "another"
    changed = json.loads(events.dump_line(found))
    assert (changed["item"]["query"], changed["item"]["id"]) == ("another", "item_1")


def test_what_the_types_of_the_sdk_say_otherwise(codexwire: Run) -> None:
    _, value = judged(codexwire, DATA, "--as-published")
    found = {
        (f["rule"], f["method"], f["pointer"])
        for file in value["files"]
        for f in file["findings"]
        if f["rule"] != "lines/repeated-key"
    }
    assert found == {
        ("lines/undeclared", "item.started/web_search", "/item/action"),
        ("lines/undeclared", "item.completed/web_search", "/item/action"),
        ("lines/unknown-type", "item.started/collab_tool_call", "/item/type"),
        ("lines/unknown-type", "item.completed/collab_tool_call", "/item/type"),
        ("lines/unknown-value", "item.started/file_change", "/item/status"),
        ("schema/type", "item.started/command_execution", "/item/exit_code"),
        ("schema/type", "item.started/mcp_tool_call", "/item/result"),
        ("schema/type", "item.started/mcp_tool_call", "/item/error"),
        ("schema/type", "item.completed/mcp_tool_call", "/item/error"),
    }
    # Streams of old releases need the schema of one of those.
    old = next(f for f in value["files"] if f["path"].endswith("0.99.0/plain.jsonl"))
    assert old["accepted_by"] == {"exec-stream@0.171.0": 3, "exec-stream@0.115.0": 1}


def test_a_stream_of_several_processes(codexwire: Run, tmp_path: Path) -> None:
    folder = DATA / "0.163.0"
    path = tmp_path / "all.jsonl"
    first, again = (folder / f"resume-{n}.jsonl" for n in (1, 2))
    path.write_bytes(
        first.read_bytes() + again.read_bytes() + (folder / "plain.jsonl").read_bytes()
    )
    _, value = judged(codexwire, path)
    (file,) = value["files"]
    assert [f["message"] for f in file["findings"]] == [
        "another stream begins, of the same thread, resumed",
        "another stream begins, of another thread",
    ]
    assert (len(file["understood"]["threads"]), file["understood"]["turns"]) == (
        2,
        {"completed": 3},
    )


def test_a_stream_that_breaks_off(codexwire: Run, tmp_path: Path) -> None:
    path = tmp_path / "cut.jsonl"
    whole = (DATA / "0.163.0" / "command.jsonl").read_bytes().splitlines(keepends=True)
    start = next(i for i, line in enumerate(whole) if b'"item.started"' in line)
    path.write_bytes(b"".join(whole[: start + 1]) + whole[start + 1][:20])
    code, value = judged(codexwire, path)
    assert code == 0
    told = sorted(f["rule"] for f in value["files"][0]["findings"])
    assert told == ["lines/item-without-end", "lines/turn-without-end", "transcript/truncated"]
    assert value["files"][0]["understood"]["turns"] == {"unknown": 1}
    path.write_bytes(whole[0])
    _, value = judged(codexwire, path)
    assert [f["message"] for f in value["files"][0]["findings"]] == [
        "no turn was understood in 1 line"
    ]


@pytest.mark.parametrize("end", ["turn.completed", "turn.failed", "turn.started", "thread.started"])
def test_an_item_that_is_open_when_its_turn_ends_is_told_once(
    end: str, codexwire: Run, tmp_path: Path
) -> None:
    command = (DATA / "0.163.0" / "command.jsonl").read_bytes().splitlines(keepends=True)
    ends = {json.loads(line)["type"]: line for line in command}
    ends["turn.failed"] = b'{"type":"turn.failed","error":{"message":"no"}}\n'
    rest = (ends["item.completed"], ends["turn.completed"]) if end.endswith("started") else ()
    path = tmp_path / "open.jsonl"
    path.write_bytes(b"".join((*command[:3], ends[end], *rest)))
    _, value = judged(codexwire, path)
    told = [(f["line"], f["rule"]) for f in value["files"][0]["findings"]]
    assert told.count((3, "lines/item-without-end")) == 1


def test_output_with_other_text_before_it_is_a_stream(codexwire: Run, tmp_path: Path) -> None:
    path = tmp_path / "output.jsonl"
    path.write_bytes(
        b"Reading prompt from stdin...\n" + (DATA / "0.163.0" / "plain.jsonl").read_bytes()
    )
    code, value = judged(codexwire, path)
    assert (code, value["totals"]["unread"], value["files"][0]["format"]) == (2, 1, "exec-stream")


def test_the_command_decodes_streams(codexwire: Run) -> None:
    code, out, _ = codexwire("decode", DATA / "0.163.0", "--format", "json")
    value = json.loads(out)
    count = sum(1 for _ in lines("0.163.0"))
    assert (code, value["lines"], value["messages"], value["raw"]) == (0, count, 0, 0)
    assert [(d["rule"], d["count"]) for d in value["drift"]] == [
        ("repeated-key", 2),
        ("repeated-key", 2),
    ]
    code, out, _ = codexwire("decode", DATA / "0.163.0", "--mode", "strict")
    assert (code, "0 of them kept raw" in out) == (0, True)


# What the schema says of its own evidence: `0.99.0–0.171.0` behind the scenarios, and what nobody saw.
DEFINITIONS = json.loads((schema_root() / "exec-stream" / "protocol.json").read_text("utf-8"))[
    "definitions"
]
UNIONS = {"ThreadEvent", "ThreadItem"}


def seen(release: str) -> dict[str, set[str]]:
    """The types that the streams of a release show, and the members of each."""
    protocol = normalize(load(f"exec-stream@{release}"), effects=(Effect.ANNOTATE,)).protocol
    validators = LineValidators(protocol)
    found: defaultdict[str, set[str]] = defaultdict(set)

    def visit(name: str, value: Any) -> None:
        schema = DEFINITIONS[name]
        found[name].update(value if isinstance(value, dict) else [str(value)])
        for key, sub in schema.get("properties", {}).items():
            if not isinstance(value, dict) or value.get(key) is None or not isinstance(sub, dict):
                continue
            inner = sub.get("items", sub)
            for part in value[key] if "items" in sub else [value[key]]:
                if isinstance(inner, dict) and "$ref" in inner:
                    visit_type(inner["$ref"].rpartition("/")[2], part)

    def visit_type(name: str, value: Any) -> None:
        if name not in UNIONS:
            visit(name, value)
            return
        for branch in DEFINITIONS[name]["oneOf"]:
            inner = branch["$ref"].rpartition("/")[2]
            if DEFINITIONS[inner]["properties"]["type"]["enum"] == [value["type"]]:
                visit(inner, value)

    for line in lines(release):
        visit_type("ThreadEvent", first_values(parse_repeated(line)))
    assert validators.protocol.layout is EXEC_STREAM
    return found


@pytest.mark.parametrize("release", RELEASES)
def test_the_evidence_of_the_schema_is_true(release: str) -> None:
    found = seen(release)
    for name in sorted(set(DEFINITIONS) - UNIONS):
        evidence = DEFINITIONS[name]["x-evidence"]
        streams = re.search(r"exec streams: .*?: (\S+?)–(\d+\.\d+\.\d+)", evidence)
        if streams is None:
            assert "not seen" in evidence
            continue
        first, last = (tuple(map(int, end.split("."))) for end in streams.groups())
        assert (name in found) is (first <= tuple(map(int, release.split("."))) <= last), name
        unseen = evidence.partition("not seen: ")[2]
        for value in DEFINITIONS[name].get("enum", ()):
            assert not (value in unseen and value in found[name]), (name, value)


def test_every_value_and_member_that_evidence_does_not_leave_out_was_seen() -> None:
    found: defaultdict[str, set[str]] = defaultdict(set)
    for release in RELEASES:
        for name, members in seen(release).items():
            found[name] |= members
    for name in sorted(set(DEFINITIONS) - UNIONS):
        unseen = DEFINITIONS[name]["x-evidence"].partition("not seen: ")[2]
        wanted = {*DEFINITIONS[name].get("enum", ()), *DEFINITIONS[name].get("properties", ())}
        missing = {w for w in wanted - found[name] if w not in unseen}
        assert not missing or unseen == "every failed call has a result", (name, missing)

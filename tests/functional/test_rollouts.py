"""Saved sessions judged: by the release that made them and by later ones, alone and together."""

from __future__ import annotations

import gzip
import json
import re
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema
import pytest
import zstandard
from command import Run

import codex_rollout as rollout
from codexwire import session
from codexwire.ingest.archive import archive
from codexwire.profiles.rollout.profile import ROLLOUT
from codexwire.resources import schema_root
from codexwire.transcript.coverage import everything
from codexwire.transcript.formats.table import detect
from codexwire.transcript.source import Source
from codexwire.version import Version
from codexwire.wire.lines import LineValidators

DATA = Path(__file__).parents[1] / "data" / "rollouts"
RELEASES = ("0.99.0", "0.125.0", "0.150.0", "0.163.0")
SCHEMA = json.loads((schema_root() / "report" / "validate.schema.json").read_text("utf-8"))
PLAIN = DATA / "sessions" / "0.163.0" / "exec_plain.jsonl"
TOOLS = DATA / "sessions" / "0.163.0" / "s07_tools-1.jsonl"

Judged: TypeAlias = Callable[..., tuple[int, dict[str, Any]]]


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEXWIRE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def judged(codexwire: Run) -> Judged:
    """Run `validate` with JSON output; return the exit code and the document."""

    def call(*args: object) -> tuple[int, dict[str, Any]]:
        code, out, err = codexwire("validate", *args, "--format", "json")
        assert out, err
        value = json.loads(out)
        jsonschema.validate(value, SCHEMA)
        return code, value

    return call


def lines_of(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def written(path: Path, lines: list[dict[str, Any]]) -> Path:
    path.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    return path


def found(value: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """Rule, level and pointer of the findings of all files."""
    findings = (f for file in value["files"] for f in file["findings"])
    return [(f["rule"], f["level"], f["pointer"]) for f in findings]


@pytest.mark.parametrize("release", RELEASES)
def test_every_session_is_valid_by_its_own_release(release: str, judged: Judged) -> None:
    code, value = judged(DATA / "sessions" / release)
    assert code == 0
    own = "0.116.0" if release == "0.99.0" else release
    for file in value["files"]:
        assert (file["made_by"], file["accepted_by"]) == (
            release,
            {f"rollout@{own}": file["messages"]},
        )
    totals = value["totals"]
    assert (totals["unread"], totals["unchecked"], totals["unknown_types"]) == (0, 0, 0)
    known = {"lines/second-meta", "lines/earlier-history", "lines/two-files", "lines/no-turn"}
    assert {rule for rule, _, _ in found(value)} <= known
    assert all(level == "info" for _, level, _ in found(value))


def test_as_published_one_value_is_not_listed_and_some_members_are_not_declared(
    judged: Judged,
) -> None:
    for release in RELEASES[2:]:
        code, value = judged(DATA / "sessions" / release, "--as-published")
        assert code == 0
        rules = Counter((rule, pointer) for rule, _, pointer in found(value) if pointer)
        values = {key: n for key, n in rules.items() if key[0] == "lines/unknown-value"}
        firsts = [lines_of(Path(f["path"]))[0]["payload"] for f in value["files"]]
        sources = sum("thread_source" in payload for payload in firsts)
        assert values == {("lines/unknown-value", "/payload/thread_source"): sources}
        members = {
            pointer.rpartition("/")[2] for rule, pointer in rules if rule.endswith("undeclared")
        }
        assert members == {"create_time", "content_item_kinds"}


# Lines of these files that the schema of a release refuses as it was published, counted by jsonschema.
REFUSED = {
    "0.99.0": {"0.116.0": 0, "0.140.0": 0, "0.142.0": 21, "0.169.0": 130, "0.171.0": 130},
    "0.125.0": {"0.116.0": 0, "0.125.0": 0, "0.129.0": 4, "0.142.0": 28},
    "0.150.0": {"0.116.0": 44, "0.128.0": 38, "0.142.0": 39, "0.150.0": 9, "0.171.0": 9},
    "0.163.0": {"0.116.0": 199, "0.143.0": 125, "0.153.0": 13, "0.163.0": 11, "0.171.0": 11},
}


@pytest.mark.parametrize("release", RELEASES)
def test_what_other_releases_refuse(release: str) -> None:
    files = sorted((DATA / "sessions" / release).glob("*.jsonl"))
    lines = [line for path in files for line in lines_of(path)]
    refused = {}
    for schema in REFUSED[release]:
        protocol = archive(ROLLOUT).protocol(Version.parse(schema))
        assert protocol is not None
        validators = LineValidators(protocol)
        refused[schema] = sum(not validators.accepts(line) for line in lines)
    assert refused == REFUSED[release]


def test_migrated_mixed_killed_and_packed_files(judged: Judged) -> None:
    code, value = judged(DATA / "extra")
    assert code == 0
    assert (value["totals"]["unread"], value["totals"]["unchecked"]) == (0, 0)
    (open_turn,) = found(value)
    assert open_turn == ("lines/turn-without-end", "warning", None)
    mixed = next(f for f in value["files"] if "mixed" in f["path"])
    assert mixed["accepted_by"] == {"rollout@0.116.0": 79, "rollout@0.171.0": 17}
    assert mixed["understood"] == {
        "threads": ["01a221eb-a142-7163-9de8-3424e6c773df"],
        "history": "legacy",
        "turns": {"completed": 1, "unknown": 5},
    }
    packed = next(f for f in value["files"] if f["path"].endswith(".zst"))
    assert (packed["format"], packed["made_by"], packed["valid"]) == ("rollout", "0.144.4", True)


@pytest.mark.parametrize("size", [True, False])
def test_a_packed_file_is_the_plain_one(size: bool, judged: Judged, tmp_path: Path) -> None:
    packed = tmp_path / "rollout.jsonl.zst"
    pack = zstandard.ZstdCompressor(write_content_size=size).compress
    packed.write_bytes(pack(TOOLS.read_bytes()))
    zipped = tmp_path / "rollout.jsonl.gz"
    zipped.write_bytes(gzip.compress(TOOLS.read_bytes()))
    for path in (packed, zipped):
        code, value = judged(path)
        assert (code, value["totals"]["messages"]) == (0, len(lines_of(TOOLS)))


def test_a_forced_schema_judges_alone(judged: Judged, codexwire: Run) -> None:
    old = DATA / "sessions" / "0.99.0" / "s01_basic.jsonl"
    for schema in ("0.171.0", "rollout@0.171.0"):
        code, value = judged(old, "--schema", schema, "--as-published")
        assert code == 1
        rules = {(rule, pointer) for rule, level, pointer in found(value) if level == "error"}
        assert rules == {("schema/required", "/payload")}
    code, value = judged(old, "--schema", "0.171.0")
    assert (code, list(value["files"][0]["accepted_by"])) == (0, ["rollout@0.171.0"])
    code, _, err = codexwire("validate", old, "--schema", "exec-server")
    assert (code, "is a schema of codex-exec-server, and this is a Codex rollout" in err) == (
        2,
        True,
    )
    recording = DATA.parent / "recordings" / "0.163.0" / "s12_undocumented.jsonl"
    code, _, err = codexwire("validate", recording, "--schema", "rollout")
    assert (code, "is a schema of lines, and these are messages" in err) == (2, True)


def test_a_release_that_nobody_knows_is_unchecked(judged: Judged, tmp_path: Path) -> None:
    lines = lines_of(PLAIN)
    lines[0]["payload"]["cli_version"] = "9.9.9"
    lines[1]["payload"]["turn_id"] = 5
    code, value = judged(written(tmp_path / "new.jsonl", lines))
    assert (code, value["totals"]["unchecked"]) == (0, len(lines))
    assert ("schema/type", "info", "/payload/turn_id") in found(value)
    assert found(value)[0] == ("transcript/schema-version", "warning", None)
    assert judged(tmp_path / "new.jsonl", "--strict")[0] == 2


def test_the_unknown_is_noted_and_fails_nothing(judged: Judged, tmp_path: Path) -> None:
    lines = lines_of(PLAIN)
    made_up = [
        {"type": "dream", "payload": {"of": "sheep"}},
        {"type": "event_msg", "payload": {"type": "yawned"}},
        {"type": "event_msg", "payload": {"type": "yawned"}},
        {
            "type": "event_msg",
            "payload": {**lines[1]["payload"], "collaboration_mode_kind": "dancing"},
        },
        {"type": "turn_context", "payload": {**lines[5]["payload"], "mood": "calm"}},
    ]
    for extra in made_up:
        lines.append({"timestamp": "t", "ordinal": len(lines), **extra})
    code, value = judged(written(tmp_path / "odd.jsonl", lines))
    (file,) = value["files"]
    assert code == 0
    assert file["unknown_types"] == {"dream": 1, "event_msg/yawned": 2}
    assert (file["unchecked"], value["totals"]["unknown_types"], file["unread"]) == (5, 3, 0)
    assert Counter(found(value)) == {
        ("lines/unknown-type", "info", "/type"): 1,
        ("lines/unknown-type", "info", "/payload/type"): 2,
        ("lines/unknown-value", "info", "/payload/collaboration_mode_kind"): 1,
        ("lines/undeclared", "info", "/payload/mood"): 1,
        ("lines/turn-without-end", "warning", None): 1,
    }
    assert judged(tmp_path / "odd.jsonl", "--strict")[0] == 2


def test_a_wrong_value_is_an_error(judged: Judged, tmp_path: Path) -> None:
    lines = lines_of(PLAIN)
    lines[1]["payload"]["turn_id"] = 5
    del lines[2]["payload"]["role"]
    lines[3]["type"] = 7
    code, value = judged(written(tmp_path / "wrong.jsonl", lines))
    assert code == 1
    errors = [entry for entry in found(value) if entry[1] == "error"]
    assert errors == [
        ("schema/type", "error", "/payload/turn_id"),
        ("schema/required", "error", "/payload"),
        ("schema/type", "error", "/type"),
    ]


def test_a_torn_last_line_is_a_warning_and_a_broken_one_a_finding(
    judged: Judged, tmp_path: Path
) -> None:
    torn = tmp_path / "torn.jsonl"
    torn.write_bytes(PLAIN.read_bytes()[:-40])
    code, value = judged(torn)
    assert (code, value["totals"]["messages"]) == (0, len(lines_of(PLAIN)) - 1)
    assert ("transcript/truncated", "warning", None) in found(value)
    broken = tmp_path / "broken.jsonl"
    whole = PLAIN.read_bytes().splitlines(keepends=True)
    broken.write_bytes(b"".join([*whole[:4], whole[4][:30] + b"\n", b"[1]\n", *whole[5:]]))
    code, value = judged(broken)
    assert (code, value["totals"]["unread"]) == (2, 2)
    assert value["totals"]["messages"] == len(whole) - 1
    assert [f["line"] for f in value["files"][0]["findings"] if f["level"] == "error"] == [5, 6]
    assert [e for e in found(value) if e[0] == "lines/ordinals"] == [
        ("lines/ordinals", "warning", None)
    ]


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


def test_a_file_is_told_by_any_type_of_line_that_a_release_declares(tmp_path: Path) -> None:
    types: set[str] = set()
    for release in ("0.116.0", "0.123.0", "0.171.0"):
        protocol = archive(ROLLOUT).protocol(Version.parse(release))
        assert protocol is not None
        points = {(place, value) for _, place, value in everything(protocol)}
        types |= {value for place, value in points if place == "RolloutLine" and value}
    assert len(types) > 12
    for type in types:
        line = {"timestamp": "t", "type": type, "payload": {}}
        with Source(str(written(tmp_path / "one.jsonl", [line]))) as source:
            assert detect(source).id == "rollout", type


def test_the_summary_says_what_was_understood(codexwire: Run) -> None:
    _, out, _ = codexwire("validate", DATA / "extra" / "mixed")
    assert out == (
        "1 file, 96 lines, 41,294 bytes: 0 errors, 0 warnings, 0 info; "
        "6 turns, 5 of them of unknown status\n"
    )
    _, out, _ = codexwire("validate", DATA / "extra" / "killed")
    assert out.splitlines()[0].endswith(
        "(rollout, made by 0.150.0, schema rollout@0.150.0, 16 lines, "
        "2 turns, 1 of them of unknown status)"
    )


def test_a_session_can_be_covered(judged: Judged) -> None:
    _, value = judged(PLAIN, "--coverage")
    (covered,) = value["coverage"]
    assert covered["schema"] == "rollout@0.163.0"
    variants = next(g for g in covered["groups"] if g["group"] == "union variants")
    assert "RolloutLine: session_meta" in variants["seen"]
    assert "RolloutLine: compacted" in variants["missing"]


def home(folder: Path) -> Iterator[tuple[Path, Path]]:
    """What a home of codex has, and from which files of ours."""
    day = folder / "sessions" / "2026" / "11" / "28"
    yield day / "rollout-2026-11-28T11-32-32-a.jsonl", PLAIN
    yield folder / "archived_sessions" / "rollout-2026-11-28T11-32-33-b.jsonl", TOOLS


def test_the_sessions_of_codex_home_are_read_and_nothing_is_written(
    judged: Judged, codexwire: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "home"
    monkeypatch.setenv("CODEX_HOME", str(folder))
    code, _, err = codexwire("validate", "--sessions")
    assert (code, f"no saved sessions in {folder.as_posix()!r}" in err) == (2, True)
    for path, source in home(folder):
        path.parent.mkdir(parents=True)
        shutil.copy(source, path)
    (folder / "session_index.jsonl").write_text('{"id":"a","thread_name":"n","updated_at":"t"}\n')
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("*")}
    folder.chmod(0o500)
    code, value = judged("--sessions")
    assert (code, len(value["files"])) == (0, 2)
    assert {p: p.stat().st_mtime_ns for p in folder.rglob("*")} == before
    code, value = judged(folder)
    assert (code, len(value["files"])) == (0, 2)
    assert value["skipped"] == [(folder / "session_index.jsonl").as_posix()]
    code, _, err = codexwire("validate")
    assert (code, "name what to read" in err) == (2, True)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    first, *rest = TOOLS.read_bytes().splitlines(keepends=True)
    path = tmp_path / "long.jsonl"
    with path.open("wb") as file:
        file.write(first)
        for _ in range(60):
            file.writelines(rest)
    measured = (
        "import resource, sys; from codexwire.cli.app import run; code = run(sys.argv[1:]); "
        "print(code, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)"
    )
    # By way of a small process: what is measured begins with what its parent had.
    small = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)"
    arguments = ["validate", str(path), str(DATA / "extra"), "--max-findings", "10"]
    done = subprocess.run(
        [sys.executable, "-c", small, sys.executable, "-c", measured, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    code, size = map(int, done.stdout.splitlines()[-1].split())
    assert path.stat().st_size > 8_000_000
    assert (code, size < 100) == (0, True), size


@pytest.mark.parametrize("release", RELEASES)
def test_every_line_is_given_back_byte_by_byte(release: str) -> None:
    for path in [
        *(DATA / "sessions" / release).glob("*.jsonl"),
        *(DATA / "extra").rglob("*.jsonl"),
    ]:
        for line in path.read_bytes().splitlines():
            assert rollout.dump_line(rollout.decode_line(line)) == line


def test_the_command_decodes_sessions(codexwire: Run) -> None:
    code, out, _ = codexwire("decode", DATA / "sessions" / "0.163.0", "--format", "json")
    value = json.loads(out)
    assert (code, value["raw"], value["drift"]) == (0, 0, [])
    code, out, _ = codexwire("decode", DATA / "sessions" / "0.99.0" / "s07_tools.jsonl")
    assert (code, "unknown-field  turn_context /payload/truncation_policy" in out) == (1, True)
    recording = DATA.parent / "recordings" / "0.163.0" / "s02_command_approval.jsonl"
    code, _, err = codexwire("decode", recording, "--package", "codex_rollout")
    assert (code, "decodes lines, and this is a recording of messages" in err) == (2, True)


def test_ids_are_found_in_lines() -> None:
    found: Counter[str] = Counter()
    for line in TOOLS.read_bytes().splitlines():
        value = rollout.decode_line(line)
        for kind in ("session", "thread", "turn", "item", "call"):
            typed = getattr(rollout, f"{kind}_id")(value)
            assert typed == getattr(rollout, f"{kind}_id")(json.loads(line))
            found[kind] += typed is not None
    assert all(found[kind] > 1 for kind in ("session", "thread", "turn", "item", "call")), found


PASSED = "internal_chat_message_metadata_passthrough"


@pytest.mark.parametrize(
    ("kind", "type", "payload"),
    [
        ("session", "session_meta", {"session_id": "X", "id": "Y"}),
        ("session", "token_usage_record", {"session_id": "X"}),
        ("thread", "session_meta", {"session_id": "Y", "id": "X"}),
        ("thread", "token_usage_record", {"thread_id": "X"}),
        ("thread", "event_msg", {"type": "thread_goal_updated", "threadId": "X"}),
        ("turn", "event_msg", {"type": "task_started", "turn_id": "X"}),
        ("turn", "response_item", {"type": "message", PASSED: {"turn_id": "X"}}),
        ("item", "event_msg", {"type": "item_started", "item": {"id": "X"}}),
        ("item", "event_msg", {"type": "item_completed", "item": {"id": "X"}}),
        ("item", "event_msg", {"type": "agent_message_content_delta", "item_id": "X"}),
        ("item", "response_item", {"type": "message", "id": "X"}),
        ("call", "response_item", {"type": "function_call", "call_id": "X"}),
        ("call", "event_msg", {"type": "exec_command_end", "call_id": "X"}),
        ("call", "retained_context", {"type": "function_call", "call_id": "X"}),
    ],
)
def test_an_id_is_found_in_its_place(kind: str, type: str, payload: dict[str, Any]) -> None:
    line = {"timestamp": "t", "type": type, "payload": payload}
    assert getattr(rollout, f"{kind}_id")(line) == "X"


@pytest.mark.parametrize(
    ("kind", "type", "payload"),
    [
        ("session", "event_msg", {"type": "x", "session_id": "X"}),
        ("thread", "response_item", {"type": "message", "id": "X"}),
        ("thread", "event_msg", {"type": "x", "threadId": "X"}),
        ("turn", "event_msg", {"type": "x", PASSED: {"turn_id": "X"}}),
        ("item", "event_msg", {"type": "x", "item": {"id": "X"}}),
        ("item", "event_msg", {"type": "x", "id": "X"}),
        ("item", "response_item", {"type": "message", "item_id": "X"}),
        ("call", "turn_context", {"call_id": "X"}),
    ],
)
def test_a_member_of_that_name_is_no_id_elsewhere(
    kind: str, type: str, payload: dict[str, Any]
) -> None:
    line = {"timestamp": "t", "type": type, "payload": payload}
    assert getattr(rollout, f"{kind}_id")(line) is None


def redacted(codexwire: Run, path: Path, out: Path, *options: str) -> list[dict[str, Any]]:
    code, _, err = codexwire("redact", path, "-o", out, *options)
    assert code == 0, err
    return lines_of(out)


def test_redaction_leaves_a_session_valid(codexwire: Run, judged: Judged, tmp_path: Path) -> None:
    secret = "sk-proj-" + "Zx9Qk2Lm7Wp4" * 3
    lines = lines_of(TOOLS)
    lines[3]["payload"]["content"][0]["text"] = f"export OPENAI_API_KEY={secret}"
    lines[0]["payload"]["creator_user_id"] = "user-9f3kd82kd"
    path = written(tmp_path / "secret.jsonl", lines)
    done = redacted(codexwire, path, tmp_path / "done.jsonl")
    text = (tmp_path / "done.jsonl").read_text("utf-8")
    assert secret not in text
    assert "user-9f3kd82kd" not in text
    assert "/home/user/" not in text
    assert [line["type"] for line in done] == [line["type"] for line in lines]
    code, value = judged(tmp_path / "done.jsonl")
    assert (code, value["totals"]["unchecked"]) == (0, 0)


STRIPPED = {
    "instructions": ("You are Codex", "<permissions instructions>", "<skills_instructions>"),
    "environment": ("<environment_context>", 'commit_hash":"8d7465d4'),
    "images": ("data:image/png",),
    "reasoning": ('encrypted_content":"[^[]',),
}


@pytest.mark.parametrize("part", STRIPPED)
def test_parts_of_a_session_can_be_left_out(
    part: str, codexwire: Run, judged: Judged, tmp_path: Path
) -> None:
    folder = DATA / "sessions"
    for path in (folder / "0.99.0" / "s07_tools.jsonl", folder / "0.163.0" / "s07_tools-1.jsonl"):
        before = path.read_text("utf-8")
        done = tmp_path / path.parent.name / "done.jsonl"
        done.parent.mkdir()
        after = redacted(codexwire, path, done, "--strip", part)
        text = done.read_text("utf-8")
        for mark in STRIPPED[part]:
            assert re.search(mark, text) is None, mark
        assert any(re.search(mark, before) for mark in STRIPPED[part])
        others = (mark for other in STRIPPED if other != part for mark in STRIPPED[other])
        assert all(re.search(m, text) for m in others if re.search(m, before))
        code, value = judged(done)
        assert (code, value["totals"]["unchecked"]) == (0, 0)
        assert len(after) == len(before.splitlines())


def test_what_can_be_left_out_is_named(codexwire: Run, tmp_path: Path) -> None:
    code, _, err = codexwire("redact", PLAIN, "-o", tmp_path / "a", "--strip", "all")
    assert (code, "left out: " in err) == (0, True)
    again = redacted(codexwire, tmp_path / "a", tmp_path / "b", "--strip", "all")
    assert again == lines_of(tmp_path / "a")
    for name, what, message in (
        (PLAIN, "dreams", "nothing called 'dreams' can be left out"),
        (
            DATA.parent / "recordings" / "0.163.0" / "s01_basic.jsonl",
            "all",
            "there is nothing to leave out",
        ),
    ):
        code, _, err = codexwire("redact", name, "-o", tmp_path / "c", "--strip", what)
        assert (code, message in err, (tmp_path / "c").exists()) == (2, True, False)
    stream = DATA / "exec" / "0.163.0" / "plain.jsonl"  # never holds such a part
    assert redacted(codexwire, stream, tmp_path / "d", "--strip", "all") == lines_of(stream)


def test_a_line_out_of_which_nothing_can_be_left_is_said(codexwire: Run, tmp_path: Path) -> None:
    lines = PLAIN.read_bytes().splitlines(keepends=True)
    damaged = tmp_path / "damaged.jsonl"
    damaged.write_bytes(b"".join([*lines[:2], lines[2][:-20] + b"\n", *lines[3:]]))
    for strip, expected in ((("--strip", "all"), 2), ((), 0)):
        code, _, err = codexwire("redact", damaged, "-o", tmp_path / f"{expected}", *strip)
        assert (code, "1 line is no JSON object" in err) == (expected, expected == 2)

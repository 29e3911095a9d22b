"""`codexwire show -o`: what the page holds, how large it is, and what never stands in it."""

from __future__ import annotations

import gzip
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from command import Run
from timelines import (
    APPROVALS,
    DATA,
    ROLLOUTS,
    SPAWN,
    STREAM,
    hostile,
    long_recording,
    outside,
    unpacked,
)

from codexwire import session
from codexwire.resources import templates_root
from codexwire.usecases.timeline import timeline
from codexwire.usecases.validate import validate

ERRORS = DATA / "recordings" / "0.72.0" / "s08_bad_input.jsonl"


def drawn(*paths: Path, **options: Any) -> tuple[dict[str, Any], list[bytes]]:
    return unpacked(timeline(*paths, **options).page)


@pytest.fixture(scope="module")
def approvals() -> tuple[dict[str, Any], list[bytes]]:
    return drawn(APPROVALS)


def test_every_message_is_there_with_its_place(
    approvals: tuple[dict[str, Any], list[bytes]],
) -> None:
    index, lines = approvals
    records = [*map(json.loads, APPROVALS.read_text("utf-8").splitlines())]
    columns = index["rows"]
    assert len(lines) == len(records)
    assert columns["line"] == [*range(1, len(records) + 1)]
    assert columns["time"] == [round(1000 * record["ts"]) for record in records]
    sides = [index["heads"][head][1] for head in columns["head"]]
    assert sides == [record["dir"] for record in records]


def test_turns_and_items_are_those_of_the_neutral_view(
    approvals: tuple[dict[str, Any], list[bytes]],
) -> None:
    index, _ = approvals
    threads = session.read(APPROVALS).threads
    assert [lane["id"] for lane in index["lanes"][: len(threads)]] == [t.id for t in threads]
    turns = [turn for thread in threads for turn in thread.turns]
    assert [(t["id"], t["status"]) for t in index["turns"]] == [(t.id, t.status) for t in turns]
    used = [turn["usage"][0] for turn in index["turns"]]
    assert used == [turn.usage and turn.usage.input_tokens for turn in turns]
    places = [i.place.line - 1 for turn in turns for i in turn.items]
    assert [item[4] for item in index["items"]] == places


def test_usage_is_told_along_the_way(approvals: tuple[dict[str, Any], list[bytes]]) -> None:
    index, lines = approvals
    reports = {n: json.loads(line) for n, line in enumerate(lines) if b"tokenUsage/updated" in line}
    totals = {n: report["params"]["tokenUsage"]["total"] for n, report in reports.items()}
    told = {n: total["inputTokens"] + total["outputTokens"] for n, total in totals.items()}
    assert dict(index["tokens"]) == told
    assert len(told) > len(index["turns"])
    last = totals[max(totals)]
    names = ("inputTokens", "cachedInputTokens", "outputTokens", "reasoningOutputTokens")
    assert [last[name] for name in names] in [lane["usage"] for lane in index["lanes"]]


@pytest.mark.parametrize("path", [SPAWN[0], STREAM], ids=["rollout", "stream"])
def test_saved_sessions_tell_usage_too(path: Path) -> None:
    index, _ = drawn(path)
    used = [count for _, count in index["tokens"]]
    assert used == sorted(used), "a report of one call is none of the thread"
    assert used[-1] == index["lanes"][0]["usage"][0] + index["lanes"][0]["usage"][2]


def test_messages_belong_to_what_they_are_about(
    approvals: tuple[dict[str, Any], list[bytes]],
) -> None:
    index, lines = approvals
    for at, (line, lane, turn) in enumerate(
        zip(lines, index["rows"]["lane"], index["rows"]["turn"], strict=True)
    ):
        params = json.loads(line).get("params") or {}
        if "turnId" in params:
            assert index["turns"][turn]["id"] == params["turnId"]
            assert index["turns"][turn]["first"] <= at <= index["turns"][turn]["last"]
        if "threadId" in params:
            assert index["lanes"][lane]["id"] == params["threadId"]


def test_what_began_before_the_recording_stands_where_it_is_told_of(tmp_path: Path) -> None:
    lines = APPROVALS.read_text("utf-8").splitlines(keepends=True)
    begin = next(n for n, line in enumerate(lines) if "requestApproval" in line)
    path = tmp_path / "late.jsonl"
    path.write_text("".join((*lines[:3], *lines[begin:])), "utf-8")
    index, texts = drawn(path)
    first = index["turns"][0]
    assert first["first"] == 3
    assert first["id"].encode() in texts[3]
    for turn, _, _, _, row in index["items"]:
        assert index["rows"]["turn"][row] == turn


def test_requests_are_matched_to_their_answers(
    approvals: tuple[dict[str, Any], list[bytes]],
) -> None:
    index, lines = approvals
    for request, answer in index["answers"]:
        assert json.loads(lines[request])["id"] == json.loads(lines[answer])["id"]
    asked = [n for n, line in enumerate(lines) if b"requestApproval" in line]
    assert set(asked) <= {request for request, _ in index["answers"]}


def test_findings_and_notes_are_pinned_to_their_message() -> None:
    index, _ = drawn(ERRORS)
    told = [f for f in validate(ERRORS).findings if f.location.line is not None]
    pinned = [found for found in index["findings"] if found[1] != "note"]
    assert [(row + 1, rule) for row, _, rule, *_ in pinned if row >= 0] == [
        (finding.location.line, finding.rule) for finding in told
    ]
    assert {level for _, level, *_ in index["findings"]} >= {"error", "warning", "note"}
    assert all(url.startswith("https://") for url in index["pages"].values())


def test_sub_agents_have_lanes_below_and_lines_are_in_the_order_of_time() -> None:
    index, lines = drawn(*reversed(SPAWN))
    assert [(lane["depth"], lane["relation"]) for lane in index["lanes"]] == [
        (0, None),
        (1, "sub_agent"),
    ]
    assert index["lanes"][1]["parent"] == index["lanes"][0]["id"]
    times = [json.loads(line)["timestamp"] for line in lines]
    assert times == sorted(times)
    assert {0, 1} == set(index["rows"]["lane"])


def test_a_line_that_is_broken_does_not_change_the_order(tmp_path: Path) -> None:
    paths = [tmp_path / path.name for path in reversed(SPAWN)]
    for path, source in zip(paths, reversed(SPAWN), strict=True):
        path.write_text(source.read_text("utf-8") + '{"timestamp":', "utf-8")
    _, lines = drawn(*paths)
    times = [json.loads(line)["timestamp"] for line in lines if line != b'{"timestamp":']
    assert times == sorted(times)
    assert len(lines) == len(times) + 2


def test_a_stream_of_exec_has_no_times() -> None:
    index, lines = drawn(STREAM)
    assert "time" not in index["rows"]
    assert len(lines) == len(STREAM.read_text("utf-8").splitlines())
    assert [turn["status"] for turn in index["turns"]] == ["completed"]


def test_what_a_recording_does_not_say_of_senders_is_inferred(tmp_path: Path) -> None:
    records = map(json.loads, APPROVALS.read_text("utf-8").splitlines())
    raw = tmp_path / "raw.jsonl"
    raw.write_text("".join(json.dumps(record["msg"]) + "\n" for record in records), "utf-8")
    (found, _), (told, _) = drawn(raw), drawn(APPROVALS)
    assert found["answers"] == told["answers"]
    assert [found["heads"][h] for h in found["rows"]["head"]] == [
        told["heads"][h] for h in told["rows"]["head"]
    ]


def test_secrets_are_on_the_page_only_when_asked_for(tmp_path: Path) -> None:
    secret = "sk-proj-" + "Ab3dEf6hIj9kLm2nOp5q" * 2
    text = APPROVALS.read_text("utf-8").replace("#script:touch accept", f"use {secret} now")
    path = tmp_path / "secret.jsonl"
    path.write_text(text, "utf-8")
    for unredacted in (False, True):
        index, lines = drawn(path, unredacted=unredacted)
        assert (secret in json.dumps(index)) is unredacted
        assert (secret.encode() in b"\n".join(lines)) is unredacted
        assert index["redacted"] is not unredacted
        assert ("/home/user/" in json.dumps(index)) is unredacted


def test_nothing_of_a_recording_stands_outside_of_its_data(tmp_path: Path) -> None:
    plain = timeline(APPROVALS).page
    for path in hostile(tmp_path):
        assert outside(timeline(path).page) == outside(plain)
    assert b"hurt" not in outside(plain)


def test_the_policy_allows_the_script_and_the_style_of_the_page_alone() -> None:
    page = timeline(STREAM).page
    policy = re.search(rb'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    assert policy[1].startswith(b"default-src 'none';")
    for tag in (b"script", b"style"):
        (text,) = re.findall(rb"<%s>(.*?)</%s>" % (tag, tag), page, re.DOTALL)
        digest = b64encode(sha256(text).digest())
        assert b"%s-src 'sha256-%s'" % (tag, digest) in policy[1]
    assert b"unsafe" not in policy[1]
    assert not re.search(rb"<[^>]*\s(on\w+|style)=", outside(page).partition(b"<script>")[0])


def test_the_page_has_all_of_its_scripts_and_styles() -> None:
    page = timeline(STREAM).page
    parts = [*templates_root().glob("page/*"), *templates_root().glob("timeline/*.*s")]
    assert {path.suffix for path in parts} == {".css", ".js"}
    assert [path.name for path in parts if path.read_bytes() not in page] == []


def test_the_bytes_do_not_depend_on_the_hash_seed(tmp_path: Path) -> None:
    pages = []
    for seed in ("1", "2"):
        out = tmp_path / f"{seed}.html"
        command = [sys.executable, "-m", "codexwire", "show", *map(str, SPAWN), "-o", str(out)]
        env = {**os.environ, "PYTHONHASHSEED": seed}
        subprocess.run(command, env=env, check=True, capture_output=True)
        pages.append(out.read_bytes())
    assert pages[0] == pages[1]


def test_a_long_recording_makes_a_small_page(tmp_path: Path) -> None:
    path = long_recording(tmp_path / "long.jsonl", 100_000)
    packed = len(gzip.compress(path.read_bytes(), mtime=0))
    assert len(timeline(path).page) <= 1.5 * packed


def test_a_page_is_not_replaced_unasked(tmp_path: Path, codexwire: Run) -> None:
    out = tmp_path / "session.html"
    assert codexwire("show", str(STREAM), "-o", str(out))[0] == 0
    before = out.read_bytes()
    code, _, err = codexwire("show", str(SPAWN[0]), "-o", str(out))
    assert (code, out.read_bytes()) == (2, before)
    assert "--force" in err
    assert codexwire("show", str(SPAWN[0]), "-o", str(out), "--force")[0] == 0
    assert out.read_bytes() != before


def test_the_page_of_the_documentation_is_written(
    codexwire: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    top = Path(__file__).parents[2]
    text = (top / "docs" / "guides" / "timeline.md").read_text("utf-8")
    (command,) = re.findall(r"```sh\ncodexwire (.*)\n```", text)
    shutil.copytree(top / "examples" / "sessions", tmp_path / "examples" / "sessions")
    monkeypatch.chdir(tmp_path)
    assert codexwire(*shlex.split(command))[0] == 0
    index, _ = unpacked(Path("session.html").read_bytes())
    assert [level for _, level, *_ in index["findings"]].count("error") == 4


@pytest.mark.parametrize(
    "options",
    [
        ("-o", "x.html", "--serve"),
        ("-o", "x.html", "--format", "json"),
        ("--unredacted",),
        ("--force",),
    ],
)
def test_options_that_do_not_go_together(options: tuple[str, ...], codexwire: Run) -> None:
    assert codexwire("show", str(STREAM), *options)[0] == 2


def test_what_cannot_be_read_is_said_and_the_rest_is_drawn(tmp_path: Path, codexwire: Run) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "good.jsonl").write_bytes(STREAM.read_bytes())
    (folder / "other.jsonl").write_text("{}\n")
    out = tmp_path / "page.html"
    code, _, err = codexwire("show", str(folder), "-o", str(out))
    assert code == 2
    assert "other.jsonl" in err
    assert unpacked(out.read_bytes())[0]["files"] == ["good.jsonl"]
    code, _, err = codexwire("show", str(folder / "other.jsonl"), "-o", str(tmp_path / "no.html"))
    assert (code, (tmp_path / "no.html").exists()) == (2, False)
    assert "no known transcript format" in err


def test_a_line_whose_type_is_no_string_is_drawn_with_a_finding(tmp_path: Path) -> None:
    payloads = ({"type": ["a"]}, {"type": "item_completed", "item": {"type": ["a"]}})
    odd = [
        {"timestamp": "t", "type": outer, "payload": payload}
        for outer in ("response_item", "event_msg")
        for payload in payloads
    ]
    for source, more in ((SPAWN[0], odd), (STREAM, [{"type": ["a"]}])):
        lines = source.read_text("utf-8").splitlines()
        path = tmp_path / source.name
        path.write_text("\n".join((*lines, *map(json.dumps, more))) + "\n", "utf-8")
        index, _ = drawn(path)
        pinned = {row for row, *_ in index["findings"]}
        assert pinned >= {*range(len(lines), len(lines) + len(more))}


def test_standard_input_and_packed_files_are_drawn(tmp_path: Path) -> None:
    packed = tmp_path / "r.jsonl.gz"
    packed.write_bytes(gzip.compress((ROLLOUTS / "s01_basic.jsonl").read_bytes()))
    of_file = drawn(packed)
    for more in ((), ("--unredacted",)):
        out = tmp_path / f"{len(more)}.html"
        command = [sys.executable, "-m", "codexwire", "show", "-", "-o", str(out), *more]
        subprocess.run(command, input=packed.read_bytes(), check=True, capture_output=True)
        index, lines = unpacked(out.read_bytes())
        assert (index["files"], len(lines)) == (["stdin"], len(of_file[1]))

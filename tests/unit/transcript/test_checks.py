"""Every session check fires where it must, at its level, and stays quiet where it must."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from codexwire import profiles
from codexwire.finding import Level
from codexwire.model.lines import FileCheck, LineCheck
from codexwire.model.message import MessageKind
from codexwire.model.session_check import SessionCheck
from codexwire.profiles.shared.session import CHECKS as SHARED
from codexwire.profiles.table import CHECKS, LINE_CHECKS, PROFILES
from codexwire.transcript.judgement import Judgement

TESTS = Path(__file__).parents[2]
CASES = TESTS / "cases" / "transcript"
RECORDINGS = TESTS / "data" / "recordings"
Judge = Callable[..., Judgement]


def cases() -> Iterator[tuple[str, Path, list[list[object]]]]:
    for file in sorted(CASES.glob("*/expected.toml")):
        for name, expected in tomllib.loads(file.read_text("utf-8")).items():
            yield file.parent.name, file.with_name(f"{name}.jsonl"), expected


def noticed(judgement: Judgement, check: str) -> list[list[object]]:
    return [
        [j.location.line, str(j.level)] for j in judgement.findings if j.rule == f"session/{check}"
    ]


@pytest.mark.parametrize(
    ("check", "path", "expected"),
    list(cases()),
    ids=lambda v: v.stem if isinstance(v, Path) else None,
)
def test_case(check: str, path: Path, expected: list[list[object]], judged: Judge) -> None:
    assert noticed(judged(path), check) == expected


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.id)
def test_the_level_that_is_listed_is_the_gravest_that_a_case_expects(check: SessionCheck) -> None:
    levels = {str(level) for id, _, found in cases() if id == check.id for _, level in found}
    assert next(level for level in Level if level in levels) is check.level


@pytest.mark.parametrize("check", LINE_CHECKS, ids=lambda check: check.id)
def test_the_level_of_a_check_of_lines_is_the_gravest_in_its_functions(
    check: LineCheck | FileCheck,
) -> None:
    (file,) = Path(profiles.__file__).parent.glob(f"*/checks/{check.id.replace('-', '_')}.py")
    functions = file.read_text("utf-8").partition("\nCHECK = ")[0]
    assert next(level for level in Level if f"Level.{level.name}" in functions) is check.level


@pytest.mark.parametrize(
    ("absent", "line"), [(None, 16), ("error", 15), ("thread/status/changed", 15)]
)
def test_a_turn_without_end_is_reported_with_the_line_that_hints_at_its_end(
    absent: str | None, line: int, judged: Judge, tmp_path: Path
) -> None:
    """The thread fails on line 15 and an error follows: the last of them, or the only one."""
    case = CASES / "turn-never-completes" / "only-its-thread-fails.jsonl"
    lines = case.read_text("utf-8").splitlines(keepends=True)
    hints = [text for text in lines[14:] if json.loads(text)["msg"].get("method") != absent]
    (tmp_path / "x.jsonl").write_text("".join(lines[:14] + hints), "utf-8")
    texts = [finding.message for finding in judged(tmp_path / "x.jsonl").findings]
    assert f"the turn never completes, though line {line} says that it is over" in texts


def test_an_error_after_which_the_server_tries_again_ends_no_turn(
    judged: Judge, tmp_path: Path
) -> None:
    case = CASES / "turn-never-completes" / "only-its-thread-fails.jsonl"
    lines = case.read_text("utf-8").replace('"willRetry":false', '"willRetry":true').splitlines()
    lines = [text for text in lines if "thread/status/changed" not in text]
    (tmp_path / "x.jsonl").write_text("\n".join(lines), "utf-8")
    texts = [finding.message for finding in judged(tmp_path / "x.jsonl").findings]
    assert "the turn never completes" in texts


@pytest.mark.parametrize(
    ("item", "release", "level"),
    [
        ("commandExecution", "0.92.0", "info"),
        ("commandExecution", "0.99.0", "warning"),
        ("fileChange", "0.72.0", "warning"),
        ("fileChange", "0.125.0", "info"),
        ("exitedReviewMode", "0.140.0", "info"),
        ("exitedReviewMode", "0.150.0", "warning"),
        ("agentMessage", "0.92.0", "warning"),
    ],
)
def test_which_releases_complete_which_items_twice(
    item: str,
    release: str,
    level: str,
    told: Callable[..., list[tuple[object, ...]]],
    tmp_path: Path,
) -> None:
    turn = {"threadId": "T", "turnId": "U"}
    asked = {"id": 1, "method": "initialize", "params": {"clientInfo": {"name": "x"}}}
    completed = {"method": "item/completed", "params": {**turn, "item": {"id": "I", "type": item}}}
    server = [
        {"id": 1, "result": {"userAgent": f"x/{release} (Linux)"}},
        {"method": "turn/started", "params": {"threadId": "T", "turn": {"id": "U"}}},
        completed,
        completed,
    ]
    lines = [{"dir": "client", "msg": asked}, *({"dir": "server", "msg": m} for m in server)]
    found = [(rule, str(how)) for rule, how, *_ in told(tmp_path, lines)]
    assert ("session/item-completed-twice", level) in found


def test_every_check_has_cases_for_both_outcomes() -> None:
    outcomes: dict[str, set[bool]] = {}
    for check, _, expected in cases():
        outcomes.setdefault(check, set()).add(bool(expected))
    assert outcomes == {check.id: {True, False} for check in CHECKS}


def test_a_check_says_of_which_messages_it_cannot_speak() -> None:
    """One that is asked about all of them takes the fast way from every notification."""
    assert [c.id for c in CHECKS if c.on_step and set(c.about) == set(MessageKind)] == []


def test_every_recording_of_a_case_is_expected_to_do_something() -> None:
    assert {path for _, path, _ in cases()} == set(CASES.glob("*/*.jsonl"))


def test_a_protocol_has_all_checks_of_every_protocol() -> None:
    for profile in PROFILES:
        assert profile.lines or all(check in profile.checks for check in SHARED)


def test_the_table_is_complete() -> None:
    folder = Path(profiles.__file__).parent
    files = {p.stem.replace("_", "-") for p in folder.glob("*/checks/*.py")} - {"--init--"}
    assert {check.id for check in (*CHECKS, *LINE_CHECKS)} == files
    for check in CHECKS:
        assert check.on_step or check.at_end or check.unfinished
    for check in (*CHECKS, *LINE_CHECKS):
        assert check.title.endswith(".")
        assert check.evidence


# Whole sessions of real servers: line, level and check of everything but unfinished items.
SESSIONS = {
    "0.72.0/s04_interrupt_steer.jsonl": [
        (37, "info", "unanswered-request"),
        (68, "info", "turn-never-completes"),
        (101, "info", "server-request-unanswered"),
    ],
    "0.72.0/s07_exec.jsonl": [],
    "0.99.0/s05_two_threads.jsonl": [
        (line, "info", "usage-counted-twice") for line in (66, 108, 114, 145)
    ],
    "0.99.0/s06_lifecycle_resume.jsonl": [],
    "0.115.0/s05_two_threads.jsonl": [
        (line, "info", "usage-counted-twice") for line in (37, 63, 66, 80)
    ],
    "0.115.0/s12_undocumented.jsonl": [],
    "0.140.0/s03_file_change_noapproval.jsonl": [],
    "0.140.0/s12_undocumented.jsonl": [],
    "0.163.0/s02_command_approval.jsonl": [],
    "0.163.0/s06_lifecycle_resume.jsonl": [],
    "0.163.0/s08_bad_input_optout.jsonl": [],
    "0.163.0/s10_websocket.jsonl": [
        (4, "error", "use-before-initialize"),
        (149, "warning", "unanswered-request"),
    ],
    "0.163.0/s12_undocumented.jsonl": [],
    "0.72.0/s08_bad_input.jsonl": [
        (1, "error", "use-before-initialize"),
        (11, "error", "double-initialize"),
        (57, "warning", "unmatched-response"),
        (58, "warning", "unmatched-response"),
        (59, "warning", "unmatched-response"),
        (64, "warning", "unanswered-request"),
        (80, "info", "id-in-flight"),
        (96, "warning", "unanswered-request"),
    ],
}


@pytest.mark.parametrize("name", SESSIONS)
def test_whole_sessions(name: str, judged: Judge) -> None:
    found = [
        (j.location.line, str(j.level), j.rule.removeprefix("session/"))
        for j in judged(RECORDINGS / name).findings
        if j.rule.startswith("session/") and "item-never" not in j.rule
    ]
    assert found == SESSIONS[name]

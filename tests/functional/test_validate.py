"""`codexwire validate` as a user runs it: what it prints, how it exits."""

from __future__ import annotations

import gzip
import io
import json
import re
import shutil
import sys
from pathlib import Path

import jsonschema
import pytest
from command import Run
from validated import VALIDATE_SCHEMA, Judged

from codexwire.cli.app import run
from codexwire.profiles.table import CHECKS

TESTS = Path(__file__).parents[1]
RECORDINGS = TESTS / "data" / "recordings"
TRANSCRIPTS = TESTS / "data" / "transcripts"
GOOD = RECORDINGS / "0.163.0" / "s02_command_approval.jsonl"
BAD = RECORDINGS / "0.163.0" / "s12_undocumented.jsonl"


def test_an_empty_object_where_the_schema_publishes_null(judged: Judged, tmp_path: Path) -> None:
    """A real server answered twelve requests without params, with null, and with an empty object."""
    path = TRANSCRIPTS / "null_params.jsonl"
    raw = tmp_path / "raw.jsonl"
    lines = [json.dumps(json.loads(line)["msg"]) for line in path.read_text("utf-8").splitlines()]
    raw.write_text("\n".join(lines))
    for source in (path, raw):
        code, found = judged(source)
        assert (code, found["totals"]["error"]) == (0, 0)
    code, found = judged(path, "--as-published")
    assert (code, found["totals"]["error"]) == (1, 12)


def test_a_good_recording(validate: Run) -> None:
    code, out, err = validate(GOOD)
    assert (code, err) == (0, "")
    assert out == "1 file, 168 messages, 67,098 bytes: 0 errors, 0 warnings, 0 info\n"


@pytest.mark.parametrize("result", [None, {}])
def test_an_answer_with_a_result_and_an_error_is_told(
    result: object, judged: Judged, tmp_path: Path
) -> None:
    lines = GOOD.read_bytes().splitlines(keepends=True)
    answer = json.loads(lines[5])
    assert "result" in answer["msg"]
    answer["msg"] |= {"result": result, "error": {"code": -1, "message": "no"}}
    recording, raw = tmp_path / "recording.jsonl", tmp_path / "raw.jsonl"
    recording.write_bytes(b"".join(lines[:5]) + json.dumps(answer).encode() + b"\n")
    messages = [json.loads(line)["msg"] for line in recording.read_text("utf-8").splitlines()]
    raw.write_text("".join(json.dumps(message) + "\n" for message in messages), "utf-8")
    for path in (recording, raw):
        code, found = judged(path)
        told = [(f["rule"], f["line"]) for f in found["files"][0]["findings"]]
        assert (code, told) == (0, [("envelope/result-and-error", 6)])


@pytest.mark.parametrize("written", ["1.0", "9223372036854775808", "1e2", "1" * 400])
def test_an_id_that_no_server_reads_is_told(written: str, judged: Judged, tmp_path: Path) -> None:
    request = '{"id":ID,"method":"model/list","params":{}}'.replace("ID", written)
    recording, raw = tmp_path / "recording.jsonl", tmp_path / "raw.jsonl"
    recording.write_text(f'{{"ts":1,"dir":"client","msg":{request}}}\n', "utf-8")
    raw.write_text(f"{request}\n", "utf-8")
    for path in (recording, raw):
        code, found = judged(path)
        told = [
            (f["level"], f["line"])
            for f in found["files"][0]["findings"]
            if f["rule"] == "envelope/id"
        ]
        assert (code, told) == (0, [("warning", 1)])


def test_another_server_in_the_same_file_is_told(judged: Judged, tmp_path: Path) -> None:
    path, second = (
        tmp_path / "two.jsonl",
        RECORDINGS / "0.140.0" / "s03_file_change_noapproval.jsonl",
    )
    path.write_bytes(GOOD.read_bytes() + second.read_bytes())
    lines = GOOD.read_bytes().count(b"\n")
    told = [
        f
        for f in judged(path)[1]["files"][0]["findings"]
        if f["rule"] == "transcript/schema-version"
    ]
    assert [(f["line"], f["message"]) for f in told] == [
        (lines + 2, "a server of 0.140.0 answers from here on; judged by 0.163.0")
    ]


def test_findings(validate: Run) -> None:
    code, out, err = validate(BAD)
    assert (code, err) == (1, "")
    lines = out.splitlines()
    assert lines[0] == f"{BAD} (recording, schema 0.163.0, 44 messages)"
    assert lines[1] == (
        "   5  error    schema/unknown-method  client no/such/method /method:"
        " the client has no method 'no/such/method' in this schema"
    )
    assert lines[-1] == "1 file, 44 messages, 16,737 bytes: 3 errors, 0 warnings, 0 info"


def test_the_document(judged: Judged) -> None:
    code, value = judged(BAD)
    assert code == 1
    assert value["version"] == 1
    (file,) = value["files"]
    assert {k: v for k, v in file.items() if k != "findings"} == {
        "path": str(BAD),
        "format": "recording",
        "schema": "0.163.0",
        "server": "0.163.0",
        "project_rules": [],
        "messages": 44,
        "bytes": 16737,
        "unread": 0,
        "unchecked": 0,
        "what": "message",
        "made_by": None,
        "accepted_by": {},
        "unknown_types": {},
        "understood": None,
        "valid": False,
    }
    assert file["findings"][0] == {
        "rule": "schema/unknown-method",
        "level": "error",
        "line": 5,
        "place": None,
        "direction": "client",
        "method": "no/such/method",
        "pointer": "/method",
        "message": "the client has no method 'no/such/method' in this schema",
    }
    assert value["totals"] == {
        "files": 1,
        "unusable": 0,
        "messages": 44,
        "bytes": 16737,
        "unread": 0,
        "unchecked": 0,
        "unknown_types": 0,
        "turns": {},
        "findings": 3,
        "error": 3,
        "warning": 0,
        "info": 0,
    }


def test_the_schema_of_the_document_can_fail(judged: Judged) -> None:
    _, value = judged(BAD)
    value["files"][0]["findings"][0]["direction"] = "upwards"
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, VALIDATE_SCHEMA)


@pytest.mark.parametrize("format", ["text", "json", "github", "junit", "sarif", "markdown"])
def test_formats(format: str, validate: Run) -> None:
    code, out, err = validate(BAD, "--format", format)
    assert (code, err) == (1, "")
    assert "unknown-method" in out
    assert (code, out) == validate(BAD, "--format", format)[:2]


@pytest.mark.parametrize(
    ("level", "codes"), [("error", (1, 0, 0)), ("warning", (1, 1, 0)), ("info", (1, 1, 1))]
)
def test_fail_on(level: str, codes: tuple[int, ...], validate: Run, tmp_path: Path) -> None:
    blank = tmp_path / "blank.jsonl"
    blank.write_bytes(b"\n" + GOOD.read_bytes())
    never = TESTS / "cases" / "transcript" / "server-request-unanswered" / "never.jsonl"
    found = tuple(validate(path, "--fail-on", level)[0] for path in (BAD, never, blank))
    assert found == codes


def test_a_mix_of_files_is_judged_to_the_end(judged: Judged, tmp_path: Path) -> None:
    code, value = judged(TRANSCRIPTS / "rust_log.txt", GOOD, tmp_path / "none.jsonl", BAD)
    assert code == 2
    assert [f["valid"] for f in value["files"]] == [False, True, False, False]
    assert [f["format"] for f in value["files"]] == [None, "recording", None, "recording"]
    assert value["totals"]["unusable"] == 2
    assert value["files"][0]["findings"][0]["rule"] == "transcript/unusable"


@pytest.mark.parametrize(
    ("name", "what"),
    [
        ("rust_log.txt", "RUST_LOG"),
    ],
)
def test_other_files_are_refused_in_one_line(name: str, what: str, validate: Run) -> None:
    code, out, err = validate(TRANSCRIPTS / name)
    assert code == 2
    assert what in out
    assert what in err
    assert err.startswith("codexwire: error: ")
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    "args",
    [
        ("--format", "yaml", BAD),
        ("--schema", "9.9.9", BAD),
        ("--schema", "no/such/file", BAD),
        ("--jobs", "0", BAD),
        ("--fail-on", "fatal", BAD),
        ("no/such/*.jsonl",),
        (TRANSCRIPTS / "rollout-trace",),
        (),
    ],
)
def test_usage(args: tuple[object, ...], validate: Run) -> None:
    code, out, err = validate(*args)
    assert (code, out) == (2, "")
    assert err
    assert "Traceback" not in err


def test_a_schema_from_standard_input_would_be_read_twice(validate: Run) -> None:
    code, _, err = validate("--schema", "-", "-")
    assert code == 2
    assert "standard input" in err


def test_folders_and_globs(judged: Judged, tmp_path: Path) -> None:
    shutil.copy(GOOD, tmp_path / "a.jsonl")
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "b.ndjson.gz").write_bytes(gzip.compress(GOOD.read_bytes()))
    (tmp_path / "notes.md").write_text("not a recording")
    (tmp_path / "package.txt").write_text('{"name":"x"}')
    shutil.copy(GOOD, tmp_path / "session.log")
    packed, log = str(tmp_path / "inner" / "b.ndjson.gz"), str(tmp_path / "session.log")
    everything = [str(tmp_path / "a.jsonl"), packed, log]
    for argument, named in (tmp_path, everything), (tmp_path / "**" / "*.*json*", everything[:2]):
        code, value = judged(argument)
        assert [f["path"] for f in value["files"]] == named
        assert code == 0
        skipped = [str(tmp_path / "notes.md"), str(tmp_path / "package.txt")]
        assert value["skipped"] == (skipped if argument is tmp_path else [])
    _, value = judged(tmp_path / "a.jsonl", tmp_path)
    assert [f["path"] for f in value["files"]] == everything


def test_a_folder_without_recordings(validate: Run, tmp_path: Path) -> None:
    code, _, err = validate(tmp_path)
    assert code == 2
    assert "no recordings" in err


def test_standard_input(judged: Judged, monkeypatch: pytest.MonkeyPatch) -> None:
    data = io.BytesIO(BAD.read_bytes())
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(data, "utf-8"))
    code, value = judged("-")
    assert code == 1
    assert value["files"][0]["path"] == "<stdin>"
    assert value["files"][0]["messages"] == 44


def test_several_processes_give_the_same_report(validate: Run) -> None:
    alone = validate(RECORDINGS, "--format", "json", "--coverage")
    together = validate(RECORDINGS, "--format", "json", "--coverage", "--jobs", "2")
    assert alone == together


def test_max_findings(judged: Judged, validate: Run) -> None:
    path = RECORDINGS / "0.72.0" / "s08_bad_input.jsonl"
    _, all_of_them = judged(path, "--max-findings", "0")
    code, value = judged(path, "--max-findings", "3")
    assert code == 1
    assert [f["level"] for f in value["files"][0]["findings"]] == ["error"] * 3
    assert value["totals"] == all_of_them["totals"]
    assert value["totals"]["findings"] == len(all_of_them["files"][0]["findings"]) > 20
    more = value["totals"]["findings"] - 3
    assert f"… and {more} more" in validate(path, "--max-findings", "3")[1]


def test_values_are_shown_only_on_request(validate: Run, tmp_path: Path) -> None:
    path = tmp_path / "secret.jsonl"
    path.write_text('{"id":1,"method":"turn/start","params":{"threadId":["hunter2"],"input":[]}}\n')
    assert "hunter2" not in validate(path)[1]
    assert "hunter2" in validate(path, "--show-values")[1]


def test_coverage(judged: Judged, validate: Run) -> None:
    _, value = judged(GOOD, BAD, "--coverage")
    (coverage,) = value["coverage"]
    assert coverage["schema"] == "0.163.0"
    groups = {g["group"]: g for g in coverage["groups"]}
    assert "turn/start" in groups["client requests"]["seen"]
    assert "getAuthStatus" in groups["client requests"]["seen"]
    assert "thread/fork" in groups["client requests"]["missing"]
    assert "v2/ThreadItem: commandExecution" in groups["union variants"]["seen"]
    assert "v2/TurnStatus: failed" in groups["enum values"]["missing"]
    assert "coverage" not in judged(GOOD)[1]
    text = validate(GOOD, "--coverage")[1]
    assert "Coverage of 0.163.0" in text
    assert len(text.splitlines()) < 20

    assert re.search(r"client requests +\d+ of +175 +\d+\.\d %", text)


def test_coverage_as_a_tree(validate: Run) -> None:
    page = validate(GOOD, "--coverage", "--format", "html")[1]
    for text in (
        "v2/ThreadItem",
        "✓ commandExecution",
        "– failed (not seen)",
        "✓ turn/start",
        "– thread/fork",
    ):
        assert text in page


@pytest.mark.parametrize(("least", "code"), [("0", 0), ("1.5", 0), ("99", 1), ("100", 1)])
def test_coverage_can_fail(validate: Run, least: str, code: int) -> None:
    found, out, err = validate(GOOD, "--fail-under", least)
    assert found == code
    assert "Coverage of 0.163.0" in out
    assert ("less than" in err) is bool(code)


@pytest.mark.parametrize("least", ["-1", "101", "nan", "x"])
def test_coverage_asked_for_is_a_percentage(validate: Run, least: str) -> None:
    assert validate(GOOD, "--fail-under", least)[0] == 2


@pytest.mark.parametrize("arguments", [("",), ("--schema", "", GOOD), (GOOD, "")])
def test_an_empty_argument_is_a_usage_error(arguments: tuple[object, ...], validate: Run) -> None:
    """It is a variable that was not set, and not the folder where one is."""
    code, out, err = validate(*arguments)
    assert (code, out) == (2, "")
    assert "empty" in err


def test_the_session_checks_are_explained(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "list", "--family", "session"]) == 0
    listed = capsys.readouterr().out
    assert len(listed.splitlines()) == len(CHECKS)
    for check in CHECKS:
        assert check.id in listed
    assert run(["rules", "show", "phantom-turn"]) == 0
    assert "named a turn that never starts" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["n009", "n020-remote-control-params"])
def test_a_retired_rule_says_where_it_went(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["rules", "show", name]) == 0
    out = capsys.readouterr().out
    assert out.startswith(name)
    assert "is part of n024-null-params-empty-object now" in out
    assert "Requests with null params take an empty object" in out

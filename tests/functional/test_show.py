"""`codexwire show` as a user runs it, and the schema of what it writes."""

from __future__ import annotations

import gzip
import json
import os
import shutil
import subprocess
import sys
import tracemalloc
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from sessions import SESSIONS, event, message, meta, rollout

from codexwire import session
from codexwire.resources import schema_root

SCHEMA = json.loads((schema_root() / "report" / "session.schema.json").read_text("utf-8"))


def show(*args: str | Path, data: bytes = b"") -> tuple[int, str, str]:
    command = [sys.executable, "-m", "codexwire", "show", *map(str, args)]
    done = subprocess.run(command, input=data, capture_output=True)
    return done.returncode, done.stdout.decode(), done.stderr.decode()


def document(*args: str | Path, data: bytes = b"") -> tuple[int, dict[str, Any]]:
    code, out, err = show(*args, "--format", "json", data=data)
    found = json.loads(out)
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
    unread = [
        f["path"] for f in found["files"] for n in f["notes"] if n["rule"] == "not-understood"
    ]
    told = [line for line in err.splitlines() if not line.startswith("codexwire: note: ")]
    assert len(told) == len(unread)
    assert all(f"codexwire: error: {path}: " in err for path in unread)
    return code, found


def test_the_schema_is_that_of_the_types() -> None:
    assert session.schema() == SCHEMA, "run docs/write_session_schema.py, and think of VERSION"


def test_everything_that_is_kept_here_fits_the_schema() -> None:
    code, found = document(SESSIONS)
    assert (code, found["version"]) == (0, session.VERSION)
    assert len(found["threads"]) > 250
    assert not [file for file in found["files"] if file["unknown"]]
    assert json.loads(session.to_json(session.read(SESSIONS))) == found


def test_standard_input_is_read_once() -> None:
    path = SESSIONS / "migrated-0.150.0-by-0.171.0.jsonl"
    _, found = document("-", data=path.read_bytes())
    assert [len(thread["turns"]) for thread in found["threads"]] == [5]
    assert found["files"][0]["path"] == "-"


def test_markdown_shows_what_was_said_and_done() -> None:
    code, out, _ = show(SESSIONS / "killed-0.150.0.jsonl")
    assert code == 0
    assert "## Turn `01a221f9-6200-7a62-855f-7edfb8942d0e`: completed" in out
    assert "### Agent (line 9)\n\nHello, world! This is a mock answer." in out
    assert "## Turn `01a221f9-6276-7c53-848e-3c4fe1cdf67c`: unknown" in out
    assert "- note: the turn 01a221f9-6276-7c53-848e-3c4fe1cdf67c has no end" in out
    assert "2 turns, 1 of them with an unknown end" in out


def test_a_fence_is_longer_than_what_it_holds(tmp_path: Path) -> None:
    call = {"type": "function_call", "name": "shell_command", "call_id": "c"}
    arguments = json.dumps({"command": "cat <<E\n````\nE"})
    line = {"type": "response_item", "payload": {**call, "arguments": arguments}}
    path = rollout(tmp_path / "r.jsonl", [meta(), event("task_started", turn_id="t"), line])
    assert "`````sh\ncat <<E\n````\nE\n`````" in show(path)[1]


def test_what_cannot_be_read_is_exit_code_2_and_the_rest_is_shown(tmp_path: Path) -> None:
    lines = [meta(), event("user_message", message="hello")]
    rollout(tmp_path / "broken.jsonl", lines, end="\n}{\n")
    (tmp_path / "other.jsonl").write_text("{}\n")
    rollout(tmp_path / "torn.jsonl", [meta("U"), *lines[1:]], end='\n{"ti')
    code, found = document(tmp_path)
    assert code == 2
    assert [thread["id"] for thread in found["threads"]] == ["T", "U"]
    rules = {Path(f["path"]).name: [n["rule"] for n in f["notes"]] for f in found["files"]}
    assert rules == {
        "broken.jsonl": ["unread"],
        "other.jsonl": ["not-understood"],
        "torn.jsonl": ["torn"],
    }
    assert document(tmp_path / "torn.jsonl")[0] == 0


def test_what_a_file_is_that_is_no_session_is_said(tmp_path: Path) -> None:
    files = {
        "session_index.jsonl": (
            {"id": "T", "thread_name": "n", "updated_at": "t"},
            "the index in which codex keeps the names of threads",
        ),
        "old.jsonl": (
            {"id": "0", "msg": {"type": "task_started"}},
            "the output of an old `codex exec --json`",
        ),
    }
    for name, (line, text) in files.items():
        path = tmp_path / name
        path.write_text(json.dumps(line) + "\n", "utf-8")
        code, found = document(path)
        (note,) = found["files"][0]["notes"]
        assert (code, found["threads"], note["rule"]) == (2, [], "not-understood")
        assert note["text"].startswith(f"this is {text}")
        assert note["text"].endswith(" read)" if name == "old.jsonl" else " beside it)")


def test_the_home_of_codex_is_read_with_the_names_of_threads(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = tmp_path / "home"
    monkeypatch.setenv("CODEX_HOME", str(home))
    for at, folder in enumerate(("sessions/2026/01/02", "archived_sessions")):
        (home / folder).mkdir(parents=True)
        lines = [meta(f"T{at}"), event("user_message", message="hello")]
        rollout(home / folder / f"rollout-{at}.jsonl", lines)
    index = home / "session_index.jsonl"
    index.write_text(
        "".join(
            json.dumps({"id": id, "thread_name": name, "updated_at": "t"}) + "\n"
            for id, name in (("T0", "first"), ("T9", "gone"), ("T0", "renamed"))
        )
        + "torn",
        "utf-8",
    )
    code, found = document("--sessions")
    names = {thread["id"]: thread["name"] for thread in found["threads"]}
    assert (code, names) == (0, {"T0": "renamed", "T1": None})
    in_folder = document(home)[1]["threads"]
    assert {thread["id"]: thread["name"] for thread in in_folder} == names
    index.unlink()
    assert [thread["name"] for thread in document("--sessions")[1]["threads"]] == [None, None]
    shutil.rmtree(home)
    code, out, err = show("--sessions")
    assert (code, out, "no saved sessions in" in err) == (2, "", True)
    code, out, err = show()
    assert (code, out, "name what to read" in err) == (2, "", True)


def test_what_was_skipped_in_a_folder_is_said(tmp_path: Path) -> None:
    rollout(tmp_path / "r.jsonl", [meta(), event("user_message", message="hello")])
    (tmp_path / "README.md").write_text("# Sessions\n")
    note = f"codexwire: note: 1 file was taken for no recording: {(tmp_path / 'README.md').as_posix()}\n"
    code, _, err = show(tmp_path)
    assert (code, err) == (0, note)
    command = [sys.executable, "-m", "codexwire", "decode", str(tmp_path)]
    assert subprocess.run(command, capture_output=True).stderr.decode().endswith(note)


def test_a_message_in_a_document_has_the_line_that_it_stands_in(tmp_path: Path) -> None:
    lines = (SESSIONS / "recorded").rglob("*.jsonl.gz")
    recording = next(path for path in sorted(lines) if "s01" in path.name)
    messages = [
        json.loads(line)["msg"] for line in gzip.decompress(recording.read_bytes()).splitlines()
    ]
    path = tmp_path / "messages.json"
    path.write_text(json.dumps(messages), "utf-8")
    code, found = document(path)
    assert code == 0
    assert {thread["place"]["line"] for thread in found["threads"]} == {1}


def test_a_byte_order_mark_hides_nothing(tmp_path: Path) -> None:
    path = rollout(tmp_path / "r.jsonl", [meta(), event("user_message", message="hello")])
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    code, found = document(path)
    assert (code, [thread["id"] for thread in found["threads"]]) == (0, ["T"])


def test_a_recording_that_is_cut_short_is_shown_as_far_as_it_goes(tmp_path: Path) -> None:
    recording = next(iter(sorted((SESSIONS / "recorded").rglob("s01*.jsonl.gz"))))
    path = tmp_path / "cut.jsonl.gz"
    path.write_bytes(recording.read_bytes()[:-400])
    code, found = document(path)
    assert (code, bool(found["threads"])) == (2, True)
    assert [note["rule"] for note in found["files"][0]["notes"]] == ["damaged"]


def test_wrong_use_is_one_line(tmp_path: Path) -> None:
    code, out, err = show(tmp_path / "nowhere*.jsonl")
    assert (code, out) == (2, "")
    assert err.startswith("codexwire: error: no file matches")
    code, out, err = show(SESSIONS / "killed-0.150.0.jsonl", "--format", "yaml")
    assert (code, out, err) == (
        2,
        "",
        "codexwire: error: no format 'yaml' (one of markdown, json)\n",
    )


def test_texts_that_no_encoding_has_are_escaped(tmp_path: Path) -> None:
    path = rollout(tmp_path / "r.jsonl", [meta(), event("user_message", message="a \ud800 b")])
    _, found = document(path)
    assert found["threads"][0]["turns"][0]["items"][0]["text"] == "a \ud800 b"
    assert show(path)[0] == 0


def test_a_folder_is_walked_one_file_at_a_time(tmp_path: Path) -> None:
    text = "x" * 1000
    for number in range(12):
        turns = [event("user_message", message=f"{at} {text}") for at in range(300)]
        rollout(tmp_path / f"{number}.jsonl", [meta(f"T{number}"), *turns, message("user", text)])
    size = sum(path.stat().st_size for path in tmp_path.iterdir())
    tracemalloc.start()
    assert sum(len(thread.turns) for thread in session.walk(tmp_path)) == 12 * 300
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < size


@pytest.mark.parametrize(
    "path",
    [
        SESSIONS / "recorded" / "0.163.0" / "s05_two_threads.jsonl.gz",
        SESSIONS / "recorded" / "0.99.0" / "s06_lifecycle.jsonl.gz",
        SESSIONS / "saved" / "0.163.0" / "s01_basic.jsonl.gz",
    ],
    ids=lambda path: path.name,
)
def test_what_is_read_only_once_reads_the_same(path: Path, tmp_path: Path) -> None:
    whole = document(path)[1]["threads"]
    plain = gzip.decompress(path.read_bytes())
    os.mkfifo(pipe := tmp_path / "pipe")
    with ThreadPoolExecutor() as pool:
        pool.submit(pipe.write_bytes, plain)
        from_pipe = document(pipe)[1]["threads"]
    for named, found in (("-", document("-", data=plain)[1]["threads"]), (str(pipe), from_pipe)):
        text = json.dumps(found).replace(json.dumps(named), json.dumps(str(path)))
        assert json.loads(text) == whole


def test_what_a_fork_copied_is_unknown_where_it_cannot_be_read_again() -> None:
    parent, fork = (SESSIONS / "saved" / "0.99.0" / f"s06_lifecycle-{n}.jsonl.gz" for n in (1, 2))
    for named, data, copied in ((fork, b"", True), ("-", fork.read_bytes(), None)):
        _, found = document(parent, named, data=data)
        assert [turn["copied"] for turn in found["threads"][1]["turns"]][:2] == [copied, copied]

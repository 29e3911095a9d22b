"""`codexwire show` as a user runs it, and the schema of what it writes."""

from __future__ import annotations

import json
import subprocess
import sys
import tracemalloc
from pathlib import Path
from typing import Any

import jsonschema
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
    assert not err
    found = json.loads(out)
    jsonschema.Draft202012Validator(SCHEMA).validate(found)
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

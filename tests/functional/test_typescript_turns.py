"""The turn reducer of TypeScript packages says what Python's says, at every message."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from copy import deepcopy
from pathlib import Path
from random import Random
from typing import Any

import pytest
from amount import times
from fuzzing.mutants import mutants
from noding import FOLDER, node, typescript_package
from recorded_turns import sessions
from turn_calls import Calls

from codexwire import turns
from codexwire.ingest import load

TESTS = Path(__file__).parents[1]
UNIT = ("test_turns.py", "test_turn_content.py")


@pytest.fixture(scope="module")
def package(tmp_path_factory: Any) -> Path:
    return typescript_package(load("0.171.0"), tmp_path_factory.mktemp("npm"), "codex-protocol")


def recorded() -> Iterator[tuple[str, list[Any]]]:
    """Yield the messages of both sides: of recordings, and of the cases of session checks."""
    yield from sessions("client", "server")
    for path in sorted(TESTS.glob("cases/transcript/*/*.jsonl")):
        entries = map(json.loads, path.read_text("utf-8").splitlines())
        yield path.stem, [entry.get("msg", entry) for entry in entries]


def made_again(package: Path, file: Path) -> int:
    """Make the calls of a file in TypeScript, hold the results against Python's, return their number."""
    done = node(str(FOLDER / "turns.mjs"), str(package), str(file))
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert not said["wrong"], said["wrong"]
    return int(said["count"])


def folded(calls: Calls, messages: list[Any]) -> None:
    """Fold a session for each of its turns, and for the first that comes; each ends as is presumed."""
    states = calls.collect(messages)
    for ids in [(), *((state.thread_id, state.turn_id) for state in states)]:
        state = calls.start(*ids)
        for number, message in enumerate(messages, 1):
            state = calls.step(state, message, number)
        for request in state.open_requests:
            state = calls.answered(state, request.id)
        calls.settle(state, "the connection was lost", len(messages))
    calls.next_case()


def edited(messages: list[Any], rng: Random) -> list[Any]:
    """Return a session of which some messages are missing, come twice or late, or are damaged."""
    edits = deepcopy(messages)
    for _ in range(rng.randint(1, 6)):
        place = rng.randrange(len(edits))
        how = rng.choice(("drop", "repeat", "late", "end", "cut", "cut"))
        if how == "drop":
            del edits[place : place + rng.randint(1, 4)]
        elif how == "repeat":
            edits.insert(rng.randint(place, len(edits)), edits[place])
        elif how == "late":
            edits.insert(rng.randint(place, len(edits) - 1), edits.pop(place))
        elif how == "end":
            del edits[max(place, len(edits) // 2) :]
        else:
            edits[place : place + 1] = [_of_whole_numbers(m) for m in mutants(edits[place], rng, 1)]
        if not edits:
            return edits
    return edits


def _of_whole_numbers(message: Any) -> Any:
    """Write 1.0 as 1: decoded in JavaScript both are the same."""
    return json.loads(json.dumps(message), parse_float=_whole)


def _whole(text: str) -> float:
    number = float(text)
    return int(number) if number.is_integer() else number


def test_every_recording_comes_to_the_same_at_every_message(package: Path, tmp_path: Path) -> None:
    calls, turns_seen = Calls(), 0
    for _, messages in recorded():
        folded(calls, messages)
        turns_seen += len(turns.collect(messages))
    (tmp_path / "calls").write_text("\n".join(calls.lines))
    assert made_again(package, tmp_path / "calls") > 3000
    assert turns_seen > 50


def test_so_does_every_recording_that_was_edited(package: Path, tmp_path: Path) -> None:
    calls = Calls()
    for name, messages in recorded():
        rng = Random(name)
        for _ in range(times(2, 60)):
            folded(calls, edited(messages, rng))
    (tmp_path / "calls").write_text("\n".join(calls.lines))
    assert made_again(package, tmp_path / "calls") > 5000


def test_so_does_what_the_tests_of_the_reducer_in_python_call(
    package: Path, tmp_path: Path
) -> None:
    """All of their cases: which messages, in which vocabulary, and which state after them."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "turn_calls", "-p", "no:cacheprovider"]
    files = [str(TESTS / "unit" / "model" / name) for name in UNIT]
    path = os.pathsep.join([str(TESTS / "support"), *sys.path])
    env = {**os.environ, "TURN_CALLS": str(tmp_path / "calls"), "PYTHONPATH": path}
    done = subprocess.run(
        [*command, *files, "-k", "not costs_no_more"], capture_output=True, text=True, env=env
    )
    assert done.returncode == 0, done.stdout
    assert made_again(package, tmp_path / "calls") > 500


def test_a_client_runs_a_turn_to_its_end(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PACKAGE", str(package))
    done = node("--test", "turn_run.test.mjs")
    assert done.returncode == 0, done.stdout

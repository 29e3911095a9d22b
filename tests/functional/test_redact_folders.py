"""`codexwire redact` of folders, globs and saved sessions into a folder."""

from __future__ import annotations

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from codexwire.cli.app import run as codexwire
from codexwire.transcript.source import OpenRecording

LINE = '{"method":"x","params":{"cwd":"/home/anna"}}\n'
DONE = LINE.replace("anna", "user-1")
ROLLOUT = Path(__file__).parents[1] / "data" / "transcripts" / "rollout.jsonl"


@pytest.fixture
def sessions(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with recordings of two depths, one of them packed, and another file."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "in" / "2026" / "01").mkdir(parents=True)
    Path("in/a.jsonl").write_text(LINE)
    Path("in/2026/01/b.jsonl.gz").write_bytes(gzip.compress(LINE.encode()))
    Path("in/README.md").write_text("/home/anna\n")
    return tmp_path / "in"


def tree(folder: Path) -> dict[str, str]:
    return {p.relative_to(folder).as_posix(): text(p) for p in folder.rglob("*") if p.is_file()}


def text(path: Path) -> str:
    with OpenRecording(str(path)) as source:
        return b"".join(line for _, line in source.lines()).decode()


def errors(capfd: Any) -> list[str]:
    told: list[str] = capfd.readouterr().err.splitlines()
    start = "codexwire: error: "
    return [line.removeprefix(start) for line in told if line.startswith(start)]


def test_a_folder_keeps_its_tree(sessions: Path, capfd: Any) -> None:
    before = {p: p.read_bytes() for p in sessions.rglob("*") if p.is_file()}
    assert codexwire(["redact", "in", "-o", "out"]) == 0
    assert tree(Path("out")) == {"a.jsonl": DONE, "2026/01/b.jsonl.gz": DONE}
    assert Path("out/2026/01/b.jsonl.gz").read_bytes().startswith(b"\x1f\x8b")
    assert capfd.readouterr().err.splitlines() == [
        "codexwire: note: 2 files redacted",
        "codexwire: note: replaced: 1 × user name",
        "codexwire: note: 1 file was taken for no recording: in/README.md",
    ]
    assert {p: p.read_bytes() for p in sessions.rglob("*") if p.is_file()} == before


@pytest.mark.usefixtures("sessions")
@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["in/**/*.jsonl*"], {"a.jsonl", "2026/01/b.jsonl.gz"}),
        (["in/*/01/*.gz"], {"2026/01/b.jsonl.gz"}),
        (["in/a.jsonl", "in/2026"], {"a.jsonl", "2026/01/b.jsonl.gz"}),
        (["in/a.jsonl", "in/2026/01/b.jsonl.gz"], {"a.jsonl", "b.jsonl.gz"}),
    ],
)
def test_where_results_lie(arguments: list[str], found: set[str]) -> None:
    assert codexwire(["redact", *arguments, "-o", "out"]) == 0
    assert tree(Path("out")) == dict.fromkeys(found, DONE)


@pytest.mark.usefixtures("sessions")
def test_a_file_into_a_folder_that_is_there() -> None:
    Path("out").mkdir()
    assert codexwire(["redact", "in/a.jsonl", "-o", "out"]) == 0
    assert tree(Path("out")) == {"a.jsonl": DONE}


@pytest.mark.usefixtures("sessions")
def test_saved_sessions_keep_their_two_folders(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("sessions", "archived_sessions"):
        path = Path("home", name, "rollout-1.jsonl")
        path.parent.mkdir(parents=True)
        path.write_bytes(ROLLOUT.read_bytes())
    monkeypatch.setenv("CODEX_HOME", "home")
    assert codexwire(["redact", "--sessions", "-o", "out", "--strip", "all"]) == 0
    assert {*tree(Path("out"))} == {"sessions/rollout-1.jsonl", "archived_sessions/rollout-1.jsonl"}


@pytest.mark.usefixtures("sessions")
def test_a_file_that_cannot_be_read_is_one_line_and_the_others_are_done(capfd: Any) -> None:
    Path("in/b.jsonl").write_bytes(b"")
    Path("in/c.jsonl").write_bytes(gzip.compress(LINE.encode() * 9)[:-9])
    Path("in/d.jsonl").write_text("prose\n")
    Path("in/z.jsonl").write_text(LINE)
    assert codexwire(["redact", "in", "-o", "out"]) == 2
    told = errors(capfd)
    assert [line.partition(": ")[0] for line in told] == [
        "in/b.jsonl",
        "in/c.jsonl:10",
        "in/d.jsonl",
    ]
    assert {*tree(Path("out"))} == {"a.jsonl", "2026/01/b.jsonl.gz", "z.jsonl"}


@pytest.mark.usefixtures("sessions")
def test_nothing_is_replaced_unasked(capfd: Any) -> None:
    Path("out").mkdir()
    Path("out/a.jsonl").write_text("mine\n")
    assert codexwire(["redact", "in", "-o", "out"]) == 2
    where = str(Path("out", "a.jsonl"))
    assert errors(capfd) == [f"{where}: the result is there already (--force replaces it)"]
    assert tree(Path("out")) == {"a.jsonl": "mine\n", "2026/01/b.jsonl.gz": DONE}
    assert codexwire(["redact", "in", "-o", "out", "--force"]) == 0
    assert text(Path("out/a.jsonl")) == DONE


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["in", "-o", "in"], "the result would lie in what is read"),
        (["in", "-o", "in/clean"], "the result would lie in what is read"),
        (["in", "-o", "elsewhere/../in/2026"], "the result would lie in what is read"),
        (["in", "-o", "link"], "the result would lie in what is read"),
        (["in/a.jsonl", "in/2026/01/b.jsonl.gz", "-o", "in"], "the result would lie in what"),
        (["in/a.jsonl", "more/a.jsonl", "-o", "out"], "would become one file"),
        (["in", "-o", "file"], "several files need a folder to go to, and this is none"),
        (["in/a.jsonl", "-", "-o", "out"], "standard input becomes one file"),
        (["in", "-o", "out", "--strip", "nonsense"], "nothing called 'nonsense' can be left out"),
        (["none/*.jsonl", "-o", "out"], "no file matches"),
    ],
)
def test_what_is_refused_before_anything_is_written(
    sessions: Path, arguments: list[str], message: str, capfd: Any
) -> None:
    Path("more").mkdir()
    Path("elsewhere").mkdir()
    Path("more/a.jsonl").write_text(LINE)
    Path("file").write_text("mine\n")
    Path("link").symlink_to(sessions)
    before = tree(Path())
    assert codexwire(["redact", *arguments]) == 2
    (told,) = errors(capfd)
    assert message in told
    assert tree(Path()) == before


@pytest.mark.usefixtures("sessions")
def test_no_link_leads_out_of_the_folder(capfd: Any) -> None:
    Path("out").mkdir()
    Path("elsewhere").mkdir()
    Path("out/2026").symlink_to(Path("elsewhere").absolute())
    Path("out/a.jsonl").symlink_to(Path("nowhere").absolute())
    assert codexwire(["redact", "in", "-o", "out", "--force"]) == 2
    assert all(line.endswith("a link leads out of the folder") for line in errors(capfd))
    assert not tree(Path("elsewhere"))
    assert os.path.lexists("out/a.jsonl")
    assert not Path("nowhere").exists()


@pytest.mark.usefixtures("sessions")
def test_what_is_learnt_in_one_file_is_gone_from_all() -> None:
    secret = "Zx81-tr0ub4dor!x"
    told = {"method": "x", "params": {"note": f"log in with {secret}"}}
    Path("in/a.jsonl").write_text(json.dumps(told) + "\n")
    learnt = {"id": 1, "result": {"password": secret}}
    Path("in/z.jsonl").write_text(json.dumps(learnt) + "\n" + json.dumps(told) + "\n")
    assert codexwire(["redact", "in", "-o", "out"]) == 0
    found = tree(Path("out"))
    assert json.loads(found["a.jsonl"])["params"]["note"] == "log in with redacted-1"
    assert json.loads(found["z.jsonl"].splitlines()[0])["result"]["password"] == "redacted-1"


@pytest.mark.usefixtures("sessions")
def test_a_part_that_a_file_does_not_have_is_said(capfd: Any) -> None:
    Path("in/r.jsonl").write_bytes(ROLLOUT.read_bytes())
    assert codexwire(["redact", "in", "-o", "out", "--strip", "images"]) == 2
    assert {line.partition(": ")[0] for line in errors(capfd)} == {
        "in/a.jsonl",
        "in/2026/01/b.jsonl.gz",
    }
    assert {*tree(Path("out"))} == {"r.jsonl"}

"""The file that `codexwire record` writes: what it may replace, and what happens when it cannot."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from recorder import ECHO, PYTHON, lines_of, recorder, through

from codexwire.cli.app import run as codexwire


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["-o", "r", "--", "no-such-program"], "no such program on PATH: no-such-program"),
        (["-o", "no/such/r", "--", PYTHON], "no/such/r: the file cannot be written: No such file"),
        (["-o", ".", "--", PYTHON], ".: the file cannot be written: Is a directory"),
        (["-o", "r"], "record what?"),
        (["-o", "-", "--", PYTHON], "standard output is the client's"),
        (["-o", "r", "--listen", "ws://127.0.0.1:0"], "--listen and --connect go together"),
        (["-o", "r", "--listen", "x", "--connect", "ws://h:1"], "not an address to listen on: 'x'"),
        (["-o", "r", "--listen", "ws://[::1]:1", "--connect", "http://h"], "not an address: 'http"),
        (["-o", "r", "--listen", "ws://h:1", "--", PYTHON], "record what?"),
        (["-o", "r", "--validate", "--schema", "no", "--", PYTHON], "no"),
    ],
)
def test_what_cannot_be_recorded_is_one_line(
    arguments: list[str], message: str, tmp_path: Path, monkeypatch: Any, capfd: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    assert codexwire(["record", *arguments]) == 2
    out, err = capfd.readouterr()
    assert out == ""
    assert message in err
    assert len(err.splitlines()) == 1


@pytest.mark.parametrize(
    "arguments",
    [
        ["--", "no-such-program"],
        ["--validate", "--", "no-such-program"],
        ["--listen", "x", "--connect", "ws://h:1"],
        ["--listen", "unix://no/such/socket", "--connect", "ws://h:1"],
    ],
)
def test_what_cannot_be_recorded_costs_no_recording(
    arguments: list[str], tmp_path: Path, monkeypatch: Any, capfd: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "old").write_text("yesterday's")
    for name in ("old", "new"):
        assert codexwire(["record", "-o", name, *arguments]) == 2
        assert len(capfd.readouterr().err.splitlines()) == 1
    assert [(path.name, path.read_text()) for path in tmp_path.iterdir()] == [
        ("old", "yesterday's")
    ]


def test_a_file_that_is_there_is_not_written_over(tmp_path: Path) -> None:
    out = tmp_path / "r.jsonl"
    out.write_text("yesterday's\n")
    done = through(out, b"{}\n", PYTHON, "-c", ECHO)
    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr.decode() == (
        f"codexwire: error: {out}: there is such a file already (--force replaces it at the end of "
        "the session, {time} in the name makes a new one)\n"
    )
    assert [(path, path.read_text()) for path in tmp_path.iterdir()] == [(out, "yesterday's\n")]


def test_with_force_it_is_replaced_at_the_end(tmp_path: Path) -> None:
    out = tmp_path / "r.jsonl"
    out.write_text("yesterday's\n" * 100)
    with subprocess.Popen(
        recorder(out, PYTHON, "-uc", ECHO, options=("--force",)),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as child:
        assert child.stdin is not None
        assert child.stdout is not None
        child.stdin.write(b"{}\n")
        child.stdin.flush()
        assert child.stdout.readline() == b"{}\n"
        assert out.read_text() == "yesterday's\n" * 100
        child.communicate(timeout=60)
    assert [line["dir"] for line in lines_of(out)] == ["client", "server", "client"]
    assert list(tmp_path.iterdir()) == [out]


def test_the_time_in_the_name_makes_a_new_file_each_time(tmp_path: Path) -> None:
    for _ in range(3):
        assert through(tmp_path / "r-{time}.jsonl.gz", b"{}\n", PYTHON, "-c", ECHO).returncode == 0
    made = sorted(tmp_path.iterdir())
    assert len(made) == 3
    for path in made:
        assert re.fullmatch(r"r-\d{8}T\d{6}Z(-\d)?\.jsonl\.gz", path.name)
        assert len(lines_of(path)) == 3


def test_a_file_that_can_no_longer_be_written_ends_the_recording_only(tmp_path: Path) -> None:
    out = tmp_path / "r.jsonl"
    os.mkfifo(out)
    with subprocess.Popen(
        recorder(out, PYTHON, "-c", ECHO),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    ) as child:
        os.close(os.open(out, os.O_RDONLY))  # who reads the recording goes away
        assert child.communicate(b"{}\n{}\n", timeout=60) == (
            b"{}\n{}\n",
            f"codexwire: {out}: the recording stops here, it cannot be written: Broken pipe\n".encode(),
        )
        assert child.returncode == 2


if sys.platform != "win32":  # an open file can be neither removed nor moved there

    @pytest.mark.parametrize(("childs", "ours"), [(0, 2), (7, 7)])
    @pytest.mark.parametrize("suffix", ["", ".gz"])
    def test_a_recording_that_is_removed_on_the_way_is_told(
        childs: int, ours: int, suffix: str, tmp_path: Path
    ) -> None:
        out = tmp_path / "folder" / f"r.jsonl{suffix}"
        out.parent.mkdir()
        remove = "import shutil, sys; input(); shutil.rmtree(sys.argv[1]); exit(int(sys.argv[2]))"
        done = through(out, b"{}\n", PYTHON, "-c", remove, str(out.parent), str(childs))
        assert (done.returncode, done.stdout) == (ours, b"")
        assert done.stderr.decode() == (
            f"codexwire: {out}: the recording stops here, it cannot be written: the file was removed\n"
        )

    def test_a_recording_that_is_moved_on_the_way_is_whole(tmp_path: Path) -> None:
        out, moved = tmp_path / "r.jsonl", tmp_path / "moved.jsonl"
        move = "import os, sys; input(); os.rename(*sys.argv[1:])"
        done = through(out, b"{}\n", PYTHON, "-c", move, str(out), str(moved))
        assert (done.returncode, done.stderr) == (0, b"")
        assert [path.name for path in tmp_path.iterdir()] == ["moved.jsonl"]
        assert len(lines_of(moved)) == 2

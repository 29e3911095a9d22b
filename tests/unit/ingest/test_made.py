"""What was made is kept for its user alone, comes back whole or not at all, and never is a reason to fail."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from codexwire.ingest import made
from codexwire.ingest.made import keep, name_of, recall

ONLY_UNIX = pytest.mark.skipif(os.name == "nt", reason="Windows has no such modes")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where it is kept: a cache that is not there yet."""
    monkeypatch.delenv("CODEXWIRE_NO_CACHE", raising=False)
    monkeypatch.setenv("CODEXWIRE_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache" / "made"


def test_what_is_kept_comes_back(folder: Path) -> None:
    assert recall("a") is None
    keep("a", b"first")
    keep("b", b"")
    assert (recall("a"), recall("b")) == (b"first", b"")
    keep("a", b"second")
    assert recall("a") == b"second"
    assert sorted(path.name for path in folder.iterdir()) == ["a", "b"]


@ONLY_UNIX
def test_nobody_else_can_look_into_it(folder: Path) -> None:
    keep("a", b"first")
    assert folder.stat().st_mode & 0o777 == 0o700


def test_a_damaged_entry_is_not_there(folder: Path) -> None:
    keep("a", b"first")
    whole = (folder / "a").read_bytes()
    damaged = [whole[:n] for n in range(len(whole))]
    damaged += [whole[:n] + bytes([whole[n] ^ 1]) + whole[n + 1 :] for n in range(len(whole))]
    for content in (*damaged, whole + b"x"):
        (folder / "a").write_bytes(content)
        assert recall("a") is None
    keep("a", b"first")
    assert recall("a") == b"first"


@ONLY_UNIX
@pytest.mark.parametrize("mode", [0o755, 0o770, 0o702])
def test_a_folder_that_is_open_to_others_is_not_used(folder: Path, mode: int) -> None:
    keep("a", b"first")
    folder.chmod(mode)
    keep("b", b"second")
    assert (recall("a"), recall("b")) == (None, None)
    assert not (folder / "b").exists()


@ONLY_UNIX
def test_a_folder_of_another_user_is_not_used(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep("a", b"first")
    monkeypatch.setattr(os, "geteuid", lambda: folder.stat().st_uid + 1)
    keep("b", b"second")
    assert (recall("a"), recall("b")) == (None, None)
    assert not (folder / "b").exists()


@ONLY_UNIX
def test_a_link_to_another_folder_is_not_followed(folder: Path, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir(mode=0o700)
    folder.parent.mkdir()
    folder.symlink_to(elsewhere)
    keep("a", b"first")
    assert recall("a") is None
    assert not list(elsewhere.iterdir())


def test_where_nothing_can_be_written_nothing_is_said(folder: Path) -> None:
    folder.parent.write_text("a file stands here")
    keep("a", b"first")
    assert recall("a") is None


def test_it_can_be_turned_off(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keep("a", b"first")
    monkeypatch.setenv("CODEXWIRE_NO_CACHE", "1")
    assert recall("a") is None
    keep("b", b"second")
    assert not (folder / "b").exists()


def test_what_was_not_used_for_longest_goes_first(
    folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(made, "MOST_BYTES", 1000)
    for number, name in enumerate("abc"):
        keep(name, bytes(250))
        os.utime(folder / name, (number, number))
    assert recall("a") == bytes(250)
    keep("d", bytes(250))
    assert [name for name in "abcd" if recall(name) is not None] == ["a", "c", "d"]


def test_several_processes_write_at_once(folder: Path) -> None:
    keep("a", bytes(100_000))
    script = (
        "from codexwire.ingest.made import keep, recall\n"
        "for _ in range(50):\n"
        "    keep('a', bytes(100_000))\n"
        "    assert recall('a') == bytes(100_000)\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script]) for _ in range(3)]
    assert [writer.wait() for writer in writers] == [0, 0, 0]
    assert [path.name for path in folder.iterdir()] == ["a"]


def test_the_name_depends_on_all_that_is_made_of_it(tmp_path: Path) -> None:
    file = tmp_path / "schema.json"
    file.write_bytes(b"{}")
    names = [name_of("a", files=(file,)), name_of("b", files=(file,)), name_of("a", files=())]
    assert name_of("a", files=(file,)) == names[0]
    file.write_bytes(b"[]")
    names.append(name_of("a", files=(file,)))
    made._tool.cache_clear()
    assert name_of("a", files=(file,)) == names[-1]
    assert len(set(names)) == len(names)
    assert name_of("a", files=(tmp_path / "none",)) is None


def test_the_name_depends_on_all_code_that_makes_a_protocol() -> None:
    script = (
        "import sys; from codexwire.ingest import load; from codexwire.normalize import normalize;"
        "normalize(load('0.171.0'));"
        "print(*(m.__file__ for n, m in sys.modules.items() if n.startswith('codexwire')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )
    assert {*done.stdout.split()} <= {path for path, *_ in made._sources()}


def test_the_name_depends_on_the_code(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "normalize").mkdir()
    code = tmp_path / "normalize" / "rule.py"
    monkeypatch.setattr(made, "_PACKAGE", tmp_path)
    names = []
    for text in ("a = 1", "a = 1", "a = 12"):
        code.write_text(text)
        os.utime(code, ns=(1, 1))
        made._tool.cache_clear()
        names.append(name_of(files=()))
    made._tool.cache_clear()
    assert names[0] == names[1] != names[2]

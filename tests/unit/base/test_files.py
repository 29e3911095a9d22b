"""Files are written whole or not at all, and errors name them."""

from __future__ import annotations

import os
import stat
import sys
from pathlib import Path

import pytest

from codexwire.errors import UsageError
from codexwire.files import PRIVATE, open_new, replacing, write_whole


def test_a_new_file_an_old_one_and_a_link(tmp_path: Path) -> None:
    path, link = tmp_path / "a.toml", tmp_path / "link"
    write_whole(path, b"one")
    link.symlink_to(path)
    write_whole(link, b"two")
    assert (path.read_bytes(), link.is_symlink()) == (b"two", True)
    assert sorted(p.name for p in tmp_path.iterdir()) == ["a.toml", "link"]


@pytest.mark.parametrize("name", ["missing/a", "."])
def test_an_error_names_the_file(name: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError) as failed:
        write_whole(tmp_path / name, b"x")
    assert str(failed.value).startswith(f"{tmp_path / name}: the file cannot be written: ")
    assert list(tmp_path.iterdir()) == []


def test_a_block_that_fails_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(UsageError, match="no room"):
        _write_half(path)
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a", b"old")]


def _write_half(path: Path) -> None:
    with replacing(path) as staging:
        staging.write_bytes(b"half")
        raise UsageError("no room")


def test_a_block_that_writes_nothing_leaves_what_was_there(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with replacing(path):
        pass
    assert [(p.name, p.read_bytes()) for p in tmp_path.iterdir()] == [("a", b"old")]


def test_a_new_file_is_never_an_old_one(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"old")
    with pytest.raises(FileExistsError):
        open_new(path)


if sys.platform != "win32":

    def test_modes(tmp_path: Path) -> None:
        path, private = tmp_path / "a", tmp_path / "private"
        write_whole(path, b"one")
        assert stat.S_IMODE(path.stat().st_mode) == 0o666 & ~_umask()
        path.chmod(0o640)
        write_whole(path, b"two")
        assert stat.S_IMODE(path.stat().st_mode) == 0o640
        os.close(open_new(private, PRIVATE))
        assert stat.S_IMODE(private.stat().st_mode) == 0o600

    def test_a_pipe_is_written_and_stays(tmp_path: Path) -> None:
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
        write_whole(pipe, b"x")
        assert os.read(reader, 10) == b"x"
        os.close(reader)
        assert pipe.is_fifo()

    def _umask() -> int:
        found = os.umask(0)
        os.umask(found)
        return found

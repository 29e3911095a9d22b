"""The cache holds whole entries or none, one writer at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from codexwire.errors import IngestError
from codexwire.ingest.cache import (
    Cache,
    Stored,
    cached_release,
    cached_releases,
    default_cache,
    kept_binary,
    locked,
    store,
    workspace,
)
from codexwire.version import Version

V1, V2 = Version.parse("9.9.1"), Version.parse("9.10.0")


def put(
    cache: Cache, version: Version, content: bytes = b"{}", binary: bytes | None = None
) -> None:
    facts = {"sha256": "s", "digest": "d", "methods": 1, "types": 2}
    table = {"version": str(version), "origin": "test", "channel": {"stable": facts}}
    with workspace(cache, version) as room:
        kept = None
        if binary is not None:
            kept = room / "codex"
            kept.write_bytes(binary)
        store(cache, Stored(version, (), table), {"stable.json": content}, room, kept)


def test_what_is_stored_is_found(tmp_path: Path) -> None:
    cache = Cache(tmp_path / "cache")
    assert cached_release(cache, V1) is None
    assert cached_releases(cache) == ()
    put(cache, V2)
    put(cache, V1, b'{"a": 1}', binary=b"\x7fELF")
    (cache.root / "schema" / "notes").mkdir()
    assert [entry.version for entry in cached_releases(cache)] == [V1, V2]
    entry = cached_release(cache, V1)
    assert entry is not None
    (release,) = entry.releases
    assert release.file is not None
    assert release.file.read_bytes() == b'{"a": 1}'
    assert (release.channel, release.sha256, release.digest) == ("stable", "s", "d")
    assert release.provenance == {"origin": "test", "methods": 1, "types": 2}
    assert kept_binary(cache, V1) == cache.binary(V1)
    assert kept_binary(cache, V2) is None
    assert list((cache.root / "work").iterdir()) == []


def test_storing_again_replaces_the_whole_entry(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    put(cache, V1, b"old")
    (cache.release(V1) / "experimental.json").write_bytes(b"old")
    put(cache, V1, b"new")
    assert {p.name: p.read_bytes() for p in cache.release(V1).glob("*.json")} == {
        "stable.json": b"new"
    }


def test_what_is_not_finished_leaves_the_entry_as_it_was(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    put(cache, V1, b"old")
    with workspace(cache, V1) as room:
        (room / "entry").mkdir()
        (room / "entry" / "stable.json").write_bytes(b"half")
    assert (cache.release(V1) / "stable.json").read_bytes() == b"old"
    assert list((tmp_path / "work").iterdir()) == []


def test_what_a_killed_pull_left_is_swept_away(tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    left = tmp_path / "work" / str(V1) / "entry" / "half.json"
    left.parent.mkdir(parents=True)
    left.write_text("{")
    put(cache, V1, b"new")
    assert not left.exists()


@pytest.mark.parametrize("text", ["", "version = ", '[channel.stable]\nsha256 = "x"\n', "\x00"])
def test_a_damaged_entry_says_how_to_mend_it(text: str, tmp_path: Path) -> None:
    cache = Cache(tmp_path)
    put(cache, V1)
    (cache.release(V1) / "provenance.toml").write_text(text)
    with pytest.raises(IngestError, match="the cache entry is damaged") as caught:
        cached_release(cache, V1)
    assert "schema pull --force 9.9.1" in str(caught.value)


HOLDER = """
import sys
from pathlib import Path
from codexwire.ingest.cache import Cache, locked

def say(text):
    print(text, flush=True)

with locked(Cache(Path(sys.argv[1])), sys.argv[2], say):
    say("in")
    sys.stdin.readline()
"""


def holder(root: Path, name: str) -> subprocess.Popen[str]:
    """A process that holds a lock until it is told to go on."""
    return subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(root), name],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def says(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    first = holder(tmp_path, "9.9.1")
    assert says(first) == "in"
    said: list[str] = []
    with locked(Cache(tmp_path), "9.10.0", said.append):
        assert said == []  # another name is another lock
    second = holder(tmp_path, "9.9.1")
    assert says(second) == "waiting for another pull of 9.9.1"
    first.communicate("go\n", timeout=60)
    assert says(second) == "in"
    second.communicate("go\n", timeout=60)
    assert (first.returncode, second.returncode) == (0, 0)


def test_a_writer_that_is_killed_holds_nothing(tmp_path: Path) -> None:
    process = holder(tmp_path, "9.9.1")
    assert says(process) == "in"
    process.kill()
    process.communicate(timeout=60)
    said: list[str] = []
    with locked(Cache(tmp_path), "9.9.1", said.append):
        assert said == []


def test_the_cache_is_the_users_unless_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CODEXWIRE_CACHE", str(tmp_path))
    assert default_cache() == Cache(tmp_path)
    monkeypatch.delenv("CODEXWIRE_CACHE")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "xdg"))
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    assert default_cache().root.name == "codexwire"
    assert default_cache().root.is_relative_to(tmp_path)

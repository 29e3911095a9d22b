"""The index of lives: built from releases, read back the same, right about what is known."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from codexwire.diff.lifetimes import (
    LIFETIMES_NAME,
    Lifetimes,
    lifetimes_of,
    method_label,
    read_lifetimes,
    write_lifetimes,
)
from codexwire.errors import IngestError
from codexwire.ingest import load
from codexwire.ingest.embedded import published
from codexwire.normalize import normalize
from codexwire.resources import schema_root
from codexwire.version import Version

KEPT = ("0.72.0", "0.99.0", "0.125.0", "0.163.0", "0.169.0", "0.171.0")


@pytest.fixture(scope="module")
def few() -> Lifetimes:
    return lifetimes_of(normalize(load(version)).protocol for version in KEPT)


@pytest.fixture(scope="module")
def all_known() -> Lifetimes:
    return read_lifetimes(schema_root() / LIFETIMES_NAME)


def test_a_life_is_where_it_is(few: Lifetimes) -> None:
    assert few.methods["client request initialize"] == ((0, None),)
    assert few.methods["client request turn/steer"] == ((1, None),)
    assert few.methods["server notification codex/event/task_started"] == ((0, 2),)
    assert few.methods["server notification rawResponse/completed"] == ((3, None),)
    assert few.types["v2/Thread"].parts[".id"] == ((0, None),)
    assert few.types["v2/Thread"].parts[".attachedToThreadId"] == ((4, None),)
    assert few.types["v2/Thread"].changed == (1, 2, 3, 4)
    assert few.types["v2/UserInput"].parts["<text>.text"] == ((0, None),)


def test_since_is_of_the_life_that_a_release_is_in(few: Lifetimes) -> None:
    life = ((0, 2), (3, None))
    for version, since in {
        "0.72.0": "0.72.0",
        "0.110.0": "0.72.0",
        "0.125.0": "0.163.0",
        "0.163.0": "0.163.0",
        "0.999.0": "0.163.0",
    }.items():
        assert str(few.since(life, Version.parse(version))) == since


def test_it_is_read_as_it_was_written(few: Lifetimes, tmp_path: Path) -> None:
    path = tmp_path / "lives"
    path.write_bytes(write_lifetimes(few))
    assert read_lifetimes(path) == few
    assert write_lifetimes(read_lifetimes(path)) == path.read_bytes()


def test_the_committed_index_has_every_known_release(all_known: Lifetimes) -> None:
    assert list(all_known.releases) == sorted({r.version for r in published()})
    assert (schema_root() / LIFETIMES_NAME).stat().st_size < 100_000


@pytest.mark.parametrize("version", KEPT)
def test_the_committed_index_is_right_about_what_is_kept(
    all_known: Lifetimes, version: str
) -> None:
    """What a release has, and nothing that it has not, is alive there."""
    protocol = normalize(load(version)).protocol
    position = all_known.releases.index(Version.parse(version))

    def alive(life: tuple[tuple[int, int | None], ...]) -> bool:
        return any(first <= position and (end is None or position < end) for first, end in life)

    assert {n for n, life in all_known.methods.items() if alive(life)} == {
        method_label(m) for m in protocol.methods
    }
    assert {n for n, t in all_known.types.items() if alive(t.life)} == set(protocol.types)
    for name in ("v2/Thread", "v2/Turn", "InitializeParams"):
        schema = protocol.types[name].schema
        assert isinstance(schema, dict)
        parts = all_known.types[name].parts
        there = {n for n, life in parts.items() if alive(life) and n.count(".") == 1}
        assert {f".{key}" for key in schema["properties"]} == {n for n in there if "=" not in n}


@pytest.mark.parametrize(
    "content",
    [b"", b"rubbish", gzip.compress(b"[]"), gzip.compress(json.dumps({"version": 2}).encode())],
    ids=["empty", "no gzip", "no object", "another version"],
)
def test_a_damaged_index_is_named(content: bytes, tmp_path: Path) -> None:
    path = tmp_path / "lives"
    path.write_bytes(content)
    with pytest.raises(IngestError, match="no index of lifetimes"):
        read_lifetimes(path)

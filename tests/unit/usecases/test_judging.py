"""Recordings in several processes: how many there are, and that nobody sees it in the result."""

from __future__ import annotations

import gzip
import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard

from codexwire.errors import TranscriptError
from codexwire.transcript.judgement import Judgement, JudgeOptions
from codexwire.usecases import judging
from codexwire.usecases.judging import Judge, judge_all, processes
from codexwire.usecases.schema_choice import SchemaChoice

RECORDINGS = Path(__file__).parents[2] / "data" / "recordings" / "0.163.0"
FILES = [str(path) for path in sorted(RECORDINGS.glob("*.jsonl"))]
JUDGE = Judge(SchemaChoice("0.163.0"), JudgeOptions())
MIB = 1 << 20


@pytest.mark.parametrize(
    ("jobs", "size", "count"),
    [
        (1, 1 << 40, 1),
        (2, 0, 1),
        (2, 2 * MIB, 1),
        (2, 1 << 30, 2),
        (64, 40 * MIB, 5),
        (None, 2 * MIB, 1),
    ],
)
def test_small_work_is_done_in_one_process(jobs: int | None, size: int, count: int) -> None:
    assert processes(jobs, size) == count


def test_the_default_is_one_for_each_processor(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 3, 5}, raising=False)
    assert processes(None, 1 << 30) == 3


@pytest.fixture
def recording(tmp_path: Path) -> str:
    """A recording of several hundred kB."""
    path = tmp_path / "large.jsonl"
    path.write_bytes(b"".join(Path(name).read_bytes() for name in FILES) * 4)
    return str(path)


@pytest.fixture(params=["forked", "begun afresh"])
def _in_processes(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever there is to do is worth two processes, and pieces are small."""
    monkeypatch.setattr(judging, "_WORTH", 1)
    monkeypatch.setattr(judging, "PIECE", 10_000)
    count = 1 if request.param == "forked" else 2
    monkeypatch.setattr(threading, "active_count", lambda: count)


def told(judgement: Judgement) -> tuple[Any, ...]:
    numbers = judgement.messages, judgement.bytes, judgement.counts
    return judgement.path, *numbers, judgement.schema, judgement.findings


@pytest.mark.usefixtures("_in_processes")
def test_a_large_file_is_judged_in_pieces(recording: str, monkeypatch: pytest.MonkeyPatch) -> None:
    pools: list[str] = []
    pool: Callable[..., Any] = judging._pool
    monkeypatch.setattr(judging, "_pool", lambda n, what: pools.append(what) or pool(n, what))
    read: list[int] = []
    paths = [FILES[0], recording]
    found = judge_all(paths, JUDGE, 2, lambda size, _: read.append(size))
    assert list(map(told, found)) == [told(JUDGE(path)) for path in paths]
    assert pools == [recording]
    assert sum(read) == sum(Path(path).stat().st_size for path in paths)


@pytest.mark.usefixtures("_in_processes")
def test_files_are_judged_apart() -> None:
    found = judge_all(FILES, JUDGE, 2, None)
    assert list(map(told, found)) == [told(JUDGE(path)) for path in FILES]


@pytest.mark.usefixtures("_in_processes")
@pytest.mark.parametrize("compress", [gzip.compress, zstandard.compress])
def test_a_compressed_file_is_not_split(
    compress: Callable[[bytes], bytes],
    recording: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    packed = tmp_path / "packed"
    packed.write_bytes(compress(Path(recording).read_bytes()))
    monkeypatch.setattr(judging, "judge_split", None)
    (found,) = judge_all([str(packed)], JUDGE, 2, None)
    assert told(found)[1:] == (*told(JUDGE(recording))[1:-1], found.findings)


def test_a_process_that_dies_is_one_clear_line(
    recording: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judging, "_WORTH", 1)
    with pytest.raises(TranscriptError, match="a process that judged recordings died"):
        judge_all([recording], Judge(_Dying("0.163.0"), JudgeOptions()), 2, None)


class _Dying(SchemaChoice):
    """A choice with which no other process comes up: it cannot be read there."""

    def __reduce__(self) -> Any:
        return os._exit, (1,)

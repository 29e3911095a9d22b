"""What an archive keeps in memory does not grow with the sessions in it."""

from __future__ import annotations

import tracemalloc
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from archives import SESSIONS

from codexwire import archive
from codexwire.archive import listing

SMALL = min(SESSIONS, key=lambda path: path.stat().st_size).read_bytes()


def tiny(folder: Path, count: int) -> Path:
    """Write a small session so often into a folder, which is returned."""
    folder.mkdir()
    for number in range(count):
        (folder / f"{number:05}.jsonl").write_bytes(SMALL)
    return folder


def peak(work: Callable[[], Any]) -> int:
    """Return the bytes that there were at most while something was done."""
    tracemalloc.start()
    try:
        work()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


def test_a_listing_has_no_more_than_the_names_in_memory(tmp_path: Path) -> None:
    source = tiny(tmp_path / "in", 3_000)

    def count() -> None:
        assert sum(1 for _ in listing.listed_files([str(source)])) == 3_000

    count()
    assert peak(count) < 3_000 * (len(str(source)) + 300)


@pytest.mark.parametrize("command", ["usage", "validate"])
def test_ten_times_the_sessions_take_no_more_memory(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """There is a task for every two sessions; one result kept would be more than the names of them."""
    monkeypatch.setattr(listing, "TASK_BYTES", 2 * len(SMALL))
    call, sizes = getattr(archive, command), []
    with ThreadPoolExecutor(1) as here:
        call(tiny(tmp_path / "first", 20), out=tmp_path / "first-out", executor=here)
        for count in (40, 400):
            source = tiny(tmp_path / f"in{count}", count)
            options = {"out": tmp_path / f"out{count}", "executor": here}
            sizes.append(peak(lambda source=source, options=options: call(source, **options)))  # type: ignore[misc]
    few, many = sizes
    assert many - few < 360 * 1_500

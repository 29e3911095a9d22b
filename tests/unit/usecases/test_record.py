"""The process that judges a recording gets all of it, in order, however fast it comes."""

from __future__ import annotations

import sys
import time
from pathlib import Path

import pytest

from codexwire.usecases.record import Watch

COPY = "import sys; open(sys.argv[1], 'wb').write(sys.stdin.buffer.read())"
TELL = "import sys; sys.stdin.buffer.readline(); open(sys.argv[1], 'wb').write(b'first')"


def watching(script: str, out: Path) -> Watch:
    return Watch([sys.executable, "-c", script, str(out)], "auto", None)


@pytest.mark.parametrize("count", [0, 1, 1000, 100_000])
def test_all_lines_arrive(tmp_path: Path, count: int) -> None:
    out = tmp_path / "out"
    watch = watching(COPY, out)
    lines = [b"%d\n" % number for number in range(count)]
    for line in lines:
        watch.tell(line)
    watch.finish()
    assert out.read_bytes() == b"".join(lines)


def test_they_arrive_while_the_recording_goes_on(tmp_path: Path) -> None:
    out = tmp_path / "out"
    watch = watching(TELL, out)
    watch.tell(b"line\n")
    until = time.monotonic() + 30
    while not out.is_file() and time.monotonic() < until:
        time.sleep(0.02)
    assert out.is_file()
    for _ in range(100):
        watch.tell(b"nobody reads this\n" * 1000)  # it has left: nothing is raised
    watch.finish()

"""What a second process is good for: `validate --jobs 2` beside `--jobs 1`, in turns.

CPU seconds are of all processes together; wall time, for which there are processes at all, says little on a
machine that is busy with other things.

    python benchmarks/jobs.py [--megabytes 200] [--rounds 3]
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Mapping, Sequence
from pathlib import Path

from commands import RECORDINGS, STREAMS, command, environment, write

KINDS = ("deltas", "mixed")
SMALL = [str(path) for path in sorted(RECORDINGS.parent.glob("*/*.jsonl"))]


def timed(arguments: Sequence[str], env: Mapping[str, str]) -> tuple[float, float]:
    """Return CPU and wall time of a run."""
    start = time.perf_counter()
    cpu = command(arguments, env)
    return cpu, time.perf_counter() - start


def compare(paths: Sequence[str], label: str, rounds: int, env: Mapping[str, str]) -> None:
    """Print the least times of both, and how many times as fast two processes are."""
    arguments = ("validate", *paths, "--format", "json", "--jobs")
    runs = [[timed((*arguments, n), env) for n in ("1", "2")] for _ in range(rounds)]
    one, two = (tuple(map(min, zip(*each, strict=True))) for each in zip(*runs, strict=True))
    times = f"{one[0]:9.2f}{one[1]:9.2f}{two[0]:11.2f}{two[1]:9.2f}"
    print(f"{label:28}{times}{one[1] / two[1]:9.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        env = environment(str(Path(name, "cache")))
        print(f"{'--jobs':28}{'1: CPU':>9}{'wall':>9}{'2: CPU':>11}{'wall':>9}{'1 ÷ 2':>9}")
        compare(SMALL, f"{len(SMALL)} small recordings", options.rounds, env)
        for kind in KINDS:
            path = Path(name, f"{kind}.jsonl")
            write(path, STREAMS[kind][0](), options.megabytes << 20)
            compare([str(path)], f"{options.megabytes} MB of {kind}", options.rounds, env)


if __name__ == "__main__":
    main()

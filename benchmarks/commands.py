"""What commands cost as a user runs them: CPU seconds of whole processes.

`validate` reads a stream of deltas, and sessions one after the other; beside it stands orjson, which only
parses the same lines. Then comes what a command takes for next to nothing, with the schemas that an earlier
run has made and without; and last what a second process is good for, where wall time counts: on a machine
that is busy with other things it says little.

    python benchmarks/commands.py [--megabytes 50] [--rounds 5]
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import orjson

RECORDINGS = Path(__file__).parents[1] / "tests" / "data" / "recordings" / "0.163.0"
SESSION = RECORDINGS / "s02_command_approval.jsonl"
SMALL = [str(path) for path in sorted(RECORDINGS.parent.glob("*/*.jsonl"))]
COLD = {"CODEXWIRE_NO_CACHE": "1"}
COMMANDS = {
    "--help": ("--help",),
    "validate, one recording": ("validate", str(SESSION)),
    "diff 0.140.0 0.150.0": ("diff", "0.140.0", "0.150.0"),
}


def deltas() -> Iterator[bytes]:
    """Yield a session up to its first piece of text, which goes on for ever."""
    for line in SESSION.read_bytes().splitlines():
        yield line
        if b"item/agentMessage/delta" in line:
            while True:
                yield line


def sessions() -> Iterator[bytes]:
    """Yield recorded sessions over and over, each on a connection of its own."""
    for number in count():
        for path in sorted(RECORDINGS.glob("*.jsonl")):
            for line in map(bytes.strip, path.read_bytes().splitlines()):
                if b'"msg"' in line and b'"conn"' not in line:
                    yield line[:-1] + b',"conn":"%s %d"}' % (path.stem.encode(), number)


def write(path: Path, lines: Iterator[bytes], size: int) -> None:
    """Write lines to a file until it is so large."""
    with path.open("wb") as file:
        while file.tell() < size:
            file.write(next(lines) + b"\n")


@dataclass(frozen=True)
class Used:
    """CPU seconds of a process and its children, and how long they took."""

    cpu: float
    wall: float


def command(arguments: Sequence[str], env: Mapping[str, str]) -> Used:
    """Run a command and return what it took."""
    before, start = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "codexwire", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env=env,
        check=False,  # what it finds is not asked
    )
    after, end = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Used(cpu, end - start)


def environment(folder: Path) -> dict[str, str]:
    """Return the environment of a user whose caches, of compiled files too, are in a folder."""
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    own = {
        "PYTHONPYCACHEPREFIX": str(folder / "bytecode"),
        "CODEXWIRE_CACHE": str(folder / "cache"),
    }
    return env | own


def parse(path: Path) -> float:
    """Return the CPU time in which orjson parses the lines of a file."""
    lines = [line for line in path.read_bytes().splitlines() if b"\\ud" not in line]
    start = time.process_time()
    for line in lines:
        orjson.loads(line)  # which refuses lone surrogates
    return time.process_time() - start


def least(rounds: int, taken: Callable[[], float]) -> float:
    return min(taken() for _ in range(rounds))


def stream(path: Path, label: str, rounds: int, env: Mapping[str, str]) -> None:
    """Print what one process takes for a file, and how often orjson would read its lines meanwhile."""
    arguments = ("validate", str(path), "--format", "json", "--jobs", "1")
    ours = least(rounds, lambda: command(arguments, env).cpu)
    theirs = least(rounds, lambda: parse(path))
    print(f"{label:40}{ours:8.2f}{ours / theirs:26.1f}")


def jobs(paths: Sequence[str], label: str, rounds: int, env: Mapping[str, str]) -> None:
    """Print what two processes take beside one, in turns."""
    arguments = ("validate", *paths, "--format", "json", "--jobs")
    runs = [[command((*arguments, n), env) for n in ("1", "2")] for _ in range(rounds)]
    one, two = zip(*runs, strict=True)
    walls = [min(run.wall for run in each) for each in (one, two)]
    cpus = [min(run.cpu for run in each) for each in (one, two)]
    times = "".join(f"{cpu:9.2f}{wall:8.2f}" for cpu, wall in zip(cpus, walls, strict=True))
    print(f"{label:32}{times}{walls[0] / walls[1]:8.2f}")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        env, size, rounds = environment(folder), options.megabytes, options.rounds
        files = {}
        for kind, lines in (("deltas", deltas()), ("sessions", sessions())):
            files[kind] = folder / f"{kind}.jsonl"
            write(files[kind], lines, size << 20)
        print(f"{'':40}{'CPU s':>8}{'÷ orjson over the lines':>26}")
        for kind, path in files.items():
            stream(path, f"validate, {size} MB of {kind}", rounds, env)
        for label, arguments in COMMANDS.items():
            ours = [
                least(rounds, lambda a=arguments, e=e: command(a, e).cpu) for e in (env, env | COLD)
            ]
            print(f"{label:40}{ours[0]:8.2f}    {ours[1]:.2f} with nothing made before")
        print(f"\n{'':32}{'--jobs 1: CPU, wall':>17}{'--jobs 2: CPU, wall':>17}{'times':>8}")
        jobs(SMALL, f"{len(SMALL)} small recordings", rounds, env)
        for kind, path in files.items():
            jobs([str(path)], f"{size} MB of {kind}", rounds, env)


if __name__ == "__main__":
    main()

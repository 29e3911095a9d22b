"""What commands cost as a user runs them: CPU seconds of whole processes.

`validate` reads a stream of deltas, and sessions one after the other; beside it stands orjson, which only
parses the same lines. The rest is what a command takes for next to nothing.

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
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import orjson

RECORDINGS = Path(__file__).parents[1] / "tests" / "data" / "recordings" / "0.163.0"
SESSION = RECORDINGS / "s02_command_approval.jsonl"
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


def command(arguments: tuple[str, ...], cache: str) -> float:
    """Return the CPU time of a run; compiled files are kept in the folder `cache`."""
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, "-m", "codexwire", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**env, "PYTHONPYCACHEPREFIX": cache},
        check=False,  # what it finds is not asked
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def parse(path: Path) -> float:
    """Return the CPU time in which orjson parses the lines of a file."""
    lines = [line for line in path.read_bytes().splitlines() if b"\\ud" not in line]
    start = time.process_time()
    for line in lines:
        orjson.loads(line)  # which refuses lone surrogates
    return time.process_time() - start


def least(rounds: int, taken: Callable[[], float]) -> float:
    return min(taken() for _ in range(rounds))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=50)
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        cache = str(folder / "cache")
        print(f"{'':32}{'CPU s':>8}{'÷ orjson over the lines':>26}")
        for kind, lines in (("deltas", deltas()), ("sessions", sessions())):
            path = folder / f"{kind}.jsonl"
            write(path, lines, options.megabytes << 20)
            arguments = ("validate", str(path), "--format", "json")
            ours = least(options.rounds, lambda a=arguments: command(a, cache))
            theirs = least(options.rounds, lambda p=path: parse(p))
            label = f"validate, {options.megabytes} MB of {kind}"
            print(f"{label:32}{ours:8.2f}{ours / theirs:26.1f}")
        for label, arguments in COMMANDS.items():
            print(f"{label:32}{least(options.rounds, lambda a=arguments: command(a, cache)):8.2f}")


if __name__ == "__main__":
    main()

"""What commands cost as a user runs them: CPU seconds of whole processes.

`validate` reads a stream of deltas, sessions with other ids each time ("mixed"), the same on connections that
nobody closes, and error answers; `decode` reads deltas and the mix. Beside them stands orjson, which only
parses the same lines. A message of very many items, one of them wrong, is compared with accepting it. The
rest is what a command takes for next to nothing; that is in all the others, too.

    python benchmarks/commands.py [--megabytes 50] [--rounds 5]
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import subprocess
import sys
import tempfile
import time
import zlib
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import orjson

RECORDINGS = Path(__file__).parents[1] / "tests" / "data" / "recordings" / "0.163.0"
UUID = re.compile(rb"(?<=[0-9a-f]{4}-)[0-9a-f]{12}\b")
ITEMS = 100_000
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


def recorded() -> Iterator[tuple[bytes, bytes]]:
    """Yield recorded sessions over and over: the name of each, which no other has, and a line."""
    for number in count():
        for path in sorted(RECORDINGS.glob("*.jsonl")):
            for line in map(bytes.strip, path.read_bytes().splitlines()):
                if b'"msg"' in line and b'"conn"' not in line:
                    yield b"%s %d" % (path.stem.encode(), number), line


def mixed() -> Iterator[bytes]:
    """Yield sessions one after the other, with ids of threads, turns and items that come once."""
    for name, line in recorded():
        yield UUID.sub(b"%012x" % zlib.crc32(name), line)


def connections() -> Iterator[bytes]:
    """Yield sessions each on a connection of its own, which stays open."""
    for name, line in recorded():
        yield line[:-1] + b',"conn":"%s"}' % name


def errors() -> Iterator[bytes]:
    """Yield a session whose requests are all answered with an error."""
    yield from SESSION.read_bytes().splitlines()[:3]
    for number in count(100):
        yield (
            b'{"ts":0.1,"dir":"client","msg":{"id":%d,"method":"thread/list","params":{}}}' % number
        )
        error = b'{"code":-32600,"message":"no such thread"}'
        yield b'{"ts":0.1,"dir":"server","msg":{"id":%d,"error":%s}}' % (number, error)


def long_message(last: str) -> bytes:
    """Return the end of a turn with very many items, whose last one has this text."""
    item = '{"type":"agentMessage","id":"I","text":%s}'
    items = ",".join([*[item % '"hello"'] * ITEMS, item % last])
    turn = f'{{"id":"U","items":[{items}],"status":"completed","error":null}}'
    params = f'{{"threadId":"T","turn":{turn}}}'
    return (
        f'{{"ts":1,"dir":"server","msg":{{"method":"turn/completed","params":{params}}}}}'.encode()
    )


STREAMS = {
    "deltas": (deltas, ("validate", "decode")),
    "mixed": (mixed, ("validate", "decode")),
    "open connections": (connections, ("validate",)),
    "errors": (errors, ("validate",)),
}
"""Kind of recording → its lines, and the commands that read it."""


def write(path: Path, lines: Iterator[bytes], size: int) -> None:
    """Write lines to a file until it is so large."""
    with path.open("wb") as file:
        while file.tell() < size:
            file.write(next(lines) + b"\n")


def command(arguments: tuple[str, ...], cache: str) -> float:
    """Return the CPU time of a run; compiled files are kept in the folder `cache`."""
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    ended = subprocess.run(
        [sys.executable, "-m", "codexwire", *arguments],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**env, "PYTHONPYCACHEPREFIX": cache},
        check=False,
    )
    assert ended.returncode in (0, 1), arguments  # what it finds is not asked
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
        for kind, (lines, names) in STREAMS.items():
            path = folder / f"{kind}.jsonl"
            write(path, lines(), options.megabytes << 20)
            theirs = least(options.rounds, lambda p=path: parse(p))
            for name in names:
                arguments = (name, str(path), "--format", "json")
                ours = least(options.rounds, lambda a=arguments: command(a, cache))
                label = f"{name}, {options.megabytes} MB of {kind}"
                print(f"{label:32}{ours:8.2f}{ours / theirs:26.1f}")
        long = {}
        for kind, last in (("right", '"hello"'), ("wrong", "5")):
            path = folder / f"{kind}.jsonl"
            path.write_bytes(long_message(last) + b"\n")
            arguments = ("validate", str(path), "--format", "json", "--schema", "0.163.0")
            long[kind] = least(options.rounds, lambda a=arguments: command(a, cache))
            print(f"{f'validate, 100,000 items {kind}':32}{long[kind]:8.2f}")
        for label, arguments in COMMANDS.items():
            print(f"{label:32}{least(options.rounds, lambda a=arguments: command(a, cache)):8.2f}")


if __name__ == "__main__":
    main()

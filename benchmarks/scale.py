"""How the time of `validate` grows: one invented session for each thing that there can be many of.

Printed is the CPU time for three sizes, and the slope between the smallest and the largest when both are
drawn as logarithms: 1 is linear. The exit code is 1 when one is above 1.1. Fixed costs make a slope
smaller, so the sizes are such that they do not matter.

    python benchmarks/scale.py [NAME ...] [--factor 1] [--rounds 3]
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, TypeAlias

from codexwire.usecases.validate import validate

LIMIT = 1.1
STEP = 4
Record: TypeAlias = "tuple[str, dict[str, Any]]"
"""Who sends, and what."""


def delta(thread: str = "T", text: Any = "hello") -> Record:
    params = {"threadId": thread, "turnId": "U", "itemId": "I", "delta": text}
    return "server", {"method": "item/agentMessage/delta", "params": params}


def listed(rid: int) -> Record:
    return "client", {"id": rid, "method": "thread/loaded/list", "params": {}}


def answer(rid: int) -> Record:
    return "server", {"id": rid, "result": {"data": [], "nextCursor": None}}


def turn(event: str, number: int, items: list[Any] | None = None) -> Record:
    status = {"started": "inProgress", "completed": "completed"}[event]
    told = {"id": f"U{number}", "items": items or [], "status": status, "error": None}
    return "server", {"method": f"turn/{event}", "params": {"threadId": "T", "turn": told}}


def item(number: int, text: Any = "hello") -> dict[str, Any]:
    return {"type": "agentMessage", "id": f"I{number}", "text": text}


def idle() -> Record:
    params = {"threadId": "T", "status": {"type": "idle"}}
    return "server", {"method": "thread/status/changed", "params": params}


def messages(n: int) -> Iterator[Record]:
    yield from (delta() for _ in range(n))


def threads(n: int) -> Iterator[Record]:
    yield from (delta(f"T{i % n}") for i in range(2 * n))


def turns(n: int) -> Iterator[Record]:
    yield from (turn(event, i) for i in range(n) for event in ("started", "completed"))


def unfinished_turns(n: int) -> Iterator[Record]:
    yield from (told for i in range(n) for told in (turn("started", i), idle()))


def open_requests(n: int) -> Iterator[Record]:
    yield from (listed(i) for i in range(n))
    yield from (answer(i) for i in reversed(range(n)))


def same_ids(n: int) -> Iterator[Record]:
    yield from (listed(7) for _ in range(n))
    yield from (answer(7) for _ in range(n))


def same_ids_of_unknown_methods(n: int) -> Iterator[Record]:
    yield from (("client", {"id": 7, "method": f"no/such{i}", "params": {}}) for i in range(n))
    yield from (answer(7) for _ in range(n))


def refused_turns(n: int) -> Iterator[Record]:
    yield from (listed(i) for i in range(n))
    params = {"threadId": "T", "input": []}
    for i in range(n, 2 * n):
        yield "client", {"id": i, "method": "turn/start", "params": params}
        yield "server", {"id": i, "error": {"code": -32600, "message": "no"}}
        yield turn("started", i)


def findings(n: int) -> Iterator[Record]:
    yield from (delta(text=5) for _ in range(n))


def message_size(n: int) -> Iterator[Record]:
    yield from (delta(text="x" * n) for _ in range(20))


def items_of_a_turn(n: int) -> Iterator[Record]:
    yield turn("started", 0)
    for i in range(n):
        for event in ("started", "completed"):
            params = {"threadId": "T", "turnId": "U0", "item": item(i), f"{event}AtMs": 1}
            yield "server", {"method": f"item/{event}", "params": params}
    yield turn("completed", 0)


def items_of_a_message(n: int) -> Iterator[Record]:
    yield turn("completed", 0, [item(i) for i in range(n)])


def one_wrong_item(n: int) -> Iterator[Record]:
    yield turn("completed", 0, [*(item(i) for i in range(n - 1)), item(n, 5)])


def wrong_items(n: int) -> Iterator[Record]:
    yield turn("completed", 0, [item(i, 5) for i in range(n)])


class Dimension(NamedTuple):
    """What there is more and more of; the largest session has `most`, of which `make` yields the messages."""

    most: int
    make: Callable[[int], Iterator[Record]]


DIMENSIONS = {
    "messages": Dimension(320_000, messages),
    "threads": Dimension(64_000, threads),
    "turns": Dimension(48_000, turns),
    "unfinished turns": Dimension(48_000, unfinished_turns),
    "open requests": Dimension(48_000, open_requests),
    "same ids": Dimension(48_000, same_ids),
    "same ids, unknown methods": Dimension(16_000, same_ids_of_unknown_methods),
    "refused turns": Dimension(16_000, refused_turns),
    "findings": Dimension(16_000, findings),
    "bytes of a message": Dimension(4_000_000, message_size),
    "items of a turn": Dimension(48_000, items_of_a_turn),
    "items of a message": Dimension(64_000, items_of_a_message),
    "items, one wrong": Dimension(48_000, one_wrong_item),
    "wrong items": Dimension(8_000, wrong_items),
}


def handshake() -> Iterator[Record]:
    info = {"name": "r", "title": "R", "version": "1"}
    params = {"clientInfo": info, "capabilities": {"experimentalApi": True}}
    yield "client", {"id": -1, "method": "initialize", "params": params}
    agent = "r/0.163.0 (Debian 12.0.0; x86_64) x (r; 1)"
    result = {
        "userAgent": agent,
        "codexHome": "/h",
        "platformFamily": "unix",
        "platformOs": "linux",
    }
    yield "server", {"id": -1, "result": result}
    yield "client", {"method": "initialized"}


def write(path: Path, records: Iterator[Record]) -> None:
    """Write a session in codexwire's own format."""
    with path.open("w") as file:
        for sender, message in (*handshake(), *records):
            text = json.dumps(message, separators=(",", ":"))
            file.write(f'{{"ts":0.1,"dir":"{sender}","msg":{text}}}\n')


def seconds(path: Path, rounds: int) -> float:
    """Return the CPU time of validating a file."""
    taken = []
    for _ in range(rounds):
        start = time.process_time()
        validate(path)
        taken.append(time.process_time() - start)
    return min(taken)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", help=f"of {', '.join(DIMENSIONS)}")
    parser.add_argument(
        "--factor", type=float, default=1.0, help="larger sessions, or smaller ones"
    )
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    steep = []
    print(f"{'':28}{'of most':>12}{'CPU s for 1/16':>16}{'1/4':>8}{'1/1':>8}{'slope':>8}")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "session.jsonl"
        write(path, messages(1))
        validate(path)  # reads the schema
        for name in options.names or DIMENSIONS:
            most, make = DIMENSIONS[name]
            most = int(most * options.factor)
            taken = []
            for size in (most // STEP**2, most // STEP, most):
                write(path, make(size))
                taken.append(seconds(path, options.rounds))
            slope = math.log(taken[-1] / taken[0]) / math.log(STEP**2)
            steep += [name] if slope > LIMIT else []
            times = f"{taken[0]:16.3f}{taken[1]:8.3f}{taken[2]:8.3f}"
            print(f"{name:28}{most:12,}{times}{slope:8.2f}", flush=True)
    if steep:
        print(f"more than linear: {', '.join(steep)}")
    return 1 if steep else 0


if __name__ == "__main__":
    sys.exit(main())

"""What `codexwire record` costs: latency of a request and its answer, and throughput, next to pipes.

    python benchmarks/record.py

In one run, in turns: the server as our child (`direct`), through a pump that copies bytes and knows
nothing (`pump`: what any proxy in Python costs), and through `codexwire record` plain, packed, with
redaction and with validation. The server answers every line with a line of the same size; throughput
is that of one direction, a server that only reads, and counts. Beside it stands the processor time that the
process in between uses for one message, which says more on a busy machine (told by Linux only; the process
that judges for `--validate` is another one, and not counted).
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROUNDS = 3
REQUESTS = 2_000
STREAM = 32 << 20
MESSAGE = b'{"id":%d,"method":"thread/read","params":{"threadId":"01a1fea7-013d","text":"%b"}}\n'

ANSWER = """
import os, sys
for line in sys.stdin.buffer:
    os.write(1, line)
"""
COUNT = """
import os, sys
left = int(sys.argv[1])
while left:
    left -= len(os.read(0, 1 << 16))
os.write(1, b"all\\n")
os.read(0, 1)
"""
PUMP = """
import os, subprocess, sys, threading
child = subprocess.Popen(sys.argv[1:], stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0)
def pump(source, target):
    while data := os.read(source, 1 << 16):
        os.write(target, data)
    os.close(target)
back = threading.Thread(target=pump, args=(child.stdout.fileno(), 1))
back.start()
pump(0, child.stdin.fileno())
back.join()
"""


def ways(folder: Path) -> dict[str, list[str]]:
    """How a server is reached → what stands before its command."""
    python = sys.executable
    record = [python, "-m", "codexwire", "record", "--force", "-o"]
    return {
        "direct": [],
        "pump": [python, "-c", PUMP],
        "record": [*record, str(folder / "r.jsonl"), "--"],
        "record .gz": [*record, str(folder / "r.jsonl.gz"), "--"],
        "record .zst": [*record, str(folder / "r.jsonl.zst"), "--"],
        "--redact": [*record, str(folder / "r.jsonl"), "--redact", "--"],
        "--validate": [*record, str(folder / "r.jsonl"), "--validate", "--"],
    }


def used(process: subprocess.Popen[bytes]) -> float:
    """Seconds of processor time that a process has used, without its children; 0 where nobody tells."""
    try:
        fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return 0.0
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def started(before: list[str], program: str, *arguments: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [*before, sys.executable, "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        bufsize=0,
    )


def latencies(before: list[str]) -> list[float]:
    """Seconds from a request to its answer, one after another."""
    found = []
    with started(before, ANSWER) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        for number in range(-50, REQUESTS):  # the first ones warm up
            line = MESSAGE % (number, b"x" * 200)
            start = time.perf_counter()
            server.stdin.write(line)
            got = b""
            while not got.endswith(b"\n"):
                got += server.stdout.read(1 << 16)
            if number >= 0:
                found.append(time.perf_counter() - start)
        server.stdin.close()
    return found


def throughput(before: list[str], size: int) -> tuple[float, float]:
    """MB a second of messages of about `size` bytes, and the processor time of one message, in seconds."""
    message = MESSAGE % (1, b"x" * (size - len(MESSAGE)))
    data = message * (STREAM // len(message))
    first = MESSAGE % (0, b"")
    with started(before, COUNT, str(len(data) + len(first))) as server:
        assert server.stdin is not None
        assert server.stdout is not None
        server.stdin.write(first)  # everything is imported when this is through
        time.sleep(1.5)
        start, spent = time.perf_counter(), used(server)
        rest = memoryview(data)
        while rest:
            rest = rest[server.stdin.write(rest) :]
        assert server.stdout.read(4) == b"all\n"
        wall = time.perf_counter() - start
        time.sleep(0.5)  # the last messages are recorded after they were forwarded
        spent = used(server) - spent
        server.stdin.close()
        return len(data) / wall / 1e6, spent * len(message) / len(data)


def percentile(values: list[float], share: float) -> float:
    return sorted(values)[int(len(values) * share)] * 1e6


def main() -> None:
    with tempfile.TemporaryDirectory() as name:
        routes = ways(Path(name))
        times: dict[str, list[float]] = {way: [] for way in routes}
        rates: dict[tuple[str, int], list[tuple[float, float]]] = {}
        for _ in range(ROUNDS):
            for way, before in routes.items():
                times[way] += latencies(before)
                for size in (300, 30_000):
                    rates.setdefault((way, size), []).append(throughput(before, size))
    direct = {share: percentile(times["direct"], share) for share in (0.5, 0.99)}
    print(f"{'':12} {'request and answer, µs (added)':>36} {'MB/s by the clock (÷ pump)':>42}")
    print(f"{'':12} {'p50':>17} {'p99':>18} {'300 B':>21} {'30 kB':>21}  µs of CPU a 300 B message")
    for way in routes:
        row = f"{way:12}"
        for share in (0.5, 0.99):
            at = percentile(times[way], share)
            row += f" {at:8.0f} (+{at - direct[share]:6.0f})"
        for size in (300, 30_000):
            rate, pump = (
                statistics.median(found[0] for found in rates[one, size]) for one in (way, "pump")
            )
            row += f" {rate:11.1f} ({rate / pump:6.1%})"
        print(row, f"{min(found[1] for found in rates[way, 300]) * 1e6:7.2f}")


if __name__ == "__main__":
    main()

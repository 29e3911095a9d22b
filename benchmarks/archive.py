"""What an archive costs on a cluster: a scheduler of Dask and one worker, then two, all on this machine.

The sessions lie in a folder or (`--s3`) on moto's S3 server on loopback, which keeps them in memory and takes
processors from the workers. They are the kept recordings over and over, or (`--mean BYTES`, which may be said
several times) of that size on average: from a tenth of it to the threefold, each a recording whose client
begins again and again.

A tenth of the sessions is judged first. Printed are sessions a second; the CPU time of judging a session,
with fetching it; and what each further session costs in the client (listing, writing tables) and in the
scheduler, without what that takes when idle: the greater of both says how many workers keep them busy.
Peaks of memory should be those of the tenth. Then comes the ratio of the wall times, and the most that the
CPU times of all processes allow here. The tables of one worker, of two and of this machine's processes are
compared row by row; the exit code is 1 when they differ. The last line is what a million sessions of 364 KB
take.

    python benchmarks/archive.py [validate] [--sessions 20000] [--mean 0 --mean 364000] [--s3] [--task BYTES]
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from hashlib import blake2b
from itertools import cycle
from multiprocessing.queues import Queue
from pathlib import Path
from typing import Any, NamedTuple

import pyarrow.parquet as pq

sys.path.append(str(Path(__file__).parents[1] / "tests" / "support"))

from archives import SESSIONS, Cluster, cluster

from codexwire.archive.listing import TASK_BYTES

MILLION = 364e9
IDLE = 10
FACTORS = (0.1, 0.2, 0.4, 0.8, 1.5, 3.0)
"""Size of a session ÷ the mean, which they have on average."""

TICKS = os.sysconf("SC_CLK_TCK")
CLIENT = """
import json, pathlib, sys, time
from codexwire import archive
from codexwire.archive import listing
if __name__ == "__main__":
    command, source, out, executor, listing.TASK_BYTES = *sys.argv[1:5], int(sys.argv[5])
    start, cpu = time.perf_counter(), time.process_time()
    outcome = getattr(archive, command)(source, out=out, executor=executor)
    wall, cpu = time.perf_counter() - start, time.process_time() - cpu
    status = pathlib.Path("/proc/self/status").read_text()
    peak = int(status.partition("VmHWM:")[2].split()[0])
    told = {"wall": wall, "cpu": cpu, "peak": peak, "judged": outcome.judged}
    print(json.dumps({**told, "judging": outcome.seconds, "problems": outcome.problems}))
"""


class Archive(NamedTuple):
    """Where sessions are, the address of a tenth of them, and the process that serves them, if any."""

    source: str
    tenth: str
    server: int | None


@dataclass(frozen=True)
class Taken:
    """What a run took: seconds of wall, and of CPU; kilobytes at most."""

    judged: int
    wall: float
    judging: float
    client: float
    scheduler: float
    served: float
    client_peak: int
    worker_peak: int
    scheduler_peak: int

    @property
    def cpu(self) -> float:
        return self.judging + self.client + self.scheduler + self.served


def make(folder: Path, count: int, mean: int) -> list[int]:
    """Write sessions, the first tenth into `0`, the others into `1`; return their sizes."""
    recordings = [path.read_bytes() for path in SESSIONS]
    if mean:
        recordings = [text for text in recordings if b'"method": "initialize"' in text]
    sizes = []
    for number, factor in zip(range(count), cycle(FACTORS), strict=False):
        text = recordings[
            number // len(FACTORS) % len(recordings) if mean else number % len(recordings)
        ]
        text *= max(1, round(mean * factor / len(text)))
        place = folder / str(int(number >= count // 10)) / f"{number // 1000:04}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number:07}.jsonl").write_bytes(text)
        sizes.append(len(text))
    return sizes


def serve(told: Queue[str]) -> None:
    """Be an S3 server, and tell where."""
    import s3

    with s3.served() as server:
        told.put(server.address)
        threading.Event().wait()


@contextmanager
def served(folder: Path) -> Iterator[Archive]:
    """Give a bucket with the sessions of a folder."""
    import boto3

    told: Queue[str] = multiprocessing.Queue()
    server = multiprocessing.Process(target=serve, args=(told,), daemon=True)
    server.start()
    os.environ |= {
        "AWS_ENDPOINT_URL": told.get(),
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "key",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    client = boto3.client("s3")
    client.create_bucket(Bucket="sessions")
    for path in folder.rglob("*.jsonl"):
        name = path.relative_to(folder).as_posix()
        client.put_object(Bucket="sessions", Key=name, Body=path.read_bytes())
    yield Archive("s3://sessions", "s3://sessions/0", server.pid)
    server.terminate()
    server.join()


@contextmanager
def local(folder: Path) -> Iterator[Archive]:
    """Give a folder with sessions."""
    yield Archive(str(folder), str(folder / "0"), None)


def cpu_of(pid: int | None) -> float:
    """Return the CPU time of a process so far, from Linux's table of processes."""
    if pid is None:
        return 0
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_of(pid: int) -> int:
    """Return the kilobytes that a process has had at most."""
    return int(Path(f"/proc/{pid}/status").read_text().partition("VmHWM:")[2].split()[0])


def idling(pid: int) -> float:
    """Return the CPU time that a process takes in a second of doing nothing."""
    before = cpu_of(pid)
    time.sleep(IDLE)
    return (cpu_of(pid) - before) / IDLE


def client_of(asked: argparse.Namespace, source: str, out: Path, executor: str) -> dict[str, Any]:
    """Run a command in a process of its own, and return what it says."""
    arguments = (asked.command, source, str(out), executor, str(asked.task))
    command = [sys.executable, "-c", CLIENT, *arguments]
    said: dict[str, Any] = json.loads(subprocess.check_output(command))
    if said["problems"]:
        raise SystemExit(f"{said['problems']} sessions could not be judged")
    return said


def run(
    asked: argparse.Namespace, source: str, server: int | None, out: Path, dask: Cluster
) -> Taken:
    """Return what a run took."""
    pid = dask.scheduler.pid
    idle, scheduler, serving = idling(pid), cpu_of(pid), cpu_of(server)
    said = client_of(asked, source, out, dask.address)
    scheduler = max(0.0, cpu_of(pid) - scheduler - idle * said["wall"])
    return Taken(
        said["judged"],
        said["wall"],
        said["judging"],
        said["cpu"],
        scheduler,
        cpu_of(server) - serving,
        said["peak"],
        max(peak_of(worker.pid) for worker in dask.workers),
        peak_of(pid),
    )


def tell(name: str, few: Taken, taken: Taken) -> None:
    """Print what a run took, and what it took for each session more than those of a run before."""
    n, more = taken.judged, taken.judged - few.judged
    client = max(0.0, taken.client - few.client) / more
    scheduler = max(0.0, taken.scheduler - few.scheduler) / more
    judging = taken.judging / n
    print(
        f"{name}: {n:,} sessions in {taken.wall:.1f} s, {n / taken.wall:.0f} a second;"
        f" CPU a session: {judging * 1e3:.2f} ms judging, {client * 1e6:.0f} µs in the client,"
        f" {scheduler * 1e6:.0f} µs in the scheduler, {taken.served / n * 1e3:.2f} ms in S3;"
        f" enough for {judging / max(client, scheduler, 1e-6):.0f} workers"
    )
    print(
        f"  memory at {few.judged:,} and {n:,} sessions: {few.client_peak >> 10} and"
        f" {taken.client_peak >> 10} MB in the client, {few.worker_peak >> 10} and"
        f" {taken.worker_peak >> 10} MB in a worker, {few.scheduler_peak >> 10} and"
        f" {taken.scheduler_peak >> 10} MB in the scheduler",
        flush=True,
    )


def rows_of(folder: Path) -> dict[str, tuple[int, int]]:
    """Return how many rows each table has, and a digest of them in any order; one batch is in memory."""
    found = {}
    for table in sorted(path for path in folder.iterdir() if path.is_dir()):
        count = total = 0
        for part in table.glob("*.parquet"):
            for batch in pq.ParquetFile(part).iter_batches(1000):
                for row in batch.to_pylist():
                    count += 1
                    total += int.from_bytes(blake2b(repr(row).encode(), digest_size=16).digest())
        found[table.name] = count, total
    return found


def measure(asked: argparse.Namespace, mean: int, folder: Path) -> bool:
    """Print what sessions of a size take; return whether the tables are the same wherever they are made."""
    sizes = make(folder / "in", asked.sessions, mean)
    size = sum(sizes)
    middle = sorted(sizes)[len(sizes) // 2]
    print(
        f"{len(sizes):,} sessions, {size / 1e6:.0f} MB: {size / len(sizes) / 1e3:.0f} KB on average,"
        f" half of them up to {middle / 1e3:.0f} KB, the largest {max(sizes) / 1e3:.0f} KB",
        flush=True,
    )
    with served(folder / "in") if asked.s3 else local(folder / "in") as archive:
        taken, tables = [], []
        for workers in (1, 2):
            place = folder / str(workers)
            with cluster(place, workers) as dask:
                few = run(asked, archive.tenth, archive.server, place / "few", dask)
                taken.append(run(asked, archive.source, archive.server, place / "out", dask))
            tell(f"{workers} worker(s)", few, taken[-1])
            tables.append(rows_of(place / "out"))
        client_of(asked, archive.source, folder / "local", "local")
        tables.append(rows_of(folder / "local"))
    one, two = taken
    most = one.wall / (one.cpu / min(2, os.cpu_count() or 2))
    print(f"1 worker ÷ 2 workers: {one.wall / two.wall:.2f}, of {min(2.0, most):.2f} at most")
    same = tables[0] == tables[1] == tables[2]
    rows = ", ".join(f"{count:,} {table}" for table, (count, _) in tables[0].items() if count)
    told = "the same" if same else "NOT the same"
    print(f"tables of 1 worker, 2 workers and this machine's processes: {told} ({rows})")
    hours = one.judging * MILLION / size / 3600
    print(
        f"{size / 1e6 / one.judging:.1f} MB a second of CPU time: 364 GB take {hours:.1f} hours of a core"
    )
    return same


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", nargs="?", default="validate")
    parser.add_argument("--sessions", type=int, default=20_000)
    parser.add_argument(
        "--mean", type=int, action="append", help="bytes; 0: the recordings as they are"
    )
    parser.add_argument("--task", type=int, default=TASK_BYTES, help="bytes of a task at least")
    parser.add_argument("--s3", action="store_true")
    asked = parser.parse_args()
    same = True
    for mean in asked.mean or [0]:
        with tempfile.TemporaryDirectory() as name:
            same &= measure(asked, mean, Path(name))
    return int(not same)


if __name__ == "__main__":
    sys.exit(main())

"""What an archive costs on a cluster: a scheduler of Dask and one worker, then two, all on this machine.

The sessions are the kept recordings over and over, in a folder or (`--s3`) on moto's S3 server on loopback,
which takes a processor of its own. Printed are sessions a second, the CPU time of judging a session, and that
of what a session costs besides: in the client (listing, writing tables), and in the scheduler without what it
takes when idle. The greater of both says how many workers keep them busy. The last line is what a million
sessions of 364 KB take.

    python benchmarks/archive.py [validate] [--sessions 20000] [--s3]
"""

from __future__ import annotations

import argparse
import logging
import multiprocessing
import os
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.queues import Queue
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1] / "tests" / "support"))

from archives import SESSIONS, Cluster, cluster, fill

from codexwire import archive

MILLION = 364e9
IDLE = 10
TICKS = os.sysconf("SC_CLK_TCK")


def serve(told: Queue[tuple[str, int]]) -> None:
    """Be an S3 server, and tell where."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    told.put(server.get_host_and_port())
    threading.Event().wait()


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """Give the address of a bucket with the sessions of a folder."""
    import boto3

    told: Queue[tuple[str, int]] = multiprocessing.Queue()
    server = multiprocessing.Process(target=serve, args=(told,), daemon=True)
    server.start()
    host, port = told.get()
    os.environ |= {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "key",
        "AWS_DEFAULT_REGION": "us-east-1",
    }
    client = boto3.client("s3")
    client.create_bucket(Bucket="sessions")
    for path in folder.rglob("*.jsonl"):
        name = path.relative_to(folder).as_posix()
        client.put_object(Bucket="sessions", Key=name, Body=path.read_bytes())
    yield "s3://sessions"
    server.terminate()


def cpu_of(pid: int) -> float:
    """Return the CPU time of a process so far, from Linux's table of processes."""
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def idling(pid: int) -> float:
    """Return the CPU time that a process takes in a second of doing nothing."""
    before = cpu_of(pid)
    time.sleep(IDLE)
    return (cpu_of(pid) - before) / IDLE


def run(command: str, source: str, out: Path, dask: Cluster) -> tuple[float, float]:
    """Print what a run took; return its wall time, and the CPU time of judging."""
    idle = idling(dask.scheduler.pid)
    client, scheduler = time.process_time(), cpu_of(dask.scheduler.pid)
    start = time.perf_counter()
    outcome = getattr(archive, command)(source, out=out, executor=dask.address)
    wall, n = time.perf_counter() - start, outcome.judged
    client = time.process_time() - client
    scheduler = max(0.0, cpu_of(dask.scheduler.pid) - scheduler - idle * wall)
    judging = outcome.seconds / n
    beside = max(client, scheduler) / n
    print(
        f"{len(dask.workers)} worker(s): {n:,} sessions in {wall:.1f} s, {n / wall:.0f} a second;"
        f" CPU a session: {judging * 1e3:.2f} ms judging, {client / n * 1e6:.0f} µs in the client,"
        f" {scheduler / n * 1e6:.0f} µs in the scheduler; enough for {judging / beside:.0f} workers",
        flush=True,
    )
    return wall, outcome.seconds


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("command", nargs="?", default="validate")
    parser.add_argument("--sessions", type=int, default=20_000)
    parser.add_argument("--s3", action="store_true")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = fill(Path(name, "in"), -(-options.sessions // len(SESSIONS)))
        size = sum(path.stat().st_size for path in folder.rglob("*.jsonl"))
        print(f"{size / 1e6:.0f} MB", flush=True)
        with served(folder) if options.s3 else folder_of(folder) as source:
            taken = []
            for workers in (1, 2):
                place = Path(name, str(workers))
                with cluster(place, workers) as dask:
                    archive.usage(
                        folder / "0000", out=place / "warm", executor=dask.address
                    )  # the workers have imported what they need
                    taken.append(run(options.command, source, place / "out", dask))
        (one, seconds), (two, _) = taken
        print(f"1 worker ÷ 2 workers: {one / two:.2f}")
        hours = seconds * MILLION / size / 3600
        print(
            f"{size / 1e6 / seconds:.1f} MB a second of CPU time: 364 GB take {hours:.1f} hours of a core"
        )


@contextmanager
def folder_of(folder: Path) -> Iterator[str]:
    """Give the address of a folder."""
    yield str(folder)


if __name__ == "__main__":
    main()

"""Archives on an S3 server (moto's, on loopback), judged by a scheduler of Dask and its workers."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
import s3
from archives import SESSIONS, cluster, fill, tables, until

from codexwire import archive
from codexwire.archive import listing

COMMANDS = ("validate", "coverage", "drift", "usage")
KEY_ID, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY"
CLIENT = """
import sys
from codexwire import archive
from codexwire.archive import listing
listing.TASK_BYTES = 100_000
archive.drift(sys.argv[1], out=sys.argv[2], executor=sys.argv[3], jobs=1)
"""
LISTED = ("path", "stamp", "modified")


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A server with an empty bucket."""
    with s3.served() as server, s3.environment(monkeypatch, server, KEY_ID, SECRET):
        yield server


@pytest.fixture
def small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few sessions are several tasks."""
    monkeypatch.setattr(listing, "TASK_BYTES", 100_000)


@pytest.mark.usefixtures("bucket", "small_tasks")
def test_a_cluster_writes_what_this_machine_writes(tmp_path: Path) -> None:
    source = fill(tmp_path / "in", copies=3)
    s3.upload(source)
    with cluster(tmp_path / "cluster") as dask, ThreadPoolExecutor(1) as here:
        for command in COMMANDS:
            call = getattr(archive, command)
            call("s3://sessions", out=tmp_path / "far", executor=dask.address)
            call("s3://sessions", out=tmp_path / "near", executor=here)
            call(source, out=tmp_path / "files", executor=here)
        log = dask.log
    assert tables(tmp_path / "far") == tables(tmp_path / "near")
    assert tables(tmp_path / "far", LISTED) == tables(tmp_path / "files", LISTED)
    for secret in (KEY_ID, SECRET):
        assert secret not in log
        assert secret not in repr(tables(tmp_path / "far"))


@pytest.mark.usefixtures("small_tasks")
def test_a_worker_that_is_killed_costs_nothing_but_time(tmp_path: Path) -> None:
    source = fill(tmp_path / "in", copies=8)
    with ThreadPoolExecutor(1) as here:
        archive.drift(source, out=tmp_path / "near", executor=here)
    with cluster(tmp_path / "cluster") as dask:

        def kill(_done: int, _all: int) -> None:
            if dask.workers[0].poll() is None:
                dask.workers[0].kill()
                dask.workers[0].wait()
                dask.add_worker()

        outcome = archive.drift(source, out=tmp_path / "far", executor=dask.address, advance=kill)
    assert outcome.sessions == 8 * len(SESSIONS)
    assert tables(tmp_path / "far") == tables(tmp_path / "near")


@pytest.mark.parametrize("where", ["cluster", "local"])
@pytest.mark.usefixtures("small_tasks")
def test_a_client_that_is_killed_is_resumed(where: str, tmp_path: Path) -> None:
    source, out = fill(tmp_path / "in", copies=12), tmp_path / "out"
    with cluster(tmp_path / "cluster", workers=2) as dask, ThreadPoolExecutor(1) as here:
        executor = dask.address if where == "cluster" else "local"
        client = subprocess.Popen([sys.executable, "-c", CLIENT, source, out, executor])
        until(lambda: len([*out.glob("sessions/part-*")]) > 1)
        client.send_signal(signal.SIGKILL)
        client.wait()
        before = len(tables(out)["sessions"])
        outcome = archive.drift(source, out=out, executor=executor, resume=True)
        archive.drift(source, out=tmp_path / "whole", executor=here)
    count = 12 * len(SESSIONS)
    assert 0 < before < count
    assert (outcome.sessions, outcome.judged) == (count, count - before)
    assert tables(out) == tables(tmp_path / "whole")

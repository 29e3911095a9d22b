"""Archives on an S3 server (moto's, on loopback), judged by a scheduler of Dask and its workers."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import boto3
import pytest
import s3fs
from archives import SESSIONS, cluster, fill, tables, until
from moto.server import ThreadedMotoServer

import codexwire as library
from codexwire import archive
from codexwire.archive import listing

COMMANDS = ("validate", "coverage", "drift", "usage")
SECRET = "wJalrXUtnFEMI-K7MDENG-bPxRfiCYEXAMPLEKEY"
CLIENT = """
import sys
from codexwire import archive
from codexwire.archive import listing
listing.TASK_BYTES = 100_000
archive.drift(sys.argv[1], out=sys.argv[2], executor=sys.argv[3], jobs=1)
"""
LISTED = ("path", "stamp", "modified")


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """A client of an empty server; the environment leads file systems there, in other processes, too."""
    running = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    running.start()
    host, port = running.get_host_and_port()
    monkeypatch.setenv("AWS_ENDPOINT_URL", f"http://{host}:{port}")
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", SECRET)
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    s3fs.S3FileSystem.clear_instance_cache()
    client = boto3.client("s3")
    client.create_bucket(Bucket="sessions")
    yield client
    for bucket in client.list_buckets()["Buckets"]:
        for file in client.list_objects_v2(Bucket=bucket["Name"]).get("Contents", ()):
            client.delete_object(Bucket=bucket["Name"], Key=file["Key"])
        client.delete_bucket(Bucket=bucket["Name"])
    running.stop()
    s3fs.S3FileSystem.clear_instance_cache()


def upload(client: Any, folder: Path) -> None:
    for path in sorted(folder.rglob("*.jsonl")):
        client.upload_file(str(path), "sessions", path.relative_to(folder).as_posix())


@pytest.fixture
def small_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """So that a few sessions are several tasks."""
    monkeypatch.setattr(listing, "TASK_BYTES", 100_000)


@pytest.mark.usefixtures("small_tasks")
def test_a_cluster_writes_what_this_machine_writes(tmp_path: Path, server: Any) -> None:
    source = fill(tmp_path / "in", copies=3)
    upload(server, source)
    with cluster(tmp_path / "cluster") as dask, ThreadPoolExecutor(1) as here:
        for command in COMMANDS:
            call = getattr(archive, command)
            call("s3://sessions", out=tmp_path / "far", executor=dask.address)
            call("s3://sessions", out=tmp_path / "near", executor=here)
            call(source, out=tmp_path / "files", executor=here)
        log = dask.log
    assert tables(tmp_path / "far") == tables(tmp_path / "near")
    assert tables(tmp_path / "far", LISTED) == tables(tmp_path / "files", LISTED)
    assert SECRET not in log
    assert SECRET not in repr(tables(tmp_path / "far"))


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


def test_a_bucket_that_is_not_there_or_refuses(
    tmp_path: Path, server: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, told = fill(tmp_path / "in"), list[str]()
    upload(server, source)
    with ThreadPoolExecutor(1) as here:
        options: dict[str, Any] = {"executor": here, "trouble": told.append}
        sources = ("s3://nowhere", "s3://sessions")
        outcome = archive.usage(*sources, out=tmp_path / "out", **options)
        assert (outcome.exit_code(), outcome.sessions) == (2, len(SESSIONS) + 1)
        assert told == ["s3://nowhere: it is not there"]

        file = s3fs.S3FileSystem._get_file
        left = 3

        async def refuse(self: Any, *arguments: Any, **named: Any) -> Any:
            nonlocal left
            left -= 1
            if left < 0:
                raise PermissionError("Access Denied")
            return await file(self, *arguments, **named)

        monkeypatch.setattr(s3fs.S3FileSystem, "_get_file", refuse)
        s3fs.S3FileSystem.clear_instance_cache()
        told.clear()
        outcome = archive.usage("s3://sessions", out=tmp_path / "refused", **options)
        assert outcome.exit_code() == 2
        assert len(told) == len(SESSIONS) - 3
        assert all(line.endswith(": access is refused") for line in told)

        monkeypatch.setattr(s3fs.S3FileSystem, "_get_file", file)
        s3fs.S3FileSystem.clear_instance_cache()
        resumed = archive.usage("s3://sessions", out=tmp_path / "refused", resume=True, **options)
        archive.usage("s3://sessions", out=tmp_path / "whole", **options)
        assert (resumed.judged, resumed.exit_code()) == (len(SESSIONS) - 3, 0)
    assert tables(tmp_path / "refused") == tables(tmp_path / "whole")


def test_no_scheduler_and_no_worker_are_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codexwire.archive.engine._CONNECT", 1)
    source = fill(tmp_path / "in")
    with pytest.raises(library.UsageError, match="no scheduler answers at tcp"):
        archive.usage(source, out=tmp_path / "out", executor="tcp://127.0.0.1:9")
    with (
        cluster(tmp_path / "cluster", workers=0) as dask,
        pytest.raises(library.UsageError, match="has no worker"),
    ):
        archive.usage(source, out=tmp_path / "out", executor=dask.address)

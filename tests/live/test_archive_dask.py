"""A scheduler of Dask that cannot be reached or dies, its certificates, and workers that are others."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import certificates
import pytest
from archives import SESSIONS, Cluster, cluster, fill, tables

import codexwire as library
from codexwire import archive
from codexwire.archive import listing

PACKAGE = Path(library.__file__).parent
SIGNED = "http://127.0.0.1:9/a.jsonl?X-Amz-Signature=abc123"


@pytest.fixture(scope="module")
def authorities(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with certificates: `node` of the authority `ours`, `stranger` of `theirs`."""
    folder = tmp_path_factory.mktemp("certificates")
    certificates.Authority(folder, "ours").issue("node")
    certificates.Authority(folder, "theirs").issue("stranger")
    return folder


@pytest.fixture(scope="module")
def encrypted(
    authorities: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[Path, Cluster]]:
    """A cluster that talks by TLS only, and sessions."""
    folder = tmp_path_factory.mktemp("tls")
    environment = certificates.settings(authorities, "ours", "node")
    with cluster(folder / "dask", 1, "tls", environment) as dask:
        yield fill(folder / "in"), dask


def run(
    source: Path, out: Path, address: str, environment: dict[str, str], patch: pytest.MonkeyPatch
) -> tuple[int, str]:
    """Run the command in a process, which reads Dask's settings anew; return exit code and errors."""
    for name, value in environment.items():
        patch.setenv(name, value)
    command = [sys.executable, "-m", "codexwire", "archive", "usage", source, "-o", out]
    done = subprocess.run(
        [*map(str, command), "--executor", address], capture_output=True, text=True, check=False
    )
    return done.returncode, done.stderr


def test_a_cluster_with_certificates(
    encrypted: Any, authorities: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source, dask = encrypted
    assert dask.address.startswith("tls://")
    environment = certificates.settings(authorities, "ours", "node")
    out = tmp_path / "far"
    assert run(source, out, dask.address, environment, monkeypatch) == (0, "")
    with ThreadPoolExecutor(1) as here:
        archive.usage(source, out=tmp_path / "near", executor=here)
    assert tables(out) == tables(tmp_path / "near")


@pytest.mark.parametrize(
    ("authority", "name", "text"),
    [
        ("theirs", "stranger", "its certificate is not of the authority in ca-file"),
        ("ours", "stranger", "it does not take the certificate of this client"),
        ("ours", None, "a scheduler at tls:// asks for certificates"),
        ("ours", "nobody", "there is no file .*nobody.pem"),
        (None, None, "a scheduler at tls:// asks for certificates"),
    ],
)
def test_certificates_that_do_not_fit(
    authority: str | None,
    name: str | None,
    text: str,
    encrypted: Any,
    authorities: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    source, dask = encrypted
    environment = certificates.settings(authorities, authority, name) if authority else {}
    code, err = run(source, tmp_path / "out", dask.address, environment, monkeypatch)
    assert (code, err.count("\n")) == (2, 1)
    assert re.search(text, err)


def test_a_scheduler_that_asks_for_certificates_by_the_wrong_address(
    encrypted: Any, tmp_path: Path
) -> None:
    source, dask = encrypted
    address = dask.address.replace("tls://", "tcp://")
    with pytest.raises(library.UsageError, match="no scheduler answers") as told:
        archive.usage(source, out=tmp_path / "out", executor=address)
    assert "does it ask for tls://?" in str(told.value)


@pytest.mark.parametrize(
    ("address", "text"),
    [
        ("tcp://127.0.0.1:9", "no scheduler answers at tcp://127.0.0.1:9"),
        ("tcp://127.0.0.1", "tcp://127.0.0.1 has no port"),
        ("http://127.0.0.1:9", "http://127.0.0.1:9 is no address of a scheduler"),
    ],
)
def test_no_scheduler(
    address: str, text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("codexwire.archive.cluster._CONNECT", 1)
    with pytest.raises(library.UsageError, match=text):
        archive.usage(fill(tmp_path / "in"), out=tmp_path / "out", executor=address)


def test_a_scheduler_without_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codexwire.archive.cluster._CONNECT", 1)
    with (
        cluster(tmp_path / "cluster", workers=0) as dask,
        pytest.raises(library.UsageError, match="has no worker"),
    ):
        archive.usage(fill(tmp_path / "in"), out=tmp_path / "out", executor=dask.address)


def _scheduler(dask: Cluster) -> None:
    dask.scheduler.kill()


def _workers(dask: Cluster) -> None:
    for worker in dask.workers:
        worker.kill()


@pytest.mark.parametrize(
    ("end", "text"), [(_scheduler, "is gone"), (_workers, "has no worker any more")]
)
def test_a_cluster_that_dies_in_the_middle(
    end: Callable[[Cluster], None], text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listing, "TASK_BYTES", 100_000)
    monkeypatch.setattr("codexwire.archive.cluster._CONNECT", 5)
    monkeypatch.setattr("codexwire.archive.engine._LOOK", 1)
    source, out = fill(tmp_path / "in", copies=12), tmp_path / "out"
    with cluster(tmp_path / "cluster", workers=1) as dask:
        options: dict[str, Any] = {"out": out, "advance": lambda *_: end(dask)}
        with pytest.raises(library.TranscriptError, match=text) as told:
            archive.usage(source, executor=dask.address, **options)
    assert "--resume goes on" in str(told.value)
    kept = len(tables(out)["sessions"])
    with ThreadPoolExecutor(1) as here:
        outcome = archive.usage(source, out=out, executor=here, resume=True)
        archive.usage(source, out=tmp_path / "whole", executor=here)
    assert 0 < kept < 12 * len(SESSIONS)
    assert outcome.judged == 12 * len(SESSIONS) - kept
    assert tables(out) == tables(tmp_path / "whole")


def _another(folder: Path) -> None:
    shutil.copytree(PACKAGE, folder / "codexwire", ignore=shutil.ignore_patterns("__pycache__"))
    with (folder / "codexwire" / "archive" / "work.py").open("a") as file:
        file.write("# changed\n")


def _none(folder: Path) -> None:
    (folder / "codexwire").mkdir(parents=True)
    (folder / "codexwire" / "__init__.py").write_text("")


@pytest.mark.parametrize(
    ("make", "text"),
    [
        (_another, "a worker runs another codexwire"),
        (_none, "the cluster cannot do a task: No module named 'codexwire.archive'"),
    ],
)
def test_a_worker_with_another_codexwire(
    make: Callable[[Path], None], text: str, tmp_path: Path
) -> None:
    make(tmp_path / "other")
    with cluster(tmp_path / "cluster", workers=0) as dask:
        dask.add_worker(PYTHONPATH=str(tmp_path / "other"))
        with pytest.raises(library.UsageError, match=text):
            archive.usage(SIGNED, out=tmp_path / "out", executor=dask.address)
        log = dask.log
    assert "abc123" not in log


def test_a_scheduler_without_codexwire(tmp_path: Path) -> None:
    _none(tmp_path / "other")
    environment = {"PYTHONPATH": str(tmp_path / "other")}
    with cluster(tmp_path / "cluster", 0, "tcp", environment) as dask:
        dask.add_worker(PYTHONPATH=os.pathsep.join(sys.path))
        with pytest.raises(library.UsageError, match="the cluster cannot do a task: ") as told:
            archive.usage(SIGNED, out=tmp_path / "out", executor=dask.address)
        log = dask.log
    assert "\n" not in str(told.value)
    assert "abc123" not in log


def test_a_worker_with_another_python(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("codexwire.archive.calls.python", lambda: "3.0")
    with (
        ThreadPoolExecutor(1) as here,
        pytest.raises(library.UsageError, match=r"a worker runs Python 3.\d+, and this .* 3.0"),
    ):
        archive.usage(fill(tmp_path / "in"), out=tmp_path / "out", executor=here)

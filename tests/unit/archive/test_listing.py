"""What is kept of a file as its file system lists it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import formatdate
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import fsspec
import pytest
from fsspec.implementations.memory import MemoryFileSystem

from codexwire.archive.listing import listed_files

CHANGED = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
SECONDS = CHANGED.timestamp()


@pytest.mark.parametrize(
    ("info", "stamp"),
    [
        ({"mtime": SECONDS, "created": 7.5}, str(SECONDS)),
        ({"LastModified": CHANGED, "ETag": '"9b2cf535"'}, "9b2cf535"),
        ({"mtime": CHANGED, "updated": "2026-01-02T03:04:05Z", "etag": "CKih16G="}, "CKih16G="),
        ({"last_modified": CHANGED, "etag": "0x8DCB7A7"}, "0x8DCB7A7"),
        ({"created": CHANGED}, str(SECONDS)),
    ],
    ids=["local", "S3", "Google", "Azure", "memory"],
)
def test_the_time_and_the_digest_are_found_by_their_names(
    info: dict[str, Any], stamp: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Invented values under the names of fsspec, s3fs, gcsfs and adlfs."""
    whole = {"type": "file", "size": 3, **info}
    monkeypatch.setattr(MemoryFileSystem, "info", lambda _, name: {"name": name, **whole})
    (item,) = listed_files(["memory://a.jsonl"])
    assert (item.size, item.stamp, item.modified) == (3, stamp, SECONDS)


@contextmanager
def web_server(folder: Path) -> Iterator[str]:
    """A plain web server of a folder, by its address."""
    handler = partial(SimpleHTTPRequestHandler, directory=str(folder))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        Thread(target=server.serve_forever).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def test_a_file_of_a_plain_web_server_has_the_stamp_that_it_was_written_at(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text("{}")
    os.utime(tmp_path / "a.jsonl", (SECONDS, SECONDS))
    with web_server(tmp_path) as address:
        (item,) = listed_files([f"{address}/a.jsonl"])
    assert (item.size, item.stamp) == (2, formatdate(SECONDS, usegmt=True))


def test_a_file_that_is_written_again_has_another_stamp() -> None:
    fs = fsspec.filesystem("memory")
    stamps = set()
    for text in (b"1", b"2"):
        fs.pipe("/again.jsonl", text)
        stamps |= {item.stamp for item in listed_files(["memory://again.jsonl"])}
    fs.rm("/again.jsonl")
    assert len(stamps) == 2
    assert None not in stamps


@pytest.mark.parametrize(
    ("glob", "names"),
    [("*.jsonl", ["a1", "b1", "c12"]), ("?1.jsonl", ["a1", "b1"]), ("[ac]1*.jsonl", ["a1", "c12"])],
)
def test_a_glob_names_several_files(glob: str, names: list[str], tmp_path: Path) -> None:
    for name in ("a1", "b1", "c12"):
        (tmp_path / f"{name}.jsonl").touch()
    found = [item.path for item in listed_files([str(tmp_path / glob)])]
    assert found == [(tmp_path / f"{name}.jsonl").as_uri() for name in names]


def test_a_question_in_an_address_of_the_web_is_no_glob(tmp_path: Path) -> None:
    with web_server(tmp_path) as address:
        (item,) = listed_files([f"{address}/a.jsonl?id=7"])
    assert item.error == "it is not there"

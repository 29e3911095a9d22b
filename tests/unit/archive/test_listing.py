"""What is kept of a file as its file system lists it."""

from __future__ import annotations

from datetime import UTC, datetime
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


def test_a_file_that_is_written_again_has_another_stamp() -> None:
    fs = fsspec.filesystem("memory")
    stamps = set()
    for text in (b"1", b"2"):
        fs.pipe("/again.jsonl", text)
        stamps |= {item.stamp for item in listed_files(["memory://again.jsonl"])}
    fs.rm("/again.jsonl")
    assert len(stamps) == 2
    assert None not in stamps

"""What lies in one folder of a file system, told as it is found where there may be a million files."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

from fsspec import AbstractFileSystem
from fsspec.implementations.local import LocalFileSystem

from codexwire.archive.fetching import QUIET
from codexwire.archive.places import is_s3

__all__ = ["Info", "entries"]

Info: TypeAlias = Mapping[str, Any]
"""What fsspec says of a file or folder."""


def entries(fs: AbstractFileSystem, folder: str) -> Iterator[Info]:
    """Yield files and folders in the order of their names; on S3, that of each page of the listing.

    In memory are the names in the folder, on S3 a page, elsewhere all that the file system says. Raises
    what the file system raises.
    """
    if isinstance(fs, LocalFileSystem):
        yield from (fs.info(name) for name in sorted(fs.ls(folder, detail=False)))
    elif is_s3(fs) and folder.strip("/"):
        yield from _on_s3(fs, folder)
    else:
        yield from sorted(fs.ls(folder, detail=True), key=lambda entry: str(entry["name"]))


def _on_s3(fs: Any, folder: str) -> Iterator[Info]:
    bucket, key, _ = fs.split_path(folder)
    prefix = f"{key.rstrip('/')}/" if key else ""
    asked = {"Bucket": bucket, "Prefix": prefix, "Delimiter": "/", **fs.req_kw}
    while True:
        page = fs.call_s3("list_objects_v2", timeout=QUIET, **asked)
        for inner in page.get("CommonPrefixes", ()):
            yield {"name": f"{bucket}/{inner['Prefix'].rstrip('/')}", "type": "directory"}
        for file in page.get("Contents", ()):
            name = f"{bucket}/{file['Key']}"
            yield {**file, "name": name, "size": file["Size"], "type": "file"}
        if not page.get("IsTruncated"):
            return
        asked["ContinuationToken"] = page["NextContinuationToken"]

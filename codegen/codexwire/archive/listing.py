"""The files that sources name, one after the other, and tasks made of them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime

from fsspec import AbstractFileSystem
from fsspec.asyn import AsyncFileSystem, sync

from codexwire.archive.entries import Info, entries
from codexwire.archive.fetching import QUIET
from codexwire.archive.masking import masked, reason
from codexwire.archive.parquet import storable_text
from codexwire.archive.places import file_system
from codexwire.archive.work import ListedFile, Task, Work
from codexwire.usecases.recordings import has_name_of_recording

__all__ = ["TASK_BYTES", "listed_files", "tasks_of", "weight"]

TASK_BYTES = 16 << 20
"""A task has at least so many bytes of input, if there are so many."""

_TASK_FILES = 2_000
_UNKNOWN_SIZE = 1 << 20
_MAGIC = frozenset("*?[")


def listed_files(sources: Sequence[str]) -> Iterator[ListedFile]:
    """Yield the files of paths, globs and folders, each once, in the order of the sources.

    In a folder, files are told by their names. What cannot be listed is an item with a problem. UsageError
    for an address that cannot be opened at all.
    """
    opened = [(source, *file_system(source)) for source in sources]
    seen: set[str] = set()
    for source, fs, name in opened:
        for item in _items(source, fs, name):
            if item.path not in seen:
                yield item
            if len(sources) > 1:
                seen.add(item.path)


def _items(source: str, fs: AbstractFileSystem, name: str) -> Iterator[ListedFile]:
    try:
        info = _info(fs, name)
        if info is None:
            found = fs.glob(name, detail=True)
            files = [found[path] for path in sorted(found) if found[path]["type"] == "file"]
            if not files:
                yield _unlisted(masked(source), "no file matches")
            yield from (_item(fs, file) for file in files)
            return
    except Exception as error:  # each file system has its own
        yield _unlisted(masked(source), reason(error))
        return
    if info["type"] == "directory":
        yield from _below(fs, name)
    else:
        yield _item(fs, {**info, "name": name})


def _info(fs: AbstractFileSystem, name: str) -> Info | None:
    """Return what stands there; None for a glob. Raises what the file system raises, or TimeoutError."""
    try:
        if isinstance(fs, AsyncFileSystem):
            found: Info = sync(fs.loop, fs._info, name, timeout=QUIET)
        else:
            found = fs.info(name)
    except TimeoutError:
        raise
    except Exception:
        if not _is_glob(name):
            raise
        return None
    return found


def _is_glob(name: str) -> bool:
    """Whether a name may stand for several; a question mark in an address of the web does not."""
    web = name.startswith(("http://", "https://"))
    return not (_MAGIC - {"?"} if web else _MAGIC).isdisjoint(name)


def _below(fs: AbstractFileSystem, folder: str) -> Iterator[ListedFile]:
    """Yield the recordings in a folder, and then those in the folders below."""
    waiting = [folder]
    while waiting:
        here = waiting.pop()
        folders: list[str] = []
        try:
            for entry in entries(fs, here):
                path = str(entry["name"])
                if path.strip("/") == here.strip("/"):
                    continue
                if entry["type"] == "file" and has_name_of_recording(path.rpartition("/")[2]):
                    yield _item(fs, entry)
                elif entry["type"] == "directory" and not entry.get("islink"):
                    folders.append(path)
        except Exception as error:  # each file system has its own
            yield _unlisted(_address(fs, here), reason(error))
        waiting += reversed(folders)


def _address(fs: AbstractFileSystem, name: str) -> str:
    return str(fs.unstrip_protocol(name))


def _unlisted(address: str, error: str) -> ListedFile:
    return ListedFile(address, problem="unreadable", error=error)


def _item(fs: AbstractFileSystem, info: Info) -> ListedFile:
    modified = next((info[name] for name in _TIMES if info.get(name) is not None), None)
    seconds = modified.timestamp() if isinstance(modified, datetime) else modified
    seconds = seconds if isinstance(seconds, (int, float)) else None
    etag = next((info[name] for name in _TAGS if info.get(name)), seconds)
    stamp = None if etag is None else storable_text(str(etag).strip('"'))
    return ListedFile(_address(fs, info["name"]), info.get("size"), stamp, seconds)


_TIMES = ("mtime", "LastModified", "last_modified", "created")
_TAGS = ("ETag", "etag", "Last-Modified")
"""What file systems call the time of the last change, and what changes with the content."""


def tasks_of(work: Work, items: Iterable[ListedFile]) -> Iterator[Task]:
    """Yield tasks of the items, in their order."""
    chosen: list[ListedFile] = []
    size = 0
    for item in items:
        chosen.append(item)
        size += weight(item)
        if size >= TASK_BYTES or len(chosen) >= _TASK_FILES:
            yield Task(work, tuple(chosen))
            chosen, size = [], 0
    if chosen:
        yield Task(work, tuple(chosen))


def weight(item: ListedFile) -> int:
    """Return how many bytes there are to read; an assumed number where the listing does not say."""
    if item.problem is not None:
        return 0
    return _UNKNOWN_SIZE if item.size is None else item.size

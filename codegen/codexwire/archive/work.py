"""What is to be done, in pieces that can be sent to another machine."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from codexwire.archive.places import not_tried, storage_of

__all__ = ["ListedFile", "Result", "Task", "Work", "key_of"]


@dataclass(frozen=True, slots=True)
class Work:
    """What is asked of every session.

    `schema` and `max_findings` are for judging, `package` for decoding. `tool` and `settings` are the
    digests that the client has, `python` its version: a worker with others may not give the same tables.
    """

    command: str
    schema: str = ""
    max_findings: int = 0
    package: str | None = None
    tool: str = ""
    settings: str = ""
    python: str = field(default="", repr=False)  # parts of tables have the same names in all


@dataclass(frozen=True, slots=True)
class ListedFile:
    """A file as it was listed; one that cannot be judged has a `problem`, and an `error` in words.

    `stamp` is its ETag or the time of its last change, `modified` that time in seconds.
    """

    path: str = field(repr=False)  # Dask logs the arguments of what fails
    size: int | None = None
    stamp: str | None = None
    modified: float | None = None
    problem: str | None = None
    error: str | None = None

    def giving_up(self, storages: Collection[str]) -> ListedFile:
        """Return the file, as a problem where its bucket or host is one of these."""
        storage = storage_of(self.path)
        if self.problem is not None or storage not in storages:
            return self
        return replace(self, problem="unreadable", error=not_tried(storage))


@dataclass(frozen=True, slots=True)
class Task:
    """Some files."""

    work: Work
    items: tuple[ListedFile, ...]

    @property
    def name(self) -> str:
        """The name of its part of every table: the same files give the same."""
        facts = [(item.path, item.size, item.stamp) for item in self.items]
        content = repr((self.work, facts)).encode()
        return f"part-{blake2b(content, digest_size=16).hexdigest()}.parquet"

    def giving_up(self, storages: Collection[str]) -> Task:
        """Return the task with the files of buckets and hosts that do not answer as a problem."""
        items = tuple(item.giving_up(storages) for item in self.items)
        return replace(self, items=items)

    def failed(self, problem: str, error: str) -> Task:
        """Return the task with files that cannot be judged."""
        items = tuple(replace(i, problem=problem, error=error) for i in self.items)
        return replace(self, items=items)

    def halves(self) -> tuple[Task, Task]:
        """Return two tasks of half the files."""
        half = len(self.items) // 2
        return replace(self, items=self.items[:half]), replace(self, items=self.items[half:])


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a task: Parquet files by table and name, and a line for each file with a problem.

    `seconds` are the CPU time that it took, `silent` the buckets and hosts that were given up, `answering`
    those that answered to the end.
    """

    files: Mapping[tuple[str, str], bytes]
    troubles: tuple[str, ...]
    seconds: float
    silent: frozenset[str] = frozenset()
    answering: frozenset[str] = frozenset()


def key_of(size: int | None, stamp: str | None, tool: str, settings: str) -> bytes:
    """Return a digest of what must be equal for a file not to be judged again."""
    return blake2b(repr((size, stamp, tool, settings)).encode(), digest_size=16).digest()

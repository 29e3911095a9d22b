"""The folder of the tables: parts that are written whole, and what they know already."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from hashlib import blake2b
from pathlib import Path

from filelock import FileLock, Timeout

from codexwire.archive.columns import SESSIONS, TABLES
from codexwire.archive.masking import masked
from codexwire.archive.parquet import COMMAND, columns_of, metadata_of, storable_text, without
from codexwire.archive.work import ListedFile, Result, Work, key_of
from codexwire.errors import UsageError
from codexwire.files import unwritable, write_whole
from codexwire.location import Location

__all__ = ["Store", "opened"]

_OTHERS = [table for table in TABLES if table != SESSIONS]


@contextmanager
def opened(folder: Path, work: Work, *, resume: bool) -> Iterator[Store]:
    """Give the tables in a folder, which nobody else writes meanwhile; it is made if need be.

    What a killed run has left behind is removed. UsageError when the folder cannot be used, when another
    run writes to it, and when it has results of the command and this is not to `resume`.
    """
    try:
        for table in TABLES:
            (folder / table).mkdir(parents=True, exist_ok=True)
    except OSError as problem:
        raise unwritable(folder, problem) from None
    try:
        with FileLock(folder / ".lock", timeout=0):
            yield Store(folder, work, resume=resume)
    except Timeout:
        raise UsageError(
            "another run writes there", location=Location(str(folder)), hint="wait for its end"
        ) from None


class Store:
    """Parts of tables. A part of `sessions` is written last and says that the others are there.

    So a run that is killed leaves at most parts without one, which the next run removes. In memory is
    a digest of every session that is known.
    """

    def __init__(self, folder: Path, work: Work, *, resume: bool) -> None:
        self.folder = folder
        self._work = work
        self._known: dict[bytes, tuple[bytes, str]] = {}
        for staged in folder.glob("*/.tmp-*"):
            staged.unlink()
        names = {path.name for path in self._parts(SESSIONS)}
        for table in _OTHERS:
            for part in self._parts(table):
                if part.name not in names:
                    part.unlink()
        parts = [*self.sessions()]
        if parts and not resume:
            raise UsageError(
                f"there are results of `archive {work.command}`",
                location=Location(str(folder)),
                hint="--resume goes on with them, -o names another folder",
            )
        for part in parts:
            self._read(part)

    def sessions(self) -> Iterator[Path]:
        """Yield the parts of `sessions` with results of the command."""
        command = self._work.command.encode()
        return (p for p in self._parts(SESSIONS) if metadata_of(p)[COMMAND] == command)

    def knows(self, item: ListedFile) -> bool:
        """Whether there are results of a file as it is now."""
        known, _ = self._known.get(_digest(item), (None, ""))
        return known == key_of(item.size, item.stamp, self._work.tool, self._work.settings)

    def write(self, items: Iterable[ListedFile], result: Result) -> None:
        """Write the results of files in place of those that there were. UsageError when that fails."""
        stale: dict[str, list[str]] = defaultdict(list)
        for item in items:
            if (digest := _digest(item)) in self._known:
                stale[self._known.pop(digest)[1]].append(_path(item))
        for part, paths in stale.items():
            self._drop(part, paths)
        last = [name for name in result.files if name[0] == SESSIONS]
        for table, name in (*(name for name in result.files if name not in last), *last):
            place = self.folder / table / name
            if name.startswith("part-") or not place.exists():
                write_whole(place, result.files[table, name])

    def _parts(self, table: str) -> list[Path]:
        return sorted((self.folder / table).glob("part-*.parquet"))

    def _read(self, part: Path) -> None:
        """Take in what a part knows. A file that could not be read is tried again."""
        names = ("path", "size", "stamp", "tool", "settings", "problem")
        again = []
        for path, *facts, problem in columns_of(part, names):
            if problem == "unreadable":
                again.append(path)
            else:
                self._known[_digest_of(path)] = key_of(*facts), part.name
        if again:
            self._drop(part.name, again)

    def _drop(self, part: str, paths: Collection[str]) -> None:
        """Remove the rows of sessions, from `sessions` last: cut short, that is done again."""
        for table in (*_OTHERS, SESSIONS):
            place = self.folder / table / part
            if not place.exists():
                continue
            if content := without(place, paths):
                write_whole(place, content)
            else:
                place.unlink()


def _path(item: ListedFile) -> str:
    """Return what the tables call a file."""
    return storable_text(masked(item.path))


def _digest(item: ListedFile) -> bytes:
    return _digest_of(_path(item))


def _digest_of(path: str) -> bytes:
    return blake2b(path.encode(), digest_size=16).digest()

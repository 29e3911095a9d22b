"""Saved sessions, exec streams and recordings in one neutral view."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from codexwire.errors import one_of
from codexwire.report.words import many
from codexwire.sessions.files import NOT_UNDERSTOOD
from codexwire.sessions.forest import walk as walked
from codexwire.sessions.json_text import thread_to_json, to_json
from codexwire.sessions.markdown import to_markdown
from codexwire.sessions.model import UNKNOWN, VERSION, File, Session, Thread, Usage
from codexwire.sessions.values import plus
from codexwire.usecases.notices import Notice, skipped_in
from codexwire.usecases.recordings import recordings

__all__ = ["FORMATS", "Showing", "read", "show", "walk"]


def walk(*paths: str | Path, seen: Callable[[File], None] | None = None) -> Iterator[Thread]:
    """Yield the threads of files, folders and globs, each followed by those that hang below it.

    One file is in memory at a time. `seen` is called with what was understood of each. A file that cannot
    be read has a note that says why; UsageError and TranscriptError are for paths that name nothing.
    """
    found = recordings([*map(str, paths)]).paths
    return walked(found, seen) if seen else walked(found)


def read(*paths: str | Path) -> Session:
    """Return all threads of files, folders and globs, and what was understood of the files."""
    account = Showing()
    threads = tuple(account.counted(walk(*paths, seen=account.files.append)))
    return Session(
        files=tuple(account.files),
        threads=threads,
        usage=account.usage,
        usage_unknown=account.usage_unknown,
    )


@dataclass(slots=True)
class Showing:
    """What the files came to that were shown: an account of each, and the usage of their threads.

    `skipped` are the files in folders that were taken for no sessions.
    """

    files: list[File] = field(default_factory=list)
    usage: Usage = field(default_factory=Usage)
    usage_unknown: int = 0
    skipped: tuple[str, ...] = ()
    _counted: set[str] = field(default_factory=set)

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a reader must know: files that were skipped, and those that could not be read at all."""
        bad = ((f.path, n) for f in self.files for n in f.notes if n.rule == NOT_UNDERSTOOD)
        unread = (Notice("error", f"{path}: {note.text}") for path, note in bad)
        return (*skipped_in(self.skipped), *unread)

    @property
    def unread(self) -> int:
        """How many files could not be read, or not all of them."""
        bad = {"unread", "damaged", NOT_UNDERSTOOD}
        return sum(any(note.rule in bad for note in file.notes) for file in self.files)

    def counted(self, threads: Iterator[Thread]) -> Iterator[Thread]:
        """Yield the threads, and add up what they used: each thread once, whatever tells it."""
        for thread in threads:
            if thread.id not in self._counted and thread.own_usage is not None:
                self._counted.add(thread.id)
                self.usage = plus(self.usage, thread.own_usage)
            elif thread.id not in self._counted:
                self.usage_unknown += 1
            yield thread


def show(*paths: str | Path, format: str, account: Showing) -> Iterator[str]:
    """Yield the text of threads in a format, piece by piece; `account` is filled on the way.

    Raises UsageError for an unknown format, and what `walk` raises.
    """
    one_of("format", format, FORMATS)
    found = recordings([*map(str, paths)])
    account.skipped = found.skipped
    threads = account.counted(walked(found.paths, account.files.append))
    return FORMATS[format](threads, account)


def _json(threads: Iterator[Thread], account: Showing) -> Iterator[str]:
    yield f'{{"version":{VERSION},"threads":['
    for number, thread in enumerate(threads):
        yield ",\n" if number else "\n"
        yield from thread_to_json(thread)
    files, usage = to_json(account.files), to_json(account.usage)
    yield f'\n],"files":{files},"usage":{usage},"usage_unknown":{account.usage_unknown}}}\n'


def _markdown(threads: Iterator[Thread], account: Showing) -> Iterator[str]:
    for thread in threads:
        yield from to_markdown(thread)
        yield "\n"
    yield "# Files\n\n"
    for file in account.files:
        yield f"- {file.path}: {file.source}, {many(file.lines, 'line')}, {_turns(file)}\n"
        for type, count in file.unknown.items():
            yield f"  - {many(count, 'line')} of the unknown type {type}\n"
        for note in file.notes:
            where = "" if note.rule == NOT_UNDERSTOOD else f"line {note.place.line}: "
            yield f"  - {where}{note.text} ({note.count})\n"


def _turns(file: File) -> str:
    unknown = (
        f", {file.unknown_status} of them with an {UNKNOWN} end" if file.unknown_status else ""
    )
    return many(file.turns, "turn") + unknown


FORMATS: dict[str, Callable[[Iterator[Thread], Showing], Iterator[str]]] = {
    "markdown": _markdown,
    "json": _json,
}

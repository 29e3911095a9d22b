"""A task done, in any process on any machine."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import UTC, datetime
from hashlib import sha256

from codexwire.archive.columns import SESSIONS, TABLE_OF
from codexwire.archive.digests import python, settings_of, tool
from codexwire.archive.fetching import Fetcher, fetcher
from codexwire.archive.judges import JUDGES, Row, Told, points_of
from codexwire.archive.masking import masked, reason
from codexwire.archive.parquet import to_parquet
from codexwire.archive.work import ListedFile, Result, Task, Work
from codexwire.errors import TranscriptError, UsageError

__all__ = ["run_task"]


def run_task(task: Task) -> Result:
    """Judge the files of a task. One that cannot be judged is a row with a problem.

    UsageError where codexwire, or what it judges by, is not what the client has.
    """
    start, work = time.process_time(), task.work
    _check(work)
    table, sessions, rows = TABLE_OF[work.command], list[Row](), list[Row]()
    with fetcher() as files:
        for item in task.items:
            told = _told(work, item, files)
            listed = _listed(work, item)
            sessions.append({**listed, **told.session})
            rows += ({"path": listed["path"], **row} for row in told.rows)
    parts = {(SESSIONS, task.name): to_parquet(SESSIONS, work.command, sessions)}
    if rows:
        parts[table, task.name] = to_parquet(table, work.command, rows)
    if work.command == "coverage":
        parts |= _points(work, sessions)
    troubles = tuple(f"{s['path']}: {s['error']}" for s in sessions if s.get("problem"))
    return Result(parts, troubles, time.process_time() - start, files.silent, files.answering)


def _check(work: Work) -> None:
    if python() != work.python:
        raise UsageError(
            f"a worker runs Python {python()}, and this machine {work.python}",
            hint="run the same version on both",
        )
    if (tool(), settings_of(work)) != (work.tool, work.settings):
        raise UsageError(
            "a worker runs another codexwire, or has other schemas at hand, than this machine",
            hint="install the same version on both, and pull the same releases",
        )


def _told(work: Work, item: ListedFile, files: Fetcher) -> Told:
    if item.problem is not None:
        return _failed(item.problem, item.error)
    try:
        with files.local(item.path) as path:
            return _judged(work, path)
    except Exception as error:  # each file system has its own
        if isinstance(error, UsageError):
            raise
        return _failed("unreadable", reason(error))


def _judged(work: Work, path: str) -> Told:
    try:
        return JUDGES[work.command](path, work)
    except TranscriptError as error:
        return _failed("damaged", error.message)
    except UsageError:
        raise
    except Exception as bug:  # its text may quote the file
        return _failed("internal", f"internal error: {type(bug).__name__}")


def _failed(problem: str, error: str | None) -> Told:
    return Told({"problem": problem, "error": error})


def _listed(work: Work, item: ListedFile) -> Row:
    modified = None if item.modified is None else datetime.fromtimestamp(item.modified, UTC)
    return {
        "command": work.command,
        "path": masked(item.path),
        "size": item.size,
        "stamp": item.stamp,
        "modified": modified,
        "tool": work.tool,
        "settings": work.settings,
    }


def _points(work: Work, sessions: Sequence[Row]) -> dict[tuple[str, str], bytes]:
    """Return what the schemas have that sessions were judged by, each under a name of its own."""
    labels = sorted({s["schema"] for s in sessions if s.get("schema")})
    return {
        ("coverage", _name(work, label)): to_parquet(
            "coverage", work.command, points_of(work, label)
        )
        for label in labels
    }


def _name(work: Work, label: str) -> str:
    digest = sha256(repr((work.tool, work.settings, label)).encode()).hexdigest()
    return f"schema-{digest[:32]}.parquet"

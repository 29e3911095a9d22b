"""Recordings and saved sessions as a page to look at: what happened, in lanes and message by message."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from codexwire.errors import TranscriptError, UsageError
from codexwire.report.words import many
from codexwire.sessions.model import Session
from codexwire.timeline import TimelineRow, document, in_order, line_rows, message_rows, page
from codexwire.transcript.formats.table import detect
from codexwire.transcript.judgement import Judgement
from codexwire.transcript.server_guess import sniff
from codexwire.transcript.source import STDIN, OpenRecording
from codexwire.usecases.notices import Notice, Say, silent, skipped_in
from codexwire.usecases.recordings import recordings
from codexwire.usecases.redact import redact
from codexwire.usecases.redact_files import is_one_file, redact_files
from codexwire.usecases.schema_choice import SchemaChoice
from codexwire.usecases.senders import with_senders
from codexwire.usecases.show import Showing, read
from codexwire.usecases.validate import validate

__all__ = ["Timeline", "timeline"]


@dataclass(frozen=True, slots=True)
class Timeline:
    """The page, what a reader must know, and whether some file, or a part of one, is not in it."""

    page: bytes
    notices: tuple[Notice, ...]
    unread: bool


def timeline(
    *paths: str | Path,
    unredacted: bool = False,
    project: Path | None = None,
    say: Say = silent,
) -> Timeline:
    """Return the page of recordings, saved sessions and streams of `codex exec`.

    `paths` are files, folders and globs, or `-` alone. Everything on the page comes from a redacted copy of
    them, unless it is to be `unredacted`. With the folder of a `project`, its rules apply to what is found.
    UsageError and TranscriptError are for paths that name nothing, and for files without a message.
    """
    with TemporaryDirectory(prefix="codexwire-") as room:
        copies = Path(room).resolve()
        say("reading" if unredacted else "redacting")
        files, told = _staged([*map(str, paths)], copies, unredacted)

        def shown(text: str) -> str:
            """Return a text with the names of files as they were given."""
            return text.replace(f"{copies}{os.sep}", "")

        say("reading threads")
        session = read(*files) if files else Session()
        say("looking for what is wrong")
        judged = validate(*files, project=project).judgements if files else ()
        say("drawing")
        rows = in_order(map(_rows, files))
        notices = _notices((*told, *_left_out(judged)), session, shown)
        if not rows:
            wrong = "; ".join(notice.text for notice in notices if notice.level == "error")
            raise TranscriptError("there is no message to draw", hint=wrong or None)
        findings = (replace(f, message=shown(f.message)) for j in judged for f in j.findings)
        index = document(rows, session, findings)
        index["files"] = [*map(shown, index["files"])]
        unread = bool(Showing([*session.files]).unread) or any(n.level == "error" for n in notices)
        return Timeline(page(index, rows, redacted=not unredacted), notices, unread)


def _staged(
    paths: list[str], copies: Path, unredacted: bool
) -> tuple[list[str], tuple[Notice, ...]]:
    """Return the files to read: copies of what is redacted, or can be read only once."""
    if is_one_file(paths, None):
        copy = copies / ("stdin" if paths[0] == STDIN else Path(paths[0]).name)
        if not unredacted:
            return [str(copy)], redact(paths[0], copy)
        if not Path(paths[0]).is_file():
            _keep(paths[0], copy)
            return [str(copy)], ()
    if not unredacted:
        told = redact_files(paths, copies)
        return sorted(str(path) for path in copies.rglob("*") if path.is_file()), told
    if STDIN in paths:
        raise UsageError("standard input is drawn by itself", hint="name `-` alone")
    found = recordings(paths)
    return [*found.paths], skipped_in(found.skipped)


def _keep(path: str, copy: Path) -> None:
    """Keep what a pipe holds, as it is."""
    with OpenRecording(path) as source, copy.open("wb") as out:
        out.writelines(line for _, line in source.lines())


def _notices(
    told: Iterable[Notice], session: Session, shown: Callable[[str], str]
) -> tuple[Notice, ...]:
    found = (*told, *Showing([*session.files]).notices)
    return tuple(replace(notice, text=shown(notice.text)) for notice in found)


def _left_out(judgements: Iterable[Judgement]) -> Iterator[Notice]:
    """Yield how many findings of a file are not on the page: there is room for the gravest."""
    for judgement in judgements:
        if more := judgement.counts.total() - len(judgement.findings):
            text = f"{many(more, 'finding')} more: `codexwire validate --max-findings 0` has all"
            yield Notice("note", f"{judgement.path}: {text}")


def _rows(path: str) -> list[TimelineRow]:
    """Return the rows of a file; of one that cannot be read, those before the damage, or none."""
    try:
        with OpenRecording(path) as source:
            format = detect(source)
            if format.profile is not None:
                return line_rows(path, format.read(source), format.profile)
            first, server, rest = sniff(format.read(source))
            items = chain(first, rest)
            return message_rows(
                path, with_senders(items, lambda: SchemaChoice()(server).validators)
            )
    except TranscriptError:
        return []

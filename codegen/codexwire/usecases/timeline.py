"""Recordings and saved sessions as a page to look at: what happened, in lanes and message by message."""

from __future__ import annotations

import os
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from tempfile import TemporaryDirectory

from codexwire.errors import TranscriptError, UsageError
from codexwire.sessions.model import Session
from codexwire.timeline import Row, document, in_order, line_rows, message_rows, page
from codexwire.transcript.formats.table import detect
from codexwire.transcript.server_guess import sniff
from codexwire.transcript.source import STDIN, Source
from codexwire.usecases.notices import Notice, Say, silent, skipped_in
from codexwire.usecases.recordings import recordings
from codexwire.usecases.redact import redact
from codexwire.usecases.redact_files import redact_files
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
        findings = validate(*files, project=project).findings if files else ()
        say("drawing")
        rows = in_order(map(_rows, files))
        showing = Showing(files=[*session.files])
        notices = tuple(replace(n, text=shown(n.text)) for n in (*told, *showing.notices))
        if not rows:
            wrong = "; ".join(notice.text for notice in notices if notice.level == "error")
            raise TranscriptError("there is no message to draw", hint=wrong or None)
        found = (replace(finding, message=shown(finding.message)) for finding in findings)
        index = document(rows, session, found)
        index["files"] = [*map(shown, index["files"])]
        unread = bool(showing.unread) or any(notice.level == "error" for notice in notices)
        return Timeline(page(index, rows, redacted=not unredacted), notices, unread)


def _staged(
    paths: list[str], copies: Path, unredacted: bool
) -> tuple[list[str], tuple[Notice, ...]]:
    """Return the files to read, as copies where they are redacted or can be read only once."""
    if STDIN in paths and len(paths) > 1:
        raise UsageError("standard input is drawn by itself", hint="name `-` alone")
    if STDIN in paths:
        copy = copies / "stdin"
        return [str(copy)], _kept(copy) if unredacted else redact(STDIN, copy)
    if unredacted:
        found = recordings(paths)
        return [*found.paths], skipped_in(found.skipped)
    told = redact_files(paths, copies)
    return sorted(str(path) for path in copies.rglob("*") if path.is_file()), told


def _kept(copy: Path) -> tuple[Notice, ...]:
    """Keep standard input as it is."""
    with Source(STDIN) as source, copy.open("wb") as out:
        out.writelines(line for _, line in source.lines())
    return ()


def _rows(path: str) -> list[Row]:
    """Return the rows of a file; of one that cannot be read, those before the damage, or none."""
    try:
        with Source(path) as source:
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

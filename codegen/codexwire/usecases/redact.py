"""A recording, of any format, without what it should not tell."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from codexwire.errors import TranscriptError, UsageError
from codexwire.files import is_special, replacing
from codexwire.location import Location
from codexwire.proxy.record import LineWriter
from codexwire.proxy.redact import Redactor, redact_whole
from codexwire.proxy.redact.rule import KINDS
from codexwire.transcript.formats.foreign import FOREIGN
from codexwire.transcript.formats.format import Sample
from codexwire.transcript.formats.json_window import Balance
from codexwire.transcript.formats.table import detect
from codexwire.transcript.source import STDIN, Source
from codexwire.usecases.notices import Notice

__all__ = ["redact"]


def redact(path: str, output: Path | int, words: Iterable[str] = ()) -> tuple[Notice, ...]:
    """Replace secrets, account data, home folders, host names and `words`, the same by the same.

    `output` is a file, or the number of an open one, which stays open. What is learnt at the end of the
    recording is gone from its beginning. Returns what was replaced how often, and what was not
    understood: an error for a JSON document that is cut short or damaged, the rest of which was searched
    as plain text. Raises UsageError for a result that cannot be written, and TranscriptError for a
    recording that cannot be read or is of no known format.
    """
    redactor = Redactor.of_this_machine(tuple(words))
    with Source(path) as source:
        if isinstance(output, Path) and _is_source(output, path):
            raise UsageError(
                "the result would overwrite its source",
                location=Location(str(output)),
                hint="name another file",
            )
        lines, balance = (line for _, line in source.lines()), Balance()
        watched = balance.watched(lines) if _is_document(source) else lines
        with _whole(output) as out:
            redact_whole(watched, redactor, out.write)
            out.close()
            if source.damage is not None:
                raise source.damage
    notices = tuple(Notice("note", text) for text in _told(redactor))
    if balance.holds:
        return notices
    text = "the JSON document is cut short or damaged, and was searched as plain text"
    return (*notices, Notice("error", f"{source.name}: {text}"))


def _is_document(source: Source) -> bool:
    """Whether the file is one JSON document, or several.

    TranscriptError for what is neither a recording nor another known file of codex.
    """
    try:
        return detect(source).is_document
    except TranscriptError:
        sample = Sample(source)
        if not any(foreign.matches(sample) for foreign in FOREIGN):
            raise
        return False


def _told(redactor: Redactor) -> Iterator[str]:
    counts = redactor.replaced
    found = ", ".join(f"{counts[kind]} × {KINDS[kind]}" for kind in KINDS if counts[kind])
    yield f"replaced: {found or 'nothing'}"
    text = redactor.as_text
    if text["lines"]:
        yield (
            f"{text['lines']:,} lines ({text['bytes']:,} bytes) are not JSON; "
            "they were searched as plain text"
        )


@contextmanager
def _whole(output: Path | int) -> Iterator[LineWriter]:
    """Give what the lines are written to; a file has all of them in the end, or is as it was."""
    if isinstance(output, int) or is_special(output):
        yield LineWriter(os.dup(output) if isinstance(output, int) else output)
        return
    with replacing(output) as staging:
        yield LineWriter(staging, str(output))


def _is_source(output: Path, path: str) -> bool:
    source = os.fstat(sys.stdin.fileno()) if path == STDIN else Path(path).stat()
    return output.is_file() and os.path.samestat(output.stat(), source)

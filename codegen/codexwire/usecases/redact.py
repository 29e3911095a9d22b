"""A recording, of any format, without what it should not tell."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from codexwire.errors import UsageError
from codexwire.files import is_special, replacing
from codexwire.location import Location
from codexwire.proxy.record import LineWriter
from codexwire.proxy.redact import Redactor
from codexwire.transcript.source import STDIN, Source

__all__ = ["redact"]


def redact(path: str, output: Path | int, words: Iterable[str] = ()) -> None:
    """Replace secrets, account data, home folders, host names and `words`, the same by the same.

    `output` is a file, or the number of an open one, which stays open. Raises UsageError for a result that
    cannot be written, and TranscriptError for a recording that cannot be read.
    """
    redactor = Redactor.of_this_machine(tuple(words))
    with Source(path) as source:
        if isinstance(output, Path) and _is_source(output, path):
            raise UsageError(
                "the result would overwrite its source",
                location=Location(str(output)),
                hint="name another file",
            )
        with _whole(output) as out:
            for _, line in source.lines():
                out.write(redactor.line(line))
            out.close()
            if source.damage is not None:
                raise source.damage


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

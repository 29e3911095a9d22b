"""A recording that is being made, and a second process that judges it at the same time.

The process gets the lines of the recording on its standard input. A process, not a thread: whatever it has
to do, the traffic does not wait for it, and what it has found is out even when the recorder is killed.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from datetime import UTC, datetime
from itertools import chain, count
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from codexwire.errors import UsageError
from codexwire.files import is_special, replacing
from codexwire.location import Location
from codexwire.proxy.record import LineWriter, Recording

if TYPE_CHECKING:
    from codexwire.usecases.notices import Say

__all__ = ["Watch", "recording_to"]

_AUTO = "auto"
_TIME = "{time}"
_PAUSE = 0.05
"""So many seconds of traffic are judged together: to be woken for each message would slow it down."""


class Watch:
    """The recorder's end of the process that `command` starts; a schema that cannot be used is an error."""

    def __init__(self, command: Sequence[str], schema: str, project: Path | None) -> None:
        if schema != _AUTO:
            # Only then: all that judges takes its time to import, and the client waits.
            from codexwire.usecases.schema_choice import SchemaChoice

            SchemaChoice(schema, project=project).check()
        group: dict[str, Any] = {} if sys.platform == "win32" else {"process_group": 0}
        self._process = subprocess.Popen(
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            **group,
        )
        self._lines: SimpleQueue[bytes] = SimpleQueue()
        self._over = threading.Event()
        self._feeder = threading.Thread(target=self._feed, daemon=True)
        self._feeder.start()

    def tell(self, lines: bytes) -> None:
        """Give lines of the recording; never waits."""
        self._lines.put(lines)

    def finish(self) -> None:
        """Wait until everything is judged and the summary is out."""
        self._over.set()
        self._lines.put(b"")
        self._feeder.join()
        self._process.wait()

    def _feed(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        with suppress(OSError), pipe:  # it gave up, and said why
            while not self._over.is_set() or not self._lines.empty():
                pipe.write(self._lines.get())
                self._over.wait(_PAUSE)
                while not self._lines.empty():
                    pipe.write(self._lines.get())
                pipe.flush()


@contextmanager
def recording_to(
    path: Path,
    complain: Say,
    *,
    edit: Callable[[bytes], bytes] | None = None,
    watch: Watch | None = None,
    at_end: bool = False,
) -> Iterator[Recording]:
    """Give a recording that is written to a file, and ended with the block.

    `{time}` in the name stands for the time, and for a file that is not there yet. UsageError for a file
    that is there, except `at_end`: then the recording is put there at the end, and only if it is whole.
    `complain` is called with what goes wrong on the way. Nothing is left of a recording that never
    began, of which the block fails before anything was said.
    """
    path = _named(path)
    at_end = at_end and not is_special(path)
    problem: BaseException | None = None
    with replacing(path) if at_end else nullcontext(_new(path)) as place:
        recording = Recording(
            LineWriter(place, str(path)),
            edit=edit,
            listen=watch.tell if watch else None,
            complain=lambda text: complain(f"{path}: {text}"),
        )
        try:
            yield recording
        except BaseException as failure:
            problem = failure
        if problem is not None and recording.is_empty:
            recording.leave()
        recording.close()
        if at_end and not recording.is_whole:
            place.unlink(missing_ok=True)
        if watch is not None:
            watch.finish()
    if problem is not None:
        raise problem


def _new(path: Path) -> Path:
    """Return the path if nothing is there, or a device or a pipe; UsageError where there is a file."""
    if path.is_file():
        raise UsageError(
            "there is such a file already",
            location=Location(str(path)),
            hint="--force replaces it at the end of the session, {time} in the name makes a new one",
        )
    return path


def _named(path: Path) -> Path:
    """Return a path whose name has the time in the place of `{time}`, and is nobody's yet."""
    if _TIME not in path.name:
        return path
    now = datetime.now(UTC).strftime("%Y%m%dT%H%M%SZ")
    times = chain([now], (f"{now}-{number}" for number in count(2)))
    names = (path.with_name(path.name.replace(_TIME, time)) for time in times)
    return next(name for name in names if not name.exists())

"""A recording that is being made, and a second process that judges it at the same time.

The process gets the lines of the recording on its standard input. A process, not a thread: whatever it has
to do, the traffic does not wait for it, and what it has found is out even when the recorder is killed.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any

from codexwire.errors import UsageError
from codexwire.proxy.record import LineWriter, Recording
from codexwire.proxy.redact import LiveRedactor

if TYPE_CHECKING:
    from codexwire.usecases.notices import Say

__all__ = ["Watch", "recording_to"]

_AUTO = "auto"


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
        self._lines: SimpleQueue[bytes | None] = SimpleQueue()
        self._feeder = threading.Thread(target=self._feed, daemon=True)
        self._feeder.start()

    def tell(self, line: bytes) -> None:
        """Give one line of the recording; never waits."""
        self._lines.put(line)

    def finish(self) -> None:
        """Wait until everything is judged and the summary is out."""
        self._lines.put(None)
        self._feeder.join()
        self._process.wait()

    def _feed(self) -> None:
        pipe = self._process.stdin
        assert pipe is not None
        with suppress(OSError):  # it gave up, and said why
            while (line := self._lines.get()) is not None:
                pipe.write(line)
                pipe.flush()
            pipe.close()


@contextmanager
def recording_to(
    path: Path, redactor: LiveRedactor | None, watch: Watch | None, complain: Say
) -> Iterator[Recording]:
    """Give a recording that is written to a file, and ended with the block.

    `complain` is called with what goes wrong on the way. Nothing is left of one that never began: of
    which the block raises a UsageError.
    """
    recording = Recording(
        LineWriter(path),
        edit=redactor.line if redactor else None,
        listen=watch.tell if watch else None,
        complain=complain,
    )
    try:
        yield recording
    except UsageError:
        recording.leave()
        raise
    finally:
        recording.close()
        if watch is not None:
            watch.finish()

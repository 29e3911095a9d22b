"""A second process that judges a recording while it is made.

It gets the lines of the recording on its standard input. A process, not a thread: whatever it has to
do, the traffic does not wait for it, and what it has found is out even when the recorder is killed.
"""

from __future__ import annotations

import subprocess
import sys
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import Any

__all__ = ["Watch"]

_AUTO = "auto"


class Watch:
    """The recorder's end. A schema that is named is loaded here too: a wrong one is an error at once."""

    def __init__(self, name: str, schema: str) -> None:
        if schema != _AUTO:
            # Only then: all that judges takes its time to import, and the client waits.
            from codexwire.cli.validate_schemas import SchemaChoice

            SchemaChoice(schema).check()
        group: dict[str, Any] = {} if sys.platform == "win32" else {"process_group": 0}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "codexwire.cli.record_watch", name, schema],
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

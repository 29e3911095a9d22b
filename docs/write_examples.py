"""Write schema/examples.json: a real message of every method that the tests' recordings have.

    python docs/write_examples.py

The newest release that has a method gives its example. The recordings were made on loopback with a stub for
the model (tests/data/recordings/README.md), and are redacted.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from codexwire.version import Version

TOP = Path(__file__).resolve().parents[1]
RECORDINGS = TOP / "tests" / "data" / "recordings"
OUT = TOP / "schema" / "examples.json"
MOST = 4000


def messages(path: Path) -> Iterator[tuple[str, Any]]:
    """Yield who sent each message of a recording, and the message."""
    for line in path.read_text("utf-8").splitlines():
        record = json.loads(line)
        if isinstance(record.get("msg"), dict):
            yield f"{record.get('conn')} {record['dir']}", record["msg"]


def examples(path: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield each method of a recording with a message, and the result of a request."""
    waiting: dict[tuple[str, Any], dict[str, Any]] = {}
    for sender, message in messages(path):
        if "method" in message:
            found = {"message": message}
            if "id" in message:
                waiting[sender, message["id"]] = found
            else:
                yield message["method"], found
            continue
        connection, side = sender.rsplit(" ", 1)
        asker = f"{connection} {'server' if side == 'client' else 'client'}"
        asked = waiting.pop((asker, message.get("id")), None)
        if asked is not None and "result" in message:
            yield asked["message"]["method"], {**asked, "answer": message}


def main() -> None:
    """Write the file."""
    kept: dict[str, dict[str, Any]] = {}
    folders = (path for path in RECORDINGS.iterdir() if path.is_dir())
    for folder in sorted(folders, key=lambda path: Version.parse(path.name), reverse=True):
        for path in sorted(folder.glob("*.jsonl")):
            for method, found in examples(path):
                if method not in kept and len(json.dumps(found)) <= MOST:
                    kept[method] = {"release": folder.name, **found}
    OUT.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n", "utf-8")


if __name__ == "__main__":
    main()

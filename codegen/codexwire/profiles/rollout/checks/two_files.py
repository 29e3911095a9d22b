"""Two files are of one thread.

`thread/revert` opens a second file of the same thread, named after it and another id, that goes on from a
place in the first; a cold file may lie packed beside itself. Other pairs are copies.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from codexwire.finding import Level
from codexwire.model.lines import FileCheck, Understood
from codexwire.model.session_check import CheckNote


def check(files: Mapping[str, Understood]) -> Iterable[tuple[str, CheckNote]]:
    """Yield a note for each file of a thread that an earlier one is of."""
    first: dict[str, str] = {}
    for path, found in files.items():
        for thread in found.threads:
            if thread in first:
                yield path, _note(first[thread], path, thread, files)
            first.setdefault(thread, path)


def _note(one: str, two: str, thread: str, files: Mapping[str, Understood]) -> CheckNote:
    bases = (files[path].facts["base"] for path in (one, two))
    if any(base is not None and base[0] == thread for base in bases):
        return CheckNote(1, Level.INFO, f"the same thread as {one}, reverted")
    if _plain(one) == _plain(two):
        return CheckNote(1, Level.INFO, f"the same file as {one}, one of them packed")
    return CheckNote(1, Level.WARNING, f"the same thread as {one}, of which no line tells why")


def _plain(path: str) -> str:
    return path.removesuffix(".zst").removesuffix(".gz")


CHECK = FileCheck(
    id="two-files",
    title="Two files are of one thread.",
    level=Level.WARNING,
    evidence=(
        "0.151.0–0.171.0: thread/revert writes rollout-TIME-THREAD_OTHER.jsonl beside the first file",
        "0.144.4, 0.171.0: a packed file may lie beside the plain one",
    ),
    check=check,
)

"""A file goes on from a history that stands in another file.

A paginated fork or reverted thread holds none of what was before: `history_base` names the thread and the
ordinal. Read alone, the file is a thread without its beginning.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from codexwire.finding import Level
from codexwire.model.lines import FileCheck, Understood
from codexwire.model.session_check import CheckNote


def check(files: Mapping[str, Understood]) -> Iterable[tuple[str, CheckNote]]:
    """Yield for each such file where the earlier lines are, or that they are not given."""
    for path, found in files.items():
        if (base := found.facts["base"]) is not None:
            thread, end = base
            yield path, _note(thread, end, _holders(files, path, thread, end))


def _holders(
    files: Mapping[str, Understood], path: str, thread: str, end: int
) -> dict[str, Understood]:
    """Return the other files of that thread: of one with two, those that begin before the ordinal."""
    return {
        other: found
        for other, found in files.items()
        if other != path and thread in found.threads and (found.facts["first"] or 0) < end
    }


def _note(thread: str, end: int, holders: Mapping[str, Understood]) -> CheckNote:
    if not holders:
        return CheckNote(1, Level.INFO, f"{end} earlier lines in thread {thread}, not given")
    name, holder = max(holders.items(), key=lambda item: item[1].facts["last"] or 0)
    last = holder.facts["last"]
    if last is None or last < end - 1:
        reached = "are not written" if last is None else f"end at {last}"
        text = f"{end} earlier lines in thread {thread}, whose ordinals {reached} in {name}"
        return CheckNote(1, Level.WARNING, text)
    return CheckNote(1, Level.INFO, f"{end} earlier lines in thread {thread}: {name}")


CHECK = FileCheck(
    id="earlier-history",
    title="A file goes on from a history that stands in another file.",
    level=Level.WARNING,
    evidence=(
        "0.151.0–0.171.0: forks of paginated threads, and thread/revert, of the thread's own file",
    ),
    check=check,
)

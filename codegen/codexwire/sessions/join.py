"""Several files to one thread, and a thread to the one that it goes on from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import NamedTuple

from msgspec.structs import replace

from codexwire.model.message import parse_object
from codexwire.sessions.files import Loaded, Sight
from codexwire.sessions.model import History, Note, Place, Thread, Turn, Usage
from codexwire.sessions.values import less
from codexwire.transcript.source import OpenRecording

__all__ = ["Past", "joined_rollouts", "joined_streams", "past_of", "resolved", "with_copies"]


class Past(NamedTuple):
    """What is kept of a thread for those that go on from it: its files' first ordinals, its turns' places."""

    sights: tuple[Sight, ...]
    turns: tuple[tuple[str, Place], ...]

    def before(self, ordinal: int) -> tuple[str, ...]:
        """Return the ids of the turns that begin before a line of the history."""
        first = {sight.path: sight.ordinal for sight in self.sights}
        return tuple(id for id, at in self.turns if first[at.file] + at.line - 1 < ordinal)

    def place(self, ordinal: int) -> Place | None:
        """Return the place of a line of the history, if it is in a file of the thread."""
        for sight in reversed(self.sights):
            if sight.ordinal <= ordinal:
                return Place(sight.path, ordinal - sight.ordinal + 1)
        return None


def past_of(thread: Thread, sights: Sequence[Sight]) -> Past:
    """Return what is kept of a thread."""
    return Past(tuple(sights), tuple((turn.id, turn.place) for turn in thread.turns))


def resolved(thread: Thread, pasts: dict[str, Past]) -> Thread:
    """Return the thread with what is known of the threads that it goes on from."""
    return replace(thread, history=tuple(_resolved(h, pasts) for h in thread.history))


def _resolved(history: History, pasts: dict[str, Past]) -> History:
    past = pasts.get(history.thread_id)
    if past is None or history.lines is None:
        return history
    end, turns = past.place(history.lines), past.before(history.lines)
    return replace(history, given=True, end=end, turns=turns)


def joined_rollouts(loaded: Sequence[Loaded], sights: Sequence[Sight]) -> Thread:
    """Return the thread of one or more rollouts: a revert goes on in another file, from a line before.

    The turns that it leaves behind are marked as rolled back.
    """
    threads, sights = _without_copies([found.threads[0] for found in loaded], sights)
    first, *later = threads
    if not later:
        return first
    turns, history = [*first.turns], [*first.history]
    known = [sights[0]]
    for thread, sight in zip(later, sights[1:], strict=True):
        for base in thread.history:
            if base.thread_id == thread.id and base.lines is not None:
                past = Past(tuple(known), tuple((t.id, t.place) for t in turns))
                kept = past.before(base.lines)
                turns = [t if t.id in kept else replace(t, rolled_back=True) for t in turns]
                base = replace(base, given=True, end=past.place(base.lines), turns=kept)
            history.append(base)
        turns += thread.turns
        known.append(sight)
    usage = next((t.usage for t in reversed(threads) if t.usage is not None), None)
    return replace(
        first,
        files=tuple(file for thread in threads for file in thread.files),
        turns=tuple(turns),
        history=tuple(dict.fromkeys(history)),
        usage=usage,
        own_usage=_sum_of_own(first, usage),
        name=next((t.name for t in reversed(threads) if t.name), None),
    )


def _without_copies(
    threads: Sequence[Thread], sights: Sequence[Sight]
) -> tuple[list[Thread], list[Sight]]:
    """Leave out files that are copies of another: of those that begin alike, the longest counts."""
    kept: dict[int, tuple[Thread, Sight]] = {}
    notes: list[Note] = []
    for thread, sight in zip(threads, sights, strict=True):
        known = kept.get(sight.ordinal)
        if known is None or len(known[0].turns) < len(thread.turns):
            kept[sight.ordinal] = (thread, sight)
        if known is not None:
            out = thread if kept[sight.ordinal] is known else known[0]
            notes.append(Note("copy", "a copy of the thread's file, which was left out", out.place))
    first, *later = kept.values()
    joined = replace(first[0], notes=(*first[0].notes, *notes))
    return [joined, *(thread for thread, _ in later)], [first[1], *(sight for _, sight in later)]


def _sum_of_own(first: Thread, usage: Usage | None) -> Usage | None:
    """Return the own usage, for a total that goes on counting in a later file."""
    if first.own_usage is None or first.usage is None or usage is None:
        return first.own_usage
    return less(usage, less(first.usage, first.own_usage))


def joined_streams(threads: Iterable[Thread]) -> Thread:
    """Return the thread of several exec streams, in the order in which its usage grew."""
    first, *later = sorted(threads, key=_tokens)
    turns = [turn for thread in (first, *later) for turn in thread.turns]
    for at, (before, turn) in enumerate(pairwise(turns[:]), 1):
        if before.total_usage is not None and turn.total_usage is not None:
            turns[at] = replace(turn, usage=less(turn.total_usage, before.total_usage))
    usage = (later or [first])[-1].usage
    files = tuple(file for thread in (first, *later) for file in thread.files)
    return replace(first, files=files, turns=tuple(turns), usage=usage)


def _tokens(thread: Thread) -> int:
    return (thread.usage.input_tokens or 0) if thread.usage else 0


def with_copies(thread: Thread, parent: Sight) -> Thread:
    """Return a legacy fork whose turns say whether they were copied, by its parent's lines.

    The fork holds its parent's lines, as they were then, from its second line on.
    """
    copied = 1 + _copied_lines(thread.place.file, parent.path)
    turns = tuple(_marked(turn, turn.place.line <= copied) for turn in thread.turns)
    before = [t.total_usage for t in turns if t.copied and t.total_usage is not None]
    own = less(thread.usage, before[-1]) if thread.usage and before else thread.usage
    return replace(thread, turns=turns, own_usage=own)


def _marked(turn: Turn, copied: bool) -> Turn:
    return replace(turn, copied=copied) if turn.copied is None else turn


def _copied_lines(fork: str, parent: str) -> int:
    count = 0
    with OpenRecording(fork) as mine, OpenRecording(parent) as theirs:
        lines = mine.lines()
        begun = parse_object(next(lines, (0, b""))[1]) or {}
        for (_, own), (_, other) in zip(lines, theirs.lines(), strict=False):
            copy, line = parse_object(own) or {}, parse_object(other) or {}
            late = str(line.get("timestamp")) > str(begun.get("timestamp"))
            if late or copy.get("payload") != line.get("payload"):
                break
            count += 1
    return count

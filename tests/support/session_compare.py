"""How far two sources of the same session agree in the neutral view of `codexwire.session`.

    python tests/support/session_compare.py TRUTH_FOLDER OTHER_FOLDER [-v]

TRUTH_FOLDER holds recordings of the app-server (or rollouts), OTHER_FOLDER rollouts (or exec streams) of the
same sessions, told by their thread ids. Each turn of the truth is looked for in the other; every value is
equal, lost (unknown in the other, or an item that it does not have), more (an item that the truth does
not show and the model's call proves) or wrong (another value, or any other item or turn too many). `-v`
prints what is not equal.

A turn of which the other says that it may go on with the one before is taken for a part of it where the
truth has none that begins so; that it says so, is lost in either case.
"""

from __future__ import annotations

import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from difflib import SequenceMatcher
from itertools import groupby
from typing import Any

from msgspec.structs import replace

from codexwire import session

VALUES: dict[type, tuple[str, ...]] = {
    session.User: ("text",),
    session.Agent: ("text",),
    session.Reasoning: ("text", "raw"),
    session.Command: ("command", "exit_code", "status", "output"),
    session.FileChange: ("changes", "status"),
    session.Tool: ("server", "name", "status"),
    session.Search: ("query",),
    session.Image: ("action",),
    session.Review: ("phase", "text"),
    session.Compaction: (),
    session.SubAgent: ("tool", "status"),
    session.Plan: ("text",),
}
"""What the sources can agree in; texts for the model and its bare calls are in rollouts alone."""

CUT = re.compile(r"… \[\d+ more characters left out\]$")
LOST, WRONG, EQUAL, MORE = "lost", "wrong", "equal", "more"

UNTOLD = (None, "", session.UNKNOWN, "inProgress")
"""What the truth says when it does not know."""

KNOWN_BY_CALLS = (session.Command, session.Image, session.Tool, session.SubAgent, session.Review)
"""What a rollout knows by the model's calls, also where the server showed no item."""

BESIDE = {
    "id",
    "beginning",
    "Reasoning.parts",
    "status",
    "usage",
    "Command.output",
    "Command.status",
    "Tool.status",
    "SubAgent.status",
}
"""What is counted, and does not decide whether all items of two turns are equal."""


def values_of(item: Any) -> dict[str, Any]:
    told = {name: getattr(item, name, None) for name in VALUES[type(item)]}
    if isinstance(item, session.FileChange):
        told["changes"] = {changed.path: changed.kind for changed in item.changes}
    return told


def items_of(turn: session.Turn, leave_out: Iterable[type] = ()) -> list[Any]:
    return [i for i in turn.items if type(i) in VALUES and type(i) not in tuple(leave_out)]


def key_of(item: Any) -> tuple[str, ...]:
    first = str(next(iter(values_of(item).values()), ""))
    found = CUT.search(first)
    return (type(item).__name__, first[: found.start() if found else None][:60])


def compare(truth: Any, other: Any) -> str:
    """Say how a value agrees with the true one."""
    if truth == other or _is_cut(truth, other):
        return EQUAL
    if isinstance(truth, str) and isinstance(other, str) and truth in other:
        return MORE
    return LOST if other in (None, session.UNKNOWN, "") else WRONG


def _is_cut(truth: Any, other: Any) -> bool:
    """Whether a text of the corpus is the true one, cut."""
    found = CUT.search(other) if isinstance(other, str) else None
    return found is not None and isinstance(truth, str) and truth.startswith(other[: found.start()])


def compared_items(
    truth: list[Any], other: list[Any], *, partial: bool = False
) -> Iterator[tuple[str, str, Any, Any]]:
    """Yield (what, verdict, true value, other value) for each value of each item.

    Of a truth that is `partial` the other may have more.
    """
    parted, other = len(other), [*_with_whole_reasoning(truth, other)]
    yield from [("Reasoning.parts", LOST, None, None)] * (parted - len(other))
    theirs, ours = [key_of(i) for i in truth], [key_of(i) for i in other]
    for at, key in enumerate(theirs):
        left = truth[at]
        if key not in ours:
            if not _is_empty(left):
                yield type(left).__name__, LOST, values_of(left), None
            continue
        right = other[ours.index(key)]
        ours[ours.index(key)] = ()
        told = values_of(right)
        for name, value in values_of(left).items():
            if value not in UNTOLD:
                what = f"{type(left).__name__}.{name}"
                yield what, compare(value, told[name]), value, told[name]
    for key, right in zip(ours, other, strict=True):
        if key:
            verdict = MORE if partial or isinstance(right, KNOWN_BY_CALLS) else WRONG
            yield type(right).__name__, verdict, None, values_of(right)


def _with_whole_reasoning(truth: list[Any], other: list[Any]) -> Iterator[Any]:
    """Yield the other's items, those together that are parts of one in the truth: exec streams up to 0.115.0
    have each part of a summary as an item."""
    whole = {item.text for item in truth if isinstance(item, session.Reasoning)}
    for is_reasoning, run in groupby(other, lambda item: isinstance(item, session.Reasoning)):
        parts = [*run]
        while is_reasoning and parts:
            texts = {n: "\n".join(p.text for p in parts[:n]) for n in range(len(parts), 0, -1)}
            size = next((n for n, text in texts.items() if text in whole), 1)
            yield replace(parts[0], text=texts[size])
            parts = parts[size:]
        yield from parts


def _is_empty(item: Any) -> bool:
    """Whether an item began and nothing came of it."""
    return not any(value for name, value in values_of(item).items() if name != "status")


def compared_turns(
    truth: session.Turn,
    other: session.Turn,
    leave_out: Iterable[type] = (),
    *,
    partial: bool = False,
) -> Iterator[tuple[str, str, Any, Any]]:
    """Yield how two turns agree."""
    if not truth.own_id:
        verdict = LOST if other.own_id else compare(truth.id, other.id)
        yield "id", verdict, truth.id, other.id
    yield "beginning", EQUAL if other.continues is False else LOST, False, other.continues
    if truth.status != session.UNKNOWN:
        yield "status", compare(truth.status, other.status), truth.status, other.status
    left, right = _counts(truth.total_usage), _counts(other.total_usage)
    if left:
        shared = left.keys() & right.keys()
        same = {n: left[n] for n in shared} == {n: right[n] for n in shared}
        yield "usage", LOST if not shared else EQUAL if same else WRONG, left, right
    ours = items_of(other, leave_out)
    yield from compared_items(items_of(truth, leave_out), ours, partial=partial)


def _counts(usage: session.Usage | None) -> dict[str, int]:
    names = usage.__struct_fields__ if usage else ()
    return {name: value for name in names if (value := getattr(usage, name)) is not None}


def pairs(
    truth: session.Thread, other: session.Thread
) -> Iterator[tuple[session.Turn | None, session.Turn | None]]:
    """Yield the turns that belong together: by their ids, or else in order by what the user wrote."""
    own = [turn for turn in other.turns if turn.copied is False]
    if not any(turn.own_id for turn in own):
        known = {turn.id: turn for turn in own}
        for turn in truth.turns:
            yield turn, known.pop(turn.id, None)
        yield from ((None, turn) for turn in known.values())
        return
    theirs = [_said(t) for t in truth.turns]
    own = [*_with_whole_turns(theirs, own)]
    ours = [_said(t) for t in own]
    for tag, a, b, c, d in SequenceMatcher(None, theirs, ours, autojunk=False).get_opcodes():
        lefts, rights = [*truth.turns[a:b]], [*own[c:d]]
        size = min(len(lefts), len(rights)) if tag in ("equal", "replace") else 0
        yield from zip(lefts[:size], rights[:size], strict=True)
        yield from ((left, None) for left in lefts[size:])
        yield from ((None, right) for right in rights[size:])


def _with_whole_turns(
    theirs: list[tuple[Any, ...]], own: list[session.Turn]
) -> Iterator[session.Turn]:
    """Yield the turns, those in one that may go on with the one before and that the truth has not."""
    matcher = SequenceMatcher(None, theirs, [_said(t) for t in own], autojunk=False)
    known = {at for _, b, n in matcher.get_matching_blocks() for at in range(b, b + n)}
    whole: session.Turn | None = None
    for at, turn in enumerate(own):
        if whole is None or at in known or turn.continues is False:
            if whole is not None:
                yield whole
            whole = turn
        else:
            total = turn.total_usage or whole.total_usage
            whole = replace(
                turn,
                id=whole.id,
                place=whole.place,
                total_usage=total,
                continues=None,
                items=whole.items + turn.items,
            )
    if whole is not None:
        yield whole


def _said(turn: session.Turn) -> tuple[Any, ...]:
    return tuple(type(i).__name__ + str(getattr(i, "text", ""))[:60] for i in items_of(turn)[:1])


class Figures:
    """What the comparison of many threads comes to."""

    def __init__(self) -> None:
        self.counts: Counter[tuple[str, str]] = Counter()
        self.turns = Counter[str]()
        self.told: list[str] = []

    def take(
        self, truth: session.Thread, other: session.Thread, leave_out: Iterable[type] = ()
    ) -> None:
        begun_before = {note.place for note in truth.notes if note.rule == "begun-before"}
        for left, right in pairs(truth, other):
            if left is None or right is None:
                which, turn = ("extra", right) if left is None else ("missing", left)
                if turn is None or not items_of(turn):
                    continue
                self.turns[which] += 1
                self.counts["turn", WRONG if left is None else LOST] += 1
                self.told.append(f"{which} turn {turn.place.file}:{turn.place.line} {_said(turn)}")
                continue
            self.turns["turns"] += 1
            agreed = True
            for what, verdict, true, told in compared_turns(
                left, right, leave_out, partial=left.place in begun_before
            ):
                self.counts[what, verdict] += 1
                if verdict != EQUAL:
                    agreed = agreed and what in BESIDE
                    where = f"{right.place.file}:{right.place.line}"
                    self.told.append(f"{verdict} {what} in {where}: {true!r} | {told!r}")
            self.turns["all items equal"] += agreed

    def table(self) -> str:
        whats = sorted({what for what, _ in self.counts})
        lines = [", ".join(f"{count} {name}" for name, count in sorted(self.turns.items()))]
        for what in whats:
            row = (
                f"{self.counts[what, verdict]:5} {verdict}"
                for verdict in (EQUAL, LOST, MORE, WRONG)
            )
            lines.append(f"  {what:22}{'  '.join(row)}")
        return "\n".join(lines)


def figures(truth: str, other: str, leave_out: Iterable[type] = ()) -> Figures:
    """Compare the threads that two folders (or files) have both."""
    others = {thread.id: thread for thread in session.walk(other)}
    found = Figures()
    truths: dict[str, session.Thread] = {}
    for thread in session.walk(truth):  # one thread may be in several recordings
        known = truths.get(thread.id)
        both = (
            thread
            if known is None
            else replace(known, turns=known.turns + thread.turns, notes=known.notes + thread.notes)
        )
        truths[thread.id] = both
    for thread in truths.values():
        if thread.id in others:
            found.take(thread, others[thread.id], leave_out)
    return found


if __name__ == "__main__":
    arguments = [a for a in sys.argv[1:] if a != "-v"]
    exec_too = any("exec" in a for a in arguments)
    done = figures(*arguments, leave_out=(session.User,) if exec_too else ())
    print(done.table())
    if "-v" in sys.argv:
        print("\n".join(done.told))

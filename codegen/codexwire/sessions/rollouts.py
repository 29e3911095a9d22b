"""A rollout to a thread: by the vocabulary that its history mode says, never by its release."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from codexwire.profiles.rollout.lines import payload_of
from codexwire.sessions.legacy import LEGACY
from codexwire.sessions.lineage import history_of, mark_copied, own_usage, parent_of
from codexwire.sessions.lines import Json, Notes, objects
from codexwire.sessions.losses import lost_by
from codexwire.sessions.model import Note, Reasoning, Thread
from codexwire.sessions.paginated import PAGINATED
from codexwire.sessions.rollout import Handler, Rollout, RolloutLine, type_of
from codexwire.sessions.rollout_lines import IGNORED
from codexwire.sessions.values import of_type, text_of
from codexwire.transcript.entry import TranscriptItem

__all__ = ["history_mode", "read_rollout"]


def history_mode(meta: Mapping[str, Any]) -> str:
    """Return the history mode of a `session_meta`: `legacy` where it names none."""
    return text_of(meta, "history_mode") or "legacy"


def read_rollout(items: Iterable[TranscriptItem], notes: Notes) -> tuple[Thread, ...]:
    """Return the thread of a rollout, by the lines of its file."""
    rollout = Rollout(notes)
    table: Mapping[str, Handler] = LEGACY
    for entry, line in objects(items, notes):
        type = type_of(line)
        if type == "session_meta" and not rollout.metas:
            table = LEGACY if history_mode(payload_of(line)) == "legacy" else PAGINATED
        handle = table.get(type)
        if handle is not None:
            handle(rollout, _line(entry.line, line))
        elif type not in IGNORED:
            notes.unknown[type] += 1
        rollout.last_written = of_type(line.get("timestamp"), str)
    _settle(rollout)
    mark_copied(rollout.draft, rollout.metas, rollout.ordinals)
    return (_thread(rollout),)


def _line(number: int, line: Json) -> RolloutLine:
    return RolloutLine(
        number,
        of_type(line.get("timestamp"), str),
        of_type(line.get("ordinal"), int),
        payload_of(line),
    )


def _open_turns(rollout: Rollout) -> Iterator[Note]:
    """Say which turns began and did not end: their writer may have been stopped, or still write."""
    for turn in rollout.draft.turns:
        if turn.is_told and not turn.is_over:
            yield Note("turn-without-end", f"the turn {turn.id} has no end", turn.place)


def _open_beginnings(rollout: Rollout) -> Iterator[Note]:
    """Say that messages of the user's may have been sent into a turn that ran."""
    turns = [turn for turn in rollout.draft.turns if turn.continues is None]
    if turns:
        text = "no line tells whether it is a turn of its own or goes on with the one before"
        yield Note("turn-without-beginning", text, turns[0].place, len(turns))


def _settle(rollout: Rollout) -> None:
    """Put what still waits for its turn into the last one."""
    turn = rollout.draft.latest
    if turn is None:
        return
    rollout.settle_words(turn)
    if rollout.thoughts:
        text = "\n".join(text for _, text in rollout.thoughts)
        raw = "\n".join(rollout.raw_thoughts) or None
        rollout.put(turn, Reasoning(**rollout.head(rollout.thoughts[0][0]), text=text, raw=raw))


def _thread(rollout: Rollout) -> Thread:
    meta = rollout.metas[0] if rollout.metas else {}
    mode = history_mode(meta)
    file = rollout.notes.file
    return Thread(
        id=text_of(meta, "id") or file,
        place=rollout.draft.place(1),
        files=(file,),
        source="rollout",
        history_mode=mode,
        parent=parent_of(meta),
        history=history_of(meta),
        name=rollout.name,
        cwd=of_type(meta.get("cwd"), str),
        created=of_type(meta.get("timestamp"), str),
        cli_version=of_type(meta.get("cli_version"), str),
        originator=of_type(meta.get("originator"), str),
        usage=rollout.draft.total,
        own_usage=own_usage(rollout.draft),
        turns=tuple(rollout.draft.frozen_turns()),
        notes=(*_open_turns(rollout), *_open_beginnings(rollout)),
        lost=lost_by("legacy" if mode == "legacy" else "paginated"),
    )

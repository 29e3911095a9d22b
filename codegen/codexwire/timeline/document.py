"""Rows, threads and findings as plain values, which the script of the page draws."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, pairwise
from typing import Any

from codexwire.finding import Finding, page_url
from codexwire.sessions.model import (
    UNKNOWN,
    Item,
    Note,
    Place,
    Session,
    Thread,
    Turn,
    Usage,
    User,
)
from codexwire.timeline.rows import TimelineRow
from codexwire.timeline.titles import title

__all__ = ["document"]

_NONE = -1
_COUNTS = ("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_output_tokens")
_IN_AND_OUT = (0, 2)


def document(
    rows: Sequence[TimelineRow], session: Session, findings: Iterable[Finding]
) -> dict[str, Any]:
    """Return what is known of all rows, beside their text.

    A row is known by its number, −1 stands for none. The columns of `rows` are lists of differences, each
    from the row before it: they pack well.
    """
    drawn = _Drawing(rows, session)
    heads = _Numbers()
    columns = {
        "head": [
            heads.of((row.kind, row.side.value if row.side else "", row.method)) for row in rows
        ],
        "file": [drawn.files.of(row.file) for row in rows],
        "line": [row.line for row in rows],
        "lane": [drawn.lane_of(row) for row in rows],
        "turn": drawn.turn_of,
        "item": drawn.item_of,
    }
    if rows and all(row.seconds is not None for row in rows):
        columns["time"] = [round(1000 * (row.seconds or 0)) for row in rows]
    found = [*drawn.findings(findings), *drawn.notes(session)]
    return {
        "files": [*drawn.files],
        "heads": [*heads],
        "rows": {name: _differences(column) for name, column in columns.items()},
        "lanes": drawn.lanes,
        "turns": drawn.turns,
        "items": drawn.items,
        "tokens": sorted(drawn.tokens(rows, columns["lane"])),
        "answers": [[r.request.number, r.number] for r in rows if r.request is not None],
        "findings": found,
        "pages": {rule: page_url(rule) for _, level, rule, *_ in found if level != "note"},
    }


def _differences(column: Sequence[int]) -> list[int]:
    return [after - before for before, after in pairwise((0, *column))]


class _Numbers(dict[Any, int]):
    """Values with the number that each got when it came first."""

    def of(self, value: Any) -> int:
        return self.setdefault(value, len(self))


class _Drawing:
    """The lanes, turns and items of a session, and where its rows belong."""

    def __init__(self, rows: Sequence[TimelineRow], session: Session) -> None:
        self.files = _Numbers()
        self.lanes: list[dict[str, Any]] = []
        self.turns: list[dict[str, Any]] = []
        self.items: list[list[Any]] = []
        self._rows_at = _Rows(rows)
        self._lane_by_id: dict[str, int] = {}
        self._lane_by_file: dict[str, int] = {}
        self._turns_by_id: dict[tuple[str, str, str], list[tuple[int, int]]] = {}
        self._turns_by_file: dict[str, list[tuple[int, int]]] = {}
        self._items_by_id: dict[tuple[int, str], int] = {}
        for thread in self._by_begin(session.threads):
            self._thread(thread)
        for begun in (*self._turns_by_id.values(), *self._turns_by_file.values()):
            begun.sort()
        self.turn_of = [*map(self._turn_of, rows)]
        self.item_of = [*map(self._item_of, rows)]
        self._settle_turns()
        self._settle_items()

    def _by_begin(self, threads: Iterable[Thread]) -> Iterator[Thread]:
        """Yield the threads by when they begin, each with those that hang below it."""
        trees: list[list[Thread]] = []
        for thread in threads:
            if thread.depth and trees:
                trees[-1].append(thread)
            else:
                trees.append([thread])
        trees.sort(key=lambda tree: self._row_at(tree[0].place))
        yield from chain.from_iterable(trees)

    def _thread(self, thread: Thread) -> None:
        lane = len(self.lanes)
        self._lane_by_id.setdefault(thread.id, lane)
        for file in thread.files:
            self._lane_by_file.setdefault(file, lane)
        parent = thread.parent
        self.lanes.append(
            {
                "id": thread.id,
                "name": thread.name,
                "begin": next((title(i) for i in _items(thread) if isinstance(i, User)), None),
                "relation": parent.relation if parent else None,
                "parent": parent.thread_id if parent else None,
                "depth": thread.depth,
                "cwd": thread.cwd,
                "release": thread.cli_version,
                "usage": _counts(thread.usage),
            }
        )
        for turn in thread.turns:
            self._turn(turn, thread.id, lane)

    def _turn(self, turn: Turn, thread: str, lane: int) -> None:
        number, at = len(self.turns), self._row_at(turn.place)
        key = (turn.place.file, thread, turn.id)
        self._turns_by_id.setdefault(key, []).append((turn.place.line, number))
        self._turns_by_file.setdefault(turn.place.file, []).append((turn.place.line, number))
        self.turns.append(
            {
                "id": turn.id,
                "lane": lane,
                "status": turn.status,
                "error": turn.error,
                "ms": turn.duration_ms,
                "usage": _counts(turn.usage),
                "total": _counts(turn.total_usage),
                "back": int(turn.rolled_back),
                "first": at,
            }
        )
        for item in turn.items:
            self._items_by_id[number, item.id] = len(self.items)
            kind = type(item).__struct_config__.tag
            status = getattr(item, "status", "")
            self.items.append([number, kind, title(item), status, self._row_at(item.place)])

    def _turn_of(self, row: TimelineRow) -> int:
        """Return the turn of a row: by its ids, or of a line the one that has begun last."""
        if row.kind == "line":
            begun = self._turns_by_file.get(row.file, ())
            at = bisect_right(begun, (row.line, len(self.turns))) - 1
            return begun[at][1] if at >= 0 else _NONE
        ids = row.ids
        begun = self._turns_by_id.get((row.file, ids.thread or UNKNOWN, ids.turn or ""), ())
        at = bisect_right(begun, (row.line, len(self.turns))) - 1
        return begun[max(at, 0)][1] if begun else _NONE

    def _item_of(self, row: TimelineRow) -> int:
        return self._items_by_id.get((self.turn_of[row.number], row.ids.item or ""), _NONE)

    def _settle_turns(self) -> None:
        """Say from which row to which each turn goes; of what no row is about, where the view has it."""
        spans: dict[int, list[int]] = {}
        for row, number in enumerate(self.turn_of):
            spans.setdefault(number, []).append(row)
        for number, turn in enumerate(self.turns):
            about = spans.get(number) or [turn["first"]]
            turn["first"], turn["last"] = about[0], about[-1]

    def _settle_items(self) -> None:
        """Give items without a row in their own turn the last row that mentions them."""
        last = {item: row for row, item in enumerate(self.item_of)}
        for number, item in enumerate(self.items):
            if item[4] == _NONE or self.turn_of[item[4]] != item[0]:
                item[4] = last.get(number, item[4])

    def lane_of(self, row: TimelineRow) -> int:
        """Return the lane of a row; a thread that has no turns gets one, too."""
        if self.turn_of[row.number] != _NONE:
            return int(self.turns[self.turn_of[row.number]]["lane"])
        if row.kind == "line" or row.ids.thread is None:
            return self._lane_by_file.get(row.file, _NONE) if row.kind == "line" else _NONE
        if row.ids.thread not in self._lane_by_id:
            self._lane_by_id[row.ids.thread] = len(self.lanes)
            self.lanes.append({"id": row.ids.thread, "depth": 0})
        return self._lane_by_id[row.ids.thread]

    def tokens(
        self, rows: Sequence[TimelineRow], lanes: Sequence[int]
    ) -> Iterator[tuple[int, int]]:
        """Yield what a thread had used after a row: as it is reported, else as it is known after a turn."""
        told = {lanes[row.number] for row in rows if row.tokens}
        yield from ((row.number, row.tokens) for row in rows if row.tokens)
        for turn in self.turns:
            if turn["lane"] not in told and turn["total"] is not None:
                yield turn["last"], sum(turn["total"][at] or 0 for at in _IN_AND_OUT)

    def findings(self, findings: Iterable[Finding]) -> Iterator[list[Any]]:
        """Yield what was found, with the row that it is about."""
        for finding in findings:
            where, facts = finding.location, finding.facts
            at = self._rows_at.of(where.file, where.line, facts.get("place"))
            yield [at, finding.level.value, finding.rule, finding.message, where.pointer or ""]

    def notes(self, session: Session) -> Iterator[list[Any]]:
        """Yield what is odd about files and threads, as findings of the level `note`."""
        of_files = (note for file in session.files for note in file.notes)
        of_threads = (note for thread in session.threads for note in thread.notes)
        for note in chain(of_files, of_threads):
            yield [self._row_at(note.place), "note", note.rule, _told(note), ""]

    def _row_at(self, place: Place) -> int:
        return self._rows_at.of(place.file, place.line)


class _Rows:
    """The rows by file and line, of which the text of a document may have several."""

    def __init__(self, rows: Sequence[TimelineRow]) -> None:
        self._lines: dict[str, list[int]] = {}
        self._numbers: dict[str, list[int]] = {}
        self._places: dict[tuple[str, str], int] = {}
        for row in sorted(rows, key=lambda row: row.line):
            self._lines.setdefault(row.file, []).append(row.line)
            self._numbers.setdefault(row.file, []).append(row.number)
            if pointer := getattr(row.line, "pointer", None):
                self._places[row.file, pointer] = row.number

    def of(self, file: str | None, line: int | None, pointer: str | None = None) -> int:
        """Return the row at a place, else the last one before it; −1 for a whole file."""
        if pointer is not None and (file or "", pointer) in self._places:
            return self._places[file or "", pointer]
        lines = self._lines.get(file or "")
        if line is None or not lines:
            return _NONE
        at = bisect_right(lines, line) - 1
        while at > 0 and lines[at - 1] == line:
            at -= 1
        return self._numbers[file or ""][max(at, 0)]


def _items(thread: Thread) -> Iterator[Item]:
    return chain.from_iterable(turn.items for turn in thread.turns)


def _counts(usage: Usage | None) -> list[int | None] | None:
    return [getattr(usage, name) for name in _COUNTS] if usage is not None else None


def _told(note: Note) -> str:
    return note.text if note.count == 1 else f"{note.text} ({note.count} times)"

"""What each message or line of a file is about: who sent it, its method, its thread, turn and item."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import chain
from typing import Any, TypeAlias

from msgspec import Struct

from codexwire.direction import Side
from codexwire.model.exchange import Exchange
from codexwire.model.identity import Ids
from codexwire.model.lines import name_of
from codexwire.model.message import Json, MessageKind, RequestId, kind_of, parse_object, request_id
from codexwire.model.profile import Profile
from codexwire.model.turn_usage import TokenUsage, reported_usage
from codexwire.profiles.ids import ids_of
from codexwire.transcript.entry import ConnectionEnd, Entry, TranscriptItem

__all__ = ["TimelineRow", "in_order", "line_rows", "message_rows"]

_Call: TypeAlias = "tuple[str, Side | None, RequestId | None]"
_NO_IDS = Ids()
_NO_TOKENS = TokenUsage()
_NOTHING = (_NO_TOKENS, _NO_TOKENS, None)
_FAR = 1e12  # seconds
_LINE_ENDS = bytes.maketrans(b"\r\n", b"  ")


class TimelineRow(Struct, kw_only=True, eq=False):
    """A message, or a line of a file of lines.

    `kind` is that of the message, `line`, `closed` for the end of a connection, or `broken` for what is no
    JSON object; `method` is that of the request for an answer, the type for a line. `data` is its text in
    one line, `seconds` when it was written: of a line, since 1970. `request` is what an answer answers,
    `tokens` how many the thread had used, where it says that. `number` is its place among all rows.
    """

    file: str
    line: int
    kind: str
    side: Side | None = None
    method: str = ""
    data: bytes = b""
    seconds: float | None = None
    ids: Ids = _NO_IDS
    request: TimelineRow | None = None
    tokens: int = 0
    number: int = 0


def message_rows(file: str, items: Iterable[TranscriptItem]) -> list[TimelineRow]:
    """Return the rows of a recording of messages, answers with the request that they belong to."""
    requests: Exchange[_Call, TimelineRow] = Exchange()
    found: list[TimelineRow] = []
    for item in items:
        if isinstance(item, ConnectionEnd):
            found.append(TimelineRow(file=file, line=item.line, kind="closed", side=item.sender))
        elif isinstance(item, Entry):
            row, body = _row(file, item), parse_object(item.data)
            if body is not None:
                _tell(row, body, item.connection, requests)
            found.append(row)
    return found


def _row(file: str, entry: Entry) -> TimelineRow:
    return TimelineRow(
        file=file,
        line=entry.line,
        kind="broken",
        side=entry.sender,
        data=entry.data.translate(_LINE_ENDS),
        seconds=_sane(entry.seconds),
    )


def _sane(seconds: float | None) -> float | None:
    """Return a time that a clock can show, None for any other."""
    return seconds if seconds is not None and abs(seconds) < _FAR else None


def _tell(
    row: TimelineRow, body: Json, connection: str, requests: Exchange[_Call, TimelineRow]
) -> None:
    """Say what a message is about; an answer and its request say it of each other."""
    kind, rid = kind_of(body), request_id(body.get("id"))
    row.kind = kind.value
    if kind.is_answer:
        row.request = requests.take((connection, row.side.other if row.side else None, rid))
        row.method = row.request.method if row.request else ""
        row.ids = ids_of(row.method, body.get("result"), "result")
        if row.request is not None:
            asked = row.request.ids
            row.ids, row.request.ids = _either(row.ids, asked), _either(asked, row.ids)
    elif kind is not MessageKind.OTHER:
        row.method = str(body["method"])
        params = body.get("params")
        row.ids, row.tokens = ids_of(row.method, params, "params"), _tokens(params)
        if kind is MessageKind.REQUEST:
            requests.ask((connection, row.side, rid), row)


def _either(ids: Ids, others: Ids) -> Ids:
    return Ids(ids.thread or others.thread, ids.turn or others.turn, ids.item or others.item)


def line_rows(file: str, items: Iterable[TranscriptItem], profile: Profile) -> list[TimelineRow]:
    """Return the rows of a saved session or a stream of events."""
    found: list[TimelineRow] = []
    for item in items:
        if isinstance(item, Entry):
            row, body = _row(file, item), parse_object(item.data)
            if body is not None:
                row.kind, row.method = "line", name_of(body, profile.nested)
                row.seconds = _seconds(body.get("timestamp"))
                row.tokens = _tokens(body.get(profile.nested[0]))
            found.append(row)
    return found


def _tokens(report: Any) -> int:
    """Return what a thread has used, by a report of the last call and of all; 0 for any other value."""
    last, total, _ = (isinstance(report, dict) and reported_usage(report)) or _NOTHING
    return total.input_tokens + total.output_tokens if last != _NO_TOKENS else 0


def _seconds(written: Any) -> float | None:
    try:
        return _sane(datetime.fromisoformat(written).timestamp())
    except (TypeError, ValueError, OverflowError, OSError):
        return None


def in_order(files: Iterable[list[TimelineRow]]) -> list[TimelineRow]:
    """Return the rows of all files, numbered: by time where all are lines that say it, else as they stand.

    A row that does not say its time gets that of the row before it in its file.
    """
    files = [*files]
    for rows in files:
        _fill(rows)
    found = [*chain.from_iterable(files)]
    if all(row.kind in ("line", "broken") and row.seconds is not None for row in found):
        found.sort(key=_when)
    for number, row in enumerate(found):
        row.number = number
    return found


def _when(row: TimelineRow) -> float:
    return row.seconds or 0.0


def _fill(rows: list[TimelineRow]) -> None:
    last = next((row.seconds for row in rows if row.seconds is not None), None)
    for row in rows:
        last = row.seconds = last if row.seconds is None else row.seconds

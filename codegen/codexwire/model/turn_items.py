"""The items of a turn: as values, and how each comes together from pieces and whole messages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, TypeAlias

import msgspec

from codexwire.model.message import RequestId

__all__ = ["STREAMED", "TEXTS", "Item", "ItemProgress", "Json", "kind_of_item", "said"]

Json: TypeAlias = Mapping[str, Any]


class Item(msgspec.Struct, frozen=True):
    """One item of a turn.

    `kind` is the v2 name of its type (`agentMessage`, `commandExecution` …), for v1 items too. `status`
    is the server's word where the item has one, else `inProgress` or `completed`. `text` is the text
    of a message or plan, the summary (or else the content) of reasoning, the output of a command: as
    the completed item says it, before that as it has streamed. `wire` is the item as the server wrote
    it last, `message` the v2 notification that it stood in. `started` and `completed` are the `at` of
    the steps at which it began and was completed; None for what has not come.
    """

    id: str
    kind: str
    status: str
    text: str
    wire: Json
    message: Json | None = None
    started: float | None = None
    completed: float | None = None

    @property
    def is_final_answer(self) -> bool:
        """Whether the server calls this message the final answer of the turn."""
        return self.kind == "agentMessage" and self.wire.get("phase") == "final_answer"


class ItemProgress:
    """What has come of one item so far."""

    __slots__ = (
        "_item",
        "completed",
        "id",
        "is_v2",
        "kind",
        "message",
        "pieces",
        "requests",
        "started",
        "wire",
    )

    def __init__(self, item_id: str) -> None:
        self.id = item_id
        self.kind = ""
        self.wire: Json = {}
        self.message: Json | None = None
        self.is_v2 = False
        self.started: float | None = None
        self.completed: float | None = None
        self.pieces: dict[tuple[bool, str, int], list[str]] = {}
        self.requests: list[RequestId] = []
        self._item: Item | None = None

    @property
    def is_open(self) -> bool:
        """Whether the item has begun and not completed, or has begun again since."""
        if self.started is None:
            return False
        return self.completed is None or self.started > self.completed

    def start(self, at: float) -> None:
        """Take in that the item begins, maybe again."""
        self.started = at
        self._item = None

    def add(self, piece: str, member: str, index: int, *, legacy: bool) -> None:
        """Take in a piece of a member's text; those of v1 and of v2 say the same and are kept apart."""
        self.pieces.setdefault((legacy, member, index), []).append(piece)
        self._item = None

    def tell(self, kind: str, wire: Json, message: Json | None) -> None:
        """Take in the item as the server writes it; v1 does not replace what v2 said."""
        if message is not None or self.message is None:
            self.kind, self.wire, self.message = kind, wire, message
        self._item = None

    def streamed(self, member: str, *, legacy: bool | None = None) -> str:
        """Return the streamed text of a member: the longer one where v1 and v2 both stream it."""
        ways = (False, True) if legacy is None else (legacy,)
        return max((_PARAGRAPH.join(self._parts(member, way)) for way in ways), key=len)

    def _parts(self, member: str, legacy: bool) -> Iterator[str]:
        for key in sorted(k for k in self.pieces if k[:2] == (legacy, member)):
            pieces = self.pieces[key]
            if len(pieces) > 1:
                pieces[:] = ["".join(pieces)]
            yield pieces[0]

    @property
    def text(self) -> str:
        """The text as the completed item says it, or else as it has streamed."""
        whole = said(self.kind, self.wire)
        if not self.pieces or (whole is not None and self.completed is not None):
            return whole or ""
        streamed = (text for member in STREAMED if (text := self.streamed(member)))
        return next(streamed, whole or "")

    @property
    def item(self) -> Item:
        """The item as a value."""
        if self._item is None:
            status = self.wire.get("status")
            if not isinstance(status, str):
                status = "inProgress" if self.completed is None else "completed"
            self._item = Item(
                self.id,
                self.kind,
                status,
                self.text,
                self.wire,
                self.message,
                self.started,
                self.completed,
            )
        return self._item


def kind_of_item(wire: Json) -> str:
    """Return the v2 name of an item's type: `AgentMessage` is `agentMessage`."""
    kind = wire.get("type")
    return kind[:1].lower() + kind[1:] if isinstance(kind, str) else ""


_PARAGRAPH = "\n\n"

STREAMED = ("summary", "content", "text")
"""The members whose text streams; the first of which any has come counts."""

TEXTS: Mapping[str, tuple[str, ...]] = {
    "agentMessage": ("text", "content"),
    "plan": ("text",),
    "userMessage": ("content",),
    "reasoning": ("summary", "summary_text", "content", "raw_content", "text"),
    "commandExecution": ("aggregatedOutput", "aggregated_output"),
}
"""Kind → the members that hold its text; the first that holds one counts."""


def said(kind: str, wire: Json) -> str | None:
    """Return the text of a completed item; None where it does not say."""
    for member in TEXTS.get(kind, ()):
        value = wire.get(member)
        if isinstance(value, str):
            return value
        if isinstance(value, list) and value:
            between = _PARAGRAPH if kind == "reasoning" else ""
            return between.join(filter(None, map(_text_of_part, value)))
    return None


def _text_of_part(part: Any) -> str:
    """Return the text of a part: a string, `{"text": T}`, or `{"Text": {"text": T}}` up to 0.63.0."""
    if isinstance(part, Mapping):
        part = part.get("Text", part)
        part = part.get("text") if isinstance(part, Mapping) else part
    return part if isinstance(part, str) else ""

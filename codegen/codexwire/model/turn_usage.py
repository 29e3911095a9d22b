"""Token usage as servers report it, in every shape that releases have given it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from msgspec import Struct

from codexwire.model.spelling import wire_name

__all__ = ["COUNTS", "USAGE", "TokenUsage", "TurnUsage", "reported_usage"]

USAGE = {
    "report": ("tokenUsage", "token_usage", "usage", "info"),
    "last": ("last", "last_token_usage", "lastTokenUsage"),
    "total": ("total", "total_token_usage", "totalTokenUsage"),
    "window": ("modelContextWindow", "model_context_window"),
}
"""Part of a report → the members that have held it; the first that holds anything counts."""


@dataclass(frozen=True, slots=True)
class TokenUsage:
    """Counts of tokens."""

    total_tokens: int = 0
    input_tokens: int = 0
    cached_input_tokens: int = 0
    output_tokens: int = 0
    reasoning_output_tokens: int = 0

    @classmethod
    def of(cls, counts: Any) -> TokenUsage:
        """Return the counts of a wire object, camelCase (v2) or snake_case (v1)."""
        if not isinstance(counts, Mapping):
            return cls()
        values = [counts.get(name, counts.get(camel)) for camel, name in COUNTS.items()]
        return cls(*[value if _is_count(value) else 0 for value in values])

    def without(self, other: TokenUsage) -> TokenUsage:
        """Return these counts less those of `other`, none of them below zero."""
        return TokenUsage(*(max(0, getattr(self, n) - getattr(other, n)) for n in self.__slots__))


COUNTS = {wire_name(name): name for name in TokenUsage.__slots__}
"""What a count is called in v2 → in v1 and here."""


class TurnUsage(Struct, frozen=True):
    """Token usage as the server reported it last: of the `last` model call, in `total` on the thread.

    `turn` is what this turn has used: the total less what it was when the turn began. Where that was
    not seen, the turn is taken to begin with the first model call that was reported in it.
    """

    last: TokenUsage
    total: TokenUsage
    context_window: int | None = None
    turn: TokenUsage = TokenUsage()


def reported_usage(params: Mapping[str, Any]) -> tuple[TokenUsage, TokenUsage, int | None] | None:
    """Return last call, total and context window of a report; None when it reports nothing.

    A report is `{"tokenUsage": {"last", "total", "modelContextWindow"}}`; in older releases it is
    called `token_usage`, `usage` or `info`, and may hold the totals alone.
    """
    report = _member(params, USAGE["report"])
    if not isinstance(report, Mapping):
        return None
    window = _member(report, USAGE["window"])
    last, total = _member(report, USAGE["last"]), _member(report, USAGE["total"])
    if last is None and total is None:
        total = report
    return TokenUsage.of(last), TokenUsage.of(total), window if _is_count(window) else None


def _member(value: Mapping[str, Any], names: tuple[str, ...]) -> Any:
    return next((value[name] for name in names if value.get(name) is not None), None)


def _is_count(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)

"""The paginated vocabulary of rollouts: whole items, which response items repeat."""

from __future__ import annotations

from collections.abc import Mapping

from codexwire.sessions.rollout import Handler, Rollout, RolloutLine
from codexwire.sessions.rollout_lines import BOTH

__all__ = ["PAGINATED"]


def _repeated(rollout: Rollout, line: RolloutLine) -> None:
    """Leave out a response item that an item has told, or will."""


PAGINATED: Mapping[str, Handler] = {
    **BOTH,
    "response_item/reasoning": _repeated,
    "response_item/web_search_call": _repeated,
}

"""A file has events of the history that it does not keep.

In paginated history the messages of a thread are `item_completed`, in legacy history `user_message` and
`agent_message`, whatever release writes. A reader that goes by the file's `history_mode` does not see those
of the other kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from codexwire.finding import Level
from codexwire.model.lines import LineCheck
from codexwire.model.session_check import CheckNote
from codexwire.profiles.rollout.lines import EVENT, LEGACY, PAGINATED, RolloutState, payload_of

_LEGACY_EVENTS = frozenset({"user_message", "agent_message", "agent_reasoning"})
_MESSAGES = frozenset({"UserMessage", "AgentMessage"})


def on_line(state: RolloutState, number: int, line: Mapping[str, Any]) -> Iterator[CheckNote]:
    """Yield a note for an event of the other history."""
    if line.get("type") != EVENT:
        return
    payload = payload_of(line)
    kind, item = str(payload.get("type")), payload.get("item")
    if state.history == PAGINATED and kind in _LEGACY_EVENTS:
        yield CheckNote(
            number, Level.WARNING, f"{kind} in paginated history, which has items instead"
        )
    tag = str(item.get("type")) if isinstance(item, dict) else None
    if state.history == LEGACY and kind == "item_completed" and tag in _MESSAGES:
        yield CheckNote(
            number, Level.WARNING, f"an item {tag} in legacy history, which has events instead"
        )


CHECK = LineCheck(
    id="two-histories",
    title="A file has events of the history that it does not keep.",
    level=Level.WARNING,
    evidence=(
        "0.150.0 writes legacy history from the app-server and paginated from exec; neither has both",
        "a legacy thread resumed by 0.171.0 stays legacy",
    ),
    on_line=on_line,
)

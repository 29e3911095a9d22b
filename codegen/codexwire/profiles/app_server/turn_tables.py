"""What each message says about a turn, as data: for the reducer here and those of other languages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from codexwire.model.turn_items import STREAMED, TEXTS
from codexwire.model.turn_usage import COUNTS, USAGE
from codexwire.profiles.app_server.names import PREFIX as EVENT

__all__ = [
    "BEGINS",
    "GONE",
    "GRACE",
    "IDLE",
    "ITEM",
    "LEGACY_LIFE",
    "LIFE",
    "OF_RUNNING",
    "RANKS",
    "REQUESTS",
    "ROWS",
    "STARTS",
    "STATUSES",
    "STEP_WORDS",
    "THREAD_WIDE",
    "TOTALS",
    "TURNS",
    "UNNAMED",
    "V1",
    "V2",
    "WORDS",
    "TurnRow",
]


class TurnRow(NamedTuple):
    """What a message says about a turn: `act` names what it does to the state.

    The rest is for some acts: the `kind` of the item that begins, ends, or goes on by a piece; the
    `member` that the text is of, or stands in; the param that says which part of it (`number`); and
    whether the turn surely goes on (`alive`).
    """

    act: str
    kind: str = ""
    member: str = ""
    number: str = ""
    alive: bool = True


V2: Mapping[str, TurnRow] = {
    "turn/started": TurnRow("started"),
    "turn/completed": TurnRow("completed"),
    "turn/plan/updated": TurnRow("plan"),
    "turn/diff/updated": TurnRow("diff", member="diff"),
    "turn/interrupt": TurnRow("interrupt"),
    "thread/status/changed": TurnRow("threadStatus"),
    "thread/closed": TurnRow("gone"),
    "thread/deleted": TurnRow("gone"),
    "thread/tokenUsage/updated": TurnRow("usage"),
    "error": TurnRow("error"),
    "item/started": TurnRow("itemStarted"),
    "item/completed": TurnRow("itemCompleted"),
    "item/agentMessage/delta": TurnRow("piece", "agentMessage", "text"),
    "item/plan/delta": TurnRow("piece", "plan", "text"),
    "item/reasoning/summaryTextDelta": TurnRow("piece", "reasoning", "summary", "summaryIndex"),
    "item/reasoning/textDelta": TurnRow("piece", "reasoning", "content", "contentIndex"),
    "item/commandExecution/outputDelta": TurnRow("piece", "commandExecution", "text", alive=False),
    "item/fileChange/outputDelta": TurnRow("piece", "fileChange", "text", alive=False),
    "item/fileChange/patchUpdated": TurnRow("patch"),
    "serverRequest/resolved": TurnRow("resolved"),
}

V1: Mapping[str, TurnRow] = {
    "task_started": TurnRow("taskStarted"),
    "turn_started": TurnRow("taskStarted"),
    "task_complete": TurnRow("taskEnded"),
    "turn_complete": TurnRow("taskEnded"),
    "turn_aborted": TurnRow("taskAborted"),
    "error": TurnRow("taskError"),
    "stream_error": TurnRow("streamError"),
    "item_started": TurnRow("eventItemStarted"),
    "item_completed": TurnRow("eventItemCompleted"),
    "exec_command_begin": TurnRow("callBegan", "commandExecution"),
    "exec_command_end": TurnRow("callEnded", "commandExecution"),
    "patch_apply_begin": TurnRow("callBegan", "fileChange"),
    "patch_apply_end": TurnRow("callEnded", "fileChange"),
    "mcp_tool_call_begin": TurnRow("callBegan", "mcpToolCall"),
    "mcp_tool_call_end": TurnRow("callEnded", "mcpToolCall"),
    "web_search_begin": TurnRow("callBegan", "webSearch"),
    "web_search_end": TurnRow("callEnded", "webSearch"),
    "agent_message_content_delta": TurnRow("eventPiece", "agentMessage", "text"),
    "plan_delta": TurnRow("eventPiece", "plan", "text"),
    "reasoning_content_delta": TurnRow("eventPiece", "reasoning", "summary", "summary_index"),
    "reasoning_raw_content_delta": TurnRow("eventPiece", "reasoning", "content", "content_index"),
    "plan_update": TurnRow("plan"),
    "turn_diff": TurnRow("diff", member="unified_diff"),
    "token_count": TurnRow("usage"),
}
"""Event of v1 (`codex/event/*`, servers up to 0.107.0) → what it says."""

ROWS: Mapping[str, TurnRow] = {**V2, **{EVENT + name: row for name, row in V1.items()}}
"""Method → what it says, of both generations."""

ITEM: Final = "item/"
"""What the methods of the server's requests about an item begin with."""

REQUESTS = frozenset({"mcpServer/elicitation/request", "execCommandApproval", "applyPatchApproval"})
"""The server's other requests about a turn."""

STARTS: Final = frozenset({"turn/start", "review/start", "thread/queue/start"})
"""The requests whose answers name a turn that they started on the thread of their params."""

GRACE: Final = 5.0
"""The seconds that a turn may still be told to have ended after something hinted at its end.

Servers say both within a tenth of a second; more is for slow connections and busy machines.
"""

# Which turn a message is about

GONE: Final = frozenset({"thread/closed", "thread/deleted"})
"""After these nothing more comes from a thread."""

STATUSES: Final = frozenset({"thread/status/changed"})
"""These tell the status of a thread, whatever turn runs on it."""

THREAD_WIDE: Final = STATUSES | GONE | {"error"}
"""The notifications that, where they name a thread and no turn, are about the turn that runs on it."""

OF_RUNNING: Final = THREAD_WIDE | {"serverRequest/resolved"}
"""All messages that, without a turn, are about the one that runs."""

TOTALS: Final = frozenset({"thread/tokenUsage/updated"})
"""These tell what the thread has used, whatever turn they name."""

UNNAMED: Final = TOTALS | {"error", "turn/interrupt"}
"""The turn id of these may be no turn's, or that of an old turn."""

BEGINS: Final = frozenset(m for m, row in ROWS.items() if row.act in ("started", "taskStarted"))
"""These begin a turn."""

LIFE: Final = THREAD_WIDE | {"turn/started", "turn/completed"}
"""The v2 notifications that tell whether a turn runs: all that a state needs to know that."""

_LIFE_ACTS = ("taskStarted", "taskEnded", "taskAborted", "taskError")
LEGACY_LIFE: Final = THREAD_WIDE | {EVENT + name for name, r in V1.items() if r.act in _LIFE_ACTS}
"""Those that tell it to a client of the v1 API."""

# Words of the server

WORDS = {"cancelled": "interrupted", "canceled": "interrupted", "error": "failed"}
"""Word for how a turn ended → the one in use today."""

STEP_WORDS = {"in_progress": "inProgress"}
"""The same for a step of a plan."""

IDLE = {"notLoaded": "interrupted", "idle": "unknown", "systemError": "failed"}
"""Status of a thread on which no turn runs → how its turn has presumably ended."""

RANKS = {
    "thread/status/changed: notLoaded": 1,
    "thread/status/changed: idle": 2,
    "thread/status/changed: systemError": 3,
    "error": 4,
    f"{EVENT}error": 4,
}
"""How much a reason for a presumed end tells; anything else tells less."""

TURNS: Final[Mapping[str, Mapping[str, Any]]] = {
    "ROWS": ROWS,
    "WORDS": WORDS,
    "STEP_WORDS": STEP_WORDS,
    "IDLE": IDLE,
    "RANKS": RANKS,
    "TEXTS": TEXTS,
    "USAGE": USAGE,
    "COUNTS": COUNTS,
    "LISTS": {
        "begins": sorted(BEGINS),
        "ofRunning": sorted(OF_RUNNING),
        "requests": sorted(REQUESTS),
        "streamed": STREAMED,
        "totals": sorted(TOTALS),
        "unnamed": sorted(UNNAMED),
    },
    "CONSTANTS": {"event": EVENT, "item": ITEM, "grace": GRACE},
}
"""All that a reducer reads, by what packages of other languages call it."""

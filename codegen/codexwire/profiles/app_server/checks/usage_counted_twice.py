"""The same use of tokens is reported twice.

Servers repeat the last report when a turn begins, a thread is resumed or a call to the model ends without
a count. A client that adds up `last` counts such a call twice; `total` is what the thread has used.
"""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.finding import Level
from codexwire.model.message import MessageKind
from codexwire.model.session import SessionStep
from codexwire.model.session_check import CheckNote, SessionCheck, at_step
from codexwire.model.turn_usage import reported_usage

METHOD = "thread/tokenUsage/updated"


def on_step(step: SessionStep) -> Iterator[CheckNote]:
    """Notice a report that says what the one before said."""
    if step.says is not None and step.says == step.reported:
        text = "the report before said the same; who adds up `last` counts it twice"
        yield at_step(step, Level.INFO, text)


def usage(params: object) -> tuple[int, int] | None:
    """Return the tokens of the last call and of all; None where a report lacks one of them."""
    found = reported_usage(params) if isinstance(params, dict) else None
    if found is None or not found[0].total_tokens:
        return None
    return found[0].total_tokens, found[1].total_tokens


CHECK = SessionCheck(
    "usage-counted-twice",
    "A use of tokens is reported twice.",
    Level.INFO,
    (
        "recordings 0.72.0–0.115.0: the last report comes again at the start of each turn, and after calls"
        " to the model that report nothing; 0.140.0 and 0.163.0: on resuming, and after failed calls",
        "ccusage/ccusage#1288: a program that adds up `last` says two thirds too much",
    ),
    on_step=on_step,
    about={MessageKind.NOTIFICATION: frozenset({METHOD})},
)

"""What a fuzzer is, and the verdicts that all of them ask for."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from random import Random
from typing import Any, NamedTuple, TypeAlias

from codexwire.direction import Side
from codexwire.wire import Validators

__all__ = ["Case", "Fuzzer", "Try", "disagreement", "raised", "verdicts"]

Case: TypeAlias = "dict[str, Any]"
"""All that is needed to judge once more, as JSON."""


class Try(NamedTuple):
    """How many messages were judged, how many of them were valid, and what failed."""

    messages: int
    valid: int
    failed: tuple[Case, ...] = ()


@dataclass(frozen=True)
class Fuzzer:
    """`tries` never ends; `broken` judges a case and says what is wrong with the verdicts, if anything.

    What can be made smaller of a case are its `types`, its `line` and its `lines`.
    """

    name: str
    tries: Callable[[Random], Iterator[Try]]
    broken: Callable[[Case], str | None]


def verdicts(
    validators: Validators, line: bytes, value: Any, sender: Side, answers: str | None
) -> dict[str, bool]:
    """Return every decision about a message: from bytes, from the value, and by the walk that explains.

    `answers` is the method of the request that a response is to.
    """
    if answers is None:
        return {
            "line": validators.accepts_line(line, sender),
            "value": validators.accepts_message(value, sender),
            "explain": not validators.check_message(value, sender),
        }
    asked = (answers, sender.other)
    return {
        "line": validators.accepts_result(line, *asked),
        "value": validators.accepts_response(value, *asked),
        "explain": not validators.check_response(value, *asked),
    }


def disagreement(said: Mapping[str, bool], expected: bool) -> str | None:
    """Return who is wrong; None when nobody is."""
    wrong = [name for name, verdict in said.items() if verdict is not expected]
    valid = "valid" if expected else "not valid"
    return f"wrong: {', '.join(wrong)}; the message is {valid}" if wrong else None


def raised(error: Exception) -> str:
    """Return what to say of an exception; its digits vary with what stands around it."""
    text = getattr(error, "message", str(error))
    return f"raised {type(error).__name__}: {re.sub('[0-9]+', 'N', text)[:80]}"

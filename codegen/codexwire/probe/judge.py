"""Validates what a probed server sent, and groups what is wrong: one finding for each broken rule."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from codexwire.direction import Side
from codexwire.probe.log import Log, RequestOutcome
from codexwire.wire import Validators, Violation

__all__ = ["Rejection", "rejections", "violations"]

_INDEX = re.compile(r"/\d+(?=/|\Z)")


@dataclass(frozen=True, slots=True)
class Rejection:
    """Messages of one sort that break one rule at one place.

    `label` says which messages (`response to thread/start`); `value` is the first value at that place, for
    proposing a rule: it may hold anything, and is for no report.
    """

    label: str
    method: str
    violation: Violation
    pointer: str
    value: Any
    count: int


def rejections(validators: Validators, log: Log) -> tuple[Rejection, ...]:
    """Return what the schema rejects of the server's messages, most frequent first."""
    found: dict[tuple[str, str, str, str], Rejection] = {}
    for label, method, body, violation in violations(validators, log):
        pointer = _INDEX.sub("/*", violation.pointer)
        key = (label, violation.rule, pointer, violation.schema_path)
        before = found.get(key)
        value = _at(body, violation.pointer) if before is None else before.value
        count = 1 if before is None else before.count + 1
        found[key] = Rejection(label, method, violation, pointer, value, count)
    return tuple(sorted(found.values(), key=lambda r: (-r.count, r.label, r.pointer)))


def violations(validators: Validators, log: Log) -> Iterator[tuple[str, str, Any, Violation]]:
    """Yield label, method and body of each message of the server with each thing that is wrong with it."""
    for heard in log.heard:
        method = str(heard.body["method"])
        for violation in validators.check_message(dict(heard.body), Side.SERVER):
            yield method, method, heard.body, violation
    for exchange in log.exchanges:
        if exchange.answer is None or not validators.knows(exchange.method, Side.CLIENT):
            continue
        answer, method = dict(exchange.answer), exchange.method
        broken = validators.check_envelope(answer)
        if not broken and exchange.outcome is RequestOutcome.ANSWERED:
            broken = validators.check_result(method, exchange.result, Side.CLIENT)
        for violation in broken:
            yield f"response to {method}", method, answer, violation


def _at(body: Any, pointer: str) -> Any:
    value = body
    for step in pointer.split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(value, list) and name.isdigit():
            value = value[int(name)]
        elif isinstance(value, dict):
            value = value.get(name)
    return value

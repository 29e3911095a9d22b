"""Real messages against the releases as published and normalized."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from codexwire.ir.model import Protocol
from codexwire.normalize import Effect, Normalized
from codexwire.profiles.shared.rules.n017_time_units import MEASURED

VENDORED = ("0.72.0", "0.99.0", "0.125.0", "0.163.0", "0.169.0")
ANNOTATIONS_ONLY = (Effect.ANNOTATE,)

# What servers sent that does not fit their own release's schema as published.
DISCREPANCIES = {
    "0.72.0": {"codex/event"},
    "0.99.0": {"codex/event", "item/completed", "item/started", "rawResponseItem/completed"},
    "0.125.0": {"getAuthStatus", "getConversationSummary", "rawResponseItem/completed"},
    "0.163.0": {
        "getAuthStatus",
        "getConversationSummary",
        "rawResponse/completed",
        "rawResponseItem/completed",
        "thread/timeline/list",
    },
    "0.169.0": {
        "getAuthStatus",
        "getConversationSummary",
        "rawResponse/completed",
        "rawResponseItem/completed",
        "thread/timeline/list",
    },
}

Messages = Callable[[str], list[dict[str, Any]]]
Normalize = Callable[..., Normalized]
Publish = Callable[..., Protocol]


def label(entry: dict[str, Any]) -> str:
    name: str = entry.get("method") or entry["msg"]["method"]
    return "codex/event" if name.startswith("codex/event/") else name


@pytest.mark.parametrize("version", VENDORED)
def test_what_servers_sent_fits_the_normalized_schema(
    normalized: Normalize, messages: Messages, judge: Any, version: str
) -> None:
    judged = judge(normalized(version).protocol)
    sent = [e for e in messages(version) if e["dir"] == "server"]
    assert len(sent) > 100
    assert [e["msg"] for e in sent if not judged.fits(e)] == []


@pytest.mark.parametrize("version", VENDORED)
def test_without_corrections_the_known_discrepancies_are_left(
    normalized: Normalize, messages: Messages, judge: Any, version: str
) -> None:
    judged = judge(normalized(version, effects=ANNOTATIONS_ONLY).protocol)
    failing = {label(e) for e in messages(version) if e["dir"] == "server" and not judged.fits(e)}
    assert failing == DISCREPANCIES[version]


@pytest.mark.parametrize("version", VENDORED)
def test_annotations_leave_the_valid_messages_alone(
    published: Publish,
    normalized: Normalize,
    messages: Messages,
    judge: Any,
    mutants: Callable[[Any], Iterator[Any]],
    version: str,
) -> None:
    before = judge(published(version))
    after = judge(normalized(version, effects=ANNOTATIONS_ONLY).protocol)
    seen: Counter[bool] = Counter()
    for entry in [e for e in messages(version) if before.knows(e)][::2]:
        for message in (entry["msg"], *mutants(entry["msg"])):
            verdict = before.fits(entry, message)
            assert after.fits(entry, message) is verdict, message
            seen[verdict] += 1
    assert min(seen.values()) > 200  # both verdicts were well represented


def numbers(value: Any, name: str = "") -> Iterator[tuple[str, float]]:
    if isinstance(value, dict):
        for key, sub in value.items():
            yield from numbers(sub, key)
    elif isinstance(value, list):
        for sub in value:
            yield from numbers(sub, name)
    elif isinstance(value, (int, float)) and not isinstance(value, bool):
        yield name, value


def test_measured_units_hold_in_every_message(messages: Messages) -> None:
    found = [pair for v in VENDORED for e in messages(v) for pair in numbers(e["msg"])]
    seconds = [value for name, value in found if name in MEASURED and name != "secs"]
    millis = [v for n, v in found if n.endswith("AtMs") and v]  # 0: a file system that has no time
    assert len(seconds) > 100
    assert len(millis) > 100
    assert {len(str(int(value))) for value in seconds} == {10}
    assert {len(str(int(value))) for value in millis} == {13}

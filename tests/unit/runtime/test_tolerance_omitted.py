"""Required members that other releases leave out or write as null, and what they read as."""

from __future__ import annotations

from functools import reduce
from typing import Any

import pytest

import codex_app_server_protocol as protocol
from codexwire.ingest import load
from codexwire.ir.model import ref_to
from codexwire.normalize import normalize
from codexwire.wire.sample import Sampler


@pytest.fixture(scope="module")
def sampler() -> Sampler:
    """Makes values of the release that the package is of, without optional members."""
    return Sampler(normalize(load("0.171.0")).protocol, optional=0)


# Method, type of its result, member and attribute, what it reads as.
RESULTS = [
    *(
        (f"thread/{verb}", f"v2/Thread{verb.title()}Response", "approvalsReviewer", "user")
        for verb in ("start", "resume", "fork")
    ),
    ("config/read", "v2/ConfigReadResponse", "origins", {}),
]


def snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)


@pytest.mark.parametrize(("method", "type", "member", "read"), RESULTS)
def test_a_result_without_a_member(
    method: str, type: str, member: str, read: Any, sampler: Sampler
) -> None:
    raw = sampler.value(ref_to(type))
    del raw[member]
    value = protocol.decode_result(method, raw)
    assert getattr(value, snake(member)) == read
    assert protocol.dump(value) == raw


def test_a_map_that_is_null_is_empty(sampler: Sampler) -> None:
    raw = {**sampler.value(ref_to("v2/ConfigReadResponse")), "origins": None}
    value = protocol.decode_result("config/read", raw)
    assert value.origins == {}
    assert protocol.dump(value) == raw


def test_a_model_of_an_old_release_is_not_hidden(sampler: Sampler) -> None:
    model = sampler.value(ref_to("v2/Model"))
    del model["hidden"]
    value = protocol.decode_result("model/list", {"data": [model]})
    assert value.data[0].hidden is False


NOTIFICATIONS: list[tuple[str, dict[str, Any], tuple[str, ...], Any]] = [
    (  # one set of counters for both, and not all of them
        "thread/tokenUsage/updated",
        {"tokenUsage": {"inputTokens": 2, "outputTokens": 3}},
        ("token_usage", "total", "input_tokens"),
        2,
    ),
    ("item/started", {"item": {"type": "plan", "id": "p"}, "startedAtMs": 1}, ("item", "text"), ""),
]


@pytest.mark.parametrize(("method", "params", "path", "read"), NOTIFICATIONS)
def test_a_notification_without_a_member(
    method: str, params: dict[str, Any], path: tuple[str, ...], read: Any
) -> None:
    value = protocol.decode_notification(method, {"threadId": "T", "turnId": "U", **params})
    assert reduce(getattr, path, value) == read

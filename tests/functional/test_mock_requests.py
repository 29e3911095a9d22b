"""Every request of every release gets a valid answer, and every message that a mock sends is valid."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import pytest
from amount import sample_of
from mocked import HELLO, RELEASES, converse, mock_of, play, protocol_of, request, violations

from codexwire.direction import Kind, Side
from codexwire.ir.model import Method
from codexwire.profiles.ids import id_of
from codexwire.proxy.mock import MockServer
from codexwire.testing import check_transcript
from codexwire.wire.sample import Sampler

WELCOME = {
    "userAgent": "test/0.0.0 (mock)",
    "codexHome": "/h",
    "platformFamily": "unix",
    "platformOs": "linux",
}
# Their v2 notifications do not name the thread, so no turn of it can be seen to start.
NAMELESS = {"0.58.0", "0.63.0"}
# What only runs while a turn does.
REFUSED = {"turn/steer", "turn/interrupt"}


def sampled_requests(server: MockServer) -> list[dict[str, Any]]:
    """One request of every method, valid and made at random, each about a thread of its own."""
    protocol = server.protocol
    methods = [m for m in protocol.table(Side.CLIENT, Kind.REQUEST) if m.name != "initialize"]
    threads = converse(server, *(request(i, "thread/start", {}) for i in range(len(methods))))
    ids = {m["id"]: m["result"]["thread"]["id"] for m in threads if "result" in m}
    sampler = Sampler(protocol, 7)
    return [about_thread(m, sampler, ids[n], n) for n, m in enumerate(methods)]


def about_thread(method: Method, sampler: Sampler, thread: str, number: int) -> dict[str, Any]:
    message = {**sampler.message(method), "id": number}
    params = message.get("params")
    named = id_of("thread", method.name, params, "params")
    if named is not None:
        message["params"] = {k: thread if v == named else v for k, v in params.items()}
    return message


@pytest.mark.parametrize("version", sample_of(RELEASES, 8))
def test_every_request_is_answered_validly(version: str) -> None:
    server = mock_of(version)
    asked = sampled_requests(server)
    sent = converse(server, *asked)
    answered = {m["id"] for m in sent if "method" not in m}
    assert answered == {m["id"] for m in asked}
    assert violations(server, asked, sent) == []
    by_id = {m["id"]: m["method"] for m in asked}
    refused = {by_id[m["id"]]: m["error"]["message"] for m in sent if "error" in m}
    assert set(refused) <= REFUSED, refused
    if version not in NAMELESS:
        check_transcript(in_turn(asked, sent), schema=version, fail_on="warning")


def in_turn(asked: list[dict[str, Any]], sent: list[dict[str, Any]]) -> Iterator[tuple[str, Any]]:
    """Each request, its answer and what followed that: what the mock says before the next request."""
    rest = deque(sent)
    yield "client", HELLO
    yield "server", {"id": HELLO["id"], "result": WELCOME}
    for message in asked:
        yield "client", message
        while rest and ("method" in rest[0] or rest[0]["id"] == message["id"]):
            yield "server", rest.popleft()


@pytest.mark.parametrize("version", ["0.72.0", "0.125.0"])
def test_the_same_seed_and_requests_give_the_same_bytes(version: str) -> None:
    asked = sampled_requests(mock_of(version, seed=3))

    def bytes_of(seed: int, *, at_once: bool = True) -> list[bytes]:
        server = mock_of(version, seed=seed)
        sampled_requests(server)
        return play(server, HELLO, *asked, at_once=at_once).sent

    assert bytes_of(3) == bytes_of(3)
    assert bytes_of(3) == bytes_of(3, at_once=False)
    assert bytes_of(3) != bytes_of(4)


def test_the_stable_channel_does_not_know_what_is_experimental() -> None:
    stable = MockServer(protocol_of("0.163.0", "stable"))
    answer = converse(stable, request(1, "thread/search", {"searchTerm": "x"}))[0]
    assert "unknown variant `thread/search`" in answer["error"]["message"]
    known = converse(mock_of("0.163.0"), request(1, "thread/search", {"searchTerm": "x"}))[0]
    assert "result" in known

"""What two sessions need not have in common, and what they must."""

from __future__ import annotations

import pytest

from codexwire.proxy.live_ids import difference


@pytest.mark.parametrize(
    "name", ["clientInfo", "emittedAtMs", "jsonrpc", "cwd", "path", "threadId", "item_ids"]
)
def test_ids_folders_and_who_and_when_may_differ(name: str) -> None:
    assert difference({name: "then", "a": 1}, {name: "now", "a": 1}) is None
    assert difference({name: "then", "a": 1}, {name: "now", "a": 2}) == "/a"


@pytest.mark.parametrize("name", ["model", "text", "emittedAt", "paths"])
def test_nothing_else_may(name: str) -> None:
    assert difference({"params": {name: 1}}, {"params": {name: 2}}) == f"/params/{name}"

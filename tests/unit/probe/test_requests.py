"""What a probe says of messages that it did not see, and what it takes for reading, by the releases."""

from __future__ import annotations

import json
import re

import pytest

from codexwire.direction import Side
from codexwire.ingest import load
from codexwire.probe.app_server.requests import READING, UNSEEN
from codexwire.resources import schema_root

PROBED = ("0.140.0", "0.155.0", "0.163.0", "0.171.0")
CAUSED_BEFORE = {"deprecationNotice", "thread/realtime/error"}
"""What the probe caused in later releases, and did not yet in the first of these."""


def unseen(release: str) -> set[str]:
    """The messages of a release's server that its probe did not see."""
    profile = json.loads((schema_root() / "observed" / f"{release}.json").read_text("utf-8"))
    declared = {m.name for m in load(release).methods if m.sender is Side.SERVER}
    return declared - {*profile["notifications"], *profile["serverRequests"]}


@pytest.mark.parametrize("release", PROBED[1:])
def test_there_is_a_reason_for_every_message_that_a_probe_did_not_see(release: str) -> None:
    assert unseen(release) <= UNSEEN.keys()


def test_no_reason_is_for_nothing() -> None:
    found = set().union(*map(unseen, PROBED))
    assert UNSEEN.keys() == found - CAUSED_BEFORE


READS = re.compile(
    r"(?:.*/)?(?:list|read|get|status|info|installed|discover|diagnostics|readiness)(?:[A-Z]\w*)?"
)
LEFT_OUT = frozenset(
    [
        "mcpServer/resource/read",
        "memory/status",
        "plugin/share/list",
        "plugin/skill/read",
        "project/read",
        "remoteControl/client/list",
        "remoteControl/pairing/status",
        "thread/attachment/list",
        "thread/attachmentOwner/list",
        "thread/items/read",
        "thread/memory/read",
        "thread/queue/list",
        "thread/realtime/list",
    ]
)
"""Requests that read by their name and are not sent: not all of them change nothing (`memory/status`)."""


def test_what_is_sent_to_a_server_that_is_in_use_only_reads() -> None:
    names = {m.name for m in load("0.171.0").methods if m.sender is Side.CLIENT}
    assert {n for n in {*names, "getAuthStatus"} if READS.fullmatch(n)} - LEFT_OUT == READING

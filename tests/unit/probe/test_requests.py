"""What a probe says of messages that it did not see, what it takes for reading, and what it sends."""

from __future__ import annotations

import json
import re
from functools import cache
from typing import Any

import pytest

from codexwire.direction import Kind, Side
from codexwire.ingest import load
from codexwire.ir.model import Method
from codexwire.normalize import normalize
from codexwire.probe.app_server.recipe import RECIPE
from codexwire.probe.app_server.requests import READING, UNSEEN
from codexwire.probe.log import Log
from codexwire.probe.requests import Requests
from codexwire.probe.sweep import rest, texts
from codexwire.resources import schema_root
from codexwire.wire.sample import Sampler

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


@cache
def sampler(release: str) -> Sampler:
    return Sampler(normalize(load(release)).protocol)


def method_of(release: str, name: str) -> Method:
    found = sampler(release).types.protocol.method(name, Side.CLIENT, Kind.REQUEST)
    assert found is not None
    return found


def requests(release: str, filled: Any) -> Requests:
    return Requests(sampler(release).types, sampler(release).fits, filled)


ROOM = {"other": "/o", "project": "/p", "thread": "T", "turn": "U", "model": "m"}
HELLO = [{"type": "text", "text": "hello"}]


@pytest.mark.parametrize(
    ("release", "name", "params"),
    [
        ("0.171.0", "command/exec", {"command": ["true"]}),
        ("0.171.0", "environment/add", {"execServerUrl": "ws://127.0.0.1:9"}),
        ("0.171.0", "feedback/save", {"savePath": "/o/probe"}),
        ("0.171.0", "fs/copy", {"sourcePath": "/o/probe", "destinationPath": "/o/probe"}),
        ("0.171.0", "fs/writeFile", {"path": "/o/probe", "dataBase64": "aGVsbG8K"}),
        ("0.171.0", "fuzzyFileSearch", {"roots": ["/p"]}),
        ("0.171.0", "gitDiffToRemote", {"cwd": "/p"}),
        ("0.171.0", "marketplace/add", {"source": "/o/probe"}),
        ("0.171.0", "modelProvider/default/set", {"providerId": "stub"}),
        ("0.171.0", "account/bedrock/setup", {"region": "us-east-1"}),
        ("0.171.0", "thread/prediction/request", {"threadId": "T", "sourceTurnId": "U"}),
        ("0.171.0", "turn/interrupt", {"threadId": "T", "turnId": "U"}),
        ("0.171.0", "turn/steer", {"threadId": "T", "expectedTurnId": "U", "input": HELLO}),
        ("0.171.0", "userVerification/verify", {"challenge": "YQ=="}),
        ("0.99.0", "skills/config/write", {"path": "/o/probe"}),
        ("0.72.0", "sendUserTurn", {"conversationId": "T", "cwd": "/p", "model": "m"}),
    ],
)
def test_what_a_server_acts_on_means_something_and_stays_in_the_room(
    release: str, name: str, params: dict[str, Any]
) -> None:
    """All other texts are `probe`, which names nothing."""
    made = requests(release, texts(RECIPE, ROOM)).minimal(method_of(release, name))
    assert made == made | params


def test_what_nobody_knows_yet_is_left_out() -> None:
    made = requests("0.171.0", texts(RECIPE, {**ROOM, "turn": "$turn"}))
    assert made.minimal(method_of("0.171.0", "turn/interrupt")) == {
        "threadId": "T",
        "turnId": "probe",
    }


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("account/gcp/setup", "credentialFile"),
        ("thread/resume", "path"),
        ("thread/start", "cwd"),
        ("thread/start", "runtimeWorkspaceRoots.*"),
        ("thread/start", "environments.*.runtimeWorkspaceRoots.*"),
    ],
)
def test_a_path_that_is_meant_to_be_valid_is_absolute(name: str, place: str) -> None:
    """Another is refused by the server, whatever the schema says."""
    damaged = requests("0.171.0", RECIPE.unheeded).damaged(method_of("0.171.0", name))
    (value,) = (d.params for d in damaged if (d.place, d.kind) == (place, "valid"))
    for step in place.split("."):
        value = value[0 if step == "*" else step]
    assert value == "/probe"


def test_no_files_are_sent_to_the_vendor() -> None:
    sent = {method.name for method in rest(sampler("0.171.0").types.protocol, RECIPE, Log())}
    assert {"feedback/save", "feedback/upload"} - sent == {"feedback/upload"}


RELATIVE = "Invalid request: AbsolutePathBuf deserialized without a base path"


@pytest.mark.parametrize(
    ("place", "kind", "refusal", "known"),
    [
        ("sandboxPolicy", "array", "", ["array-for-object"]),
        ("sandboxPolicy", "array", "Invalid request: invalid type: sequence", []),
        ("cwd", "valid", RELATIVE, ["relative-path"]),
        ("", "object", "", ["empty-object-for-null"]),
        ("input.*.type", "text", "", ["unknown-variant"]),
        ("input.*.type", "number", "", ["unknown-variant"]),
        ("input.*.type", "null", "", []),
        ("input.*.text", "number", "", []),
    ],
)
def test_why_server_and_schema_differ(
    place: str, kind: str, refusal: str, known: list[str]
) -> None:
    assert [d.id for d in RECIPE.differences if d.explains(place, kind, refusal)] == known

"""Our schema of the exec-server against real sessions, and its pruning per release."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from codexwire.errors import UsageError
from codexwire.ingest import load
from codexwire.ingest.described import described_versions, load_described
from codexwire.ir.dangling import dangling
from codexwire.ir.model import Protocol, TypeDef
from codexwire.normalize import normalize
from codexwire.profiles.exec_server.profile import EXEC_SERVER
from codexwire.version import Version

DATA = Path(__file__).parents[2] / "data" / "exec-server"
# What the recorder sent on purpose to see it refused.
REFUSED = {
    "0.140.0": {
        ("client", "environment/status", "unknown method"): 1,
        ("client", "fs/close", "unknown method"): 1,
        ("client", "fs/open", "unknown method"): 1,
        ("client", "fs/readBlock", "unknown method"): 1,
        ("client", "fs/walk", "unknown method"): 1,
        ("client", "initialize", "required"): 1,
        ("client", "no/such", "unknown method"): 1,
        ("client", "no/such/notification", "unknown method"): 1,
        ("client", "process/start", "required"): 5,
        ("client", "process/start", "type"): 1,
    },
    "0.163.0": {
        ("client", "initialize", "required"): 1,
        ("client", "no/such", "unknown method"): 1,
        ("client", "no/such/notification", "unknown method"): 1,
        ("client", "process/start", "required"): 5,
        ("client", "process/start", "type"): 1,
    },
}


def protocol(version: str) -> Protocol:
    return normalize(load_described(EXEC_SERVER, Version.parse(version))).protocol


def problems(version: str, path: Path) -> Counter[tuple[str, str, str]]:
    """Judge every message of a recording by the published-shaped document."""
    found = protocol(version)
    definitions = found.document()["definitions"]
    methods = {(m.sender, m.kind, m.name): m for m in found.methods}
    asked: dict[tuple[Any, str], str] = {}
    out: Counter[tuple[str, str, str]] = Counter()
    for line in path.read_text("utf-8").splitlines():
        entry = json.loads(line)
        message, sender = entry.get("msg"), entry.get("dir")
        if not isinstance(message, dict):
            continue
        key = (entry.get("conn"), repr(message.get("id")))
        if "method" in message:
            name = message["method"]
            kind = "request" if "id" in message else "notification"
            asked |= {key: name} if kind == "request" else {}
            if (sender, kind, name) not in methods:
                out[sender, name, "unknown method"] += 1
                continue
            schema, value = methods[sender, kind, name].branch, message
        elif "result" in message and key in asked:
            name = asked[key]
            result = methods["client", "request", name].result
            schema, value = {"$ref": f"#/definitions/{result}"}, message["result"]
        else:
            continue
        judge = jsonschema_rs.Draft7Validator(
            {**schema, "definitions": definitions}, validate_formats=False
        )
        for error in judge.iter_errors(value):
            out[sender, name, error.kind.name] += 1
    return out


@pytest.mark.parametrize("version", REFUSED)
def test_real_sessions_fit_but_for_what_the_server_refused(version: str) -> None:
    found: Counter[tuple[str, str, str]] = Counter()
    for path in sorted((DATA / version).glob("*.jsonl")):
        found += problems(version, path)
    assert found == REFUSED[version]


@pytest.mark.parametrize("version", described_versions(EXEC_SERVER), ids=str)
def test_every_release_is_whole(version: Version) -> None:
    found = load_described(EXEC_SERVER, version)
    assert not [*dangling(found)]
    assert all(m.result for m in normalize(found).protocol.methods if m.kind == "request")
    assert not any("x-since" in json.dumps(t.schema) for t in found.types.values())


def properties(found: Protocol, name: str) -> set[str]:
    typedef: TypeDef = found.types[name]
    assert isinstance(typedef.schema, dict)
    return set(typedef.schema.get("properties", {}))


def test_what_each_release_brought() -> None:
    old, first = load("exec-server@0.0.0"), load("exec-server@0.120.0")
    assert properties(old, "InitializeResponse") == {"protocolVersion"}
    assert properties(first, "InitializeResponse") == {"sessionId"}
    assert properties(old, "ProcessOutputNotification") == {"processId", "stream", "chunk"}
    assert "seq" in properties(first, "ProcessOutputNotification")
    assert "size" not in properties(load("exec-server@0.125.0"), "FsGetMetadataResponse")
    assert "size" in properties(load("exec-server@0.140.0"), "FsGetMetadataResponse")
    formats = [
        load(f"exec-server@{version}").types["ExecPath"].schema.get("format")  # type: ignore[union-attr]
        for version in ("0.140.0", "0.142.0", "0.145.0")
    ]
    assert formats == ["path", None, "uri"]
    assert "writeId" not in properties(load("exec-server@0.141.0"), "ProcessWriteParams")
    assert "writeId" in properties(load("exec-server@0.142.0"), "ProcessWriteParams")
    newest = load("exec-server")
    assert {m.name for m in newest.methods} - {m.name for m in first.methods} == {
        "environment/info",
        "environment/status",
        "environmentConfig/read",
        "fs/canonicalize",
        "fs/close",
        "fs/open",
        "fs/readBlock",
        "fs/walk",
        "fs/watchMissing",
        "http/request",
        "http/request/bodyDelta",
        "process/signal",
    }


def test_a_release_between_two_recorded_ones_has_the_older_shapes() -> None:
    between, older = load("exec-server@0.155.0"), load("exec-server@0.150.0")
    assert {n: t.schema for n, t in between.types.items()} == {
        n: t.schema for n, t in older.types.items()
    }


def test_a_release_before_the_first_recording_is_an_error() -> None:
    with pytest.raises(UsageError, match=r"no exec-server protocol is known of 0\.99\.0"):
        load("exec-server@0.99.0")

"""Which schema `codexwire validate` takes, and what it says as published."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from command import Run
from validated import Judged

from codexwire.ingest import DEFAULT_VERSION
from codexwire.resources import schema_root
from codexwire.version import Version, nearest

TESTS = Path(__file__).parents[1]
RECORDINGS = TESTS / "data" / "recordings"
GOOD = RECORDINGS / "0.163.0" / "s02_command_approval.jsonl"
BAD = RECORDINGS / "0.163.0" / "s12_undocumented.jsonl"


def schema_of(value: dict[str, Any]) -> tuple[str, list[str]]:
    (file,) = value["files"]
    remarks = [f["message"] for f in file["findings"] if f["rule"] == "transcript/schema-version"]
    return file["schema"], remarks


@pytest.mark.parametrize("version", ["0.72.0", "0.99.0", "0.163.0"])
def test_auto_takes_the_servers_own(version: str, judged: Judged) -> None:
    path = min((RECORDINGS / version).glob("*.jsonl"))
    assert schema_of(judged(path)[1]) == (version, [])


def test_auto_takes_the_nearest_and_says_so(judged: Judged, tmp_path: Path) -> None:
    path = tmp_path / "raw.jsonl"
    path.write_text('{"id":1,"result":{"userAgent":"me/0.163.99 (x)"}}\n')
    schema, remarks = schema_of(judged(path)[1])
    assert schema == "0.163.0"
    assert remarks == [
        "the server is 0.163.99; judged by 0.163.0, the nearest available schema"
        " (`codexwire schema pull 0.163.99` gets its own)"
    ]


@pytest.mark.parametrize(
    ("version", "expected"),
    [
        ("0.72.0", "0.72.0"),
        ("0.58.0", "0.72.0"),
        ("0.115.0", "0.125.0"),
        ("0.112.0", "0.125.0"),
        ("0.111.9", "0.99.0"),
        ("0.163.0-alpha.3", "0.163.0"),
        ("1.0.0", "0.163.0"),
    ],
)
def test_nearest(version: str, expected: str) -> None:
    known = tuple(map(Version.parse, ("0.72.0", "0.99.0", "0.125.0", "0.163.0")))
    assert str(nearest(Version.parse(version), known)) == expected


def test_auto_without_any_hint_says_so(judged: Judged, tmp_path: Path) -> None:
    path = tmp_path / "raw.jsonl"
    path.write_text('{"method":"initialized"}\n')
    schema, (remark,) = schema_of(judged(path)[1])
    assert schema == str(DEFAULT_VERSION)
    assert "nothing says which release" in remark
    path.write_text('{"id":1,"result":{"userAgent":"me/0.0.0 (x)"}}\n')
    assert "unreleased build" in schema_of(judged(path)[1])[1][0]


@pytest.mark.parametrize("pack", [bytes, gzip.compress])
def test_schema_from_a_file(pack: Callable[[bytes], bytes], judged: Judged, tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.json.gz"
    bundle.write_bytes(pack((schema_root() / "0.163.0" / "experimental.json").read_bytes()))
    code, value = judged(BAD, "--schema", bundle)
    assert code == 1
    assert value == judged(BAD, "--schema", "0.163.0")[1]
    assert value == judged(BAD)[1]


def test_number_formats(judged: Judged, tmp_path: Path) -> None:
    path = tmp_path / "raw.jsonl"
    path.write_text(f'{{"id":1,"method":"model/list","params":{{"limit":{1 << 40}}}}}\n')
    assert judged(path)[0] == 0
    code, value = judged(path, "--formats")
    assert code == 1
    assert "schema/format" in [f["rule"] for f in value["files"][0]["findings"]]


@pytest.mark.parametrize("version", ["0.140.0", "0.163.0"])
def test_exec_server_sessions(version: str, judged: Judged) -> None:
    path = TESTS / "data" / "exec-server" / version / "s11_exec_proxy_wire.jsonl"
    code, value = judged(path)
    assert code == 0
    schema, (remark,) = schema_of(value)
    assert schema.startswith("exec-server@")
    assert "exec-server session" in remark


def server_errors(value: dict[str, Any]) -> Counter[tuple[str, str]]:
    return Counter(
        (f["method"], f["pointer"])
        for file in value["files"]
        for f in file["findings"]
        if f["direction"] == "server" and f["level"] == "error"
    )


def test_as_published_reports_what_the_published_schema_omits(
    judged: Judged,
) -> None:
    path = RECORDINGS / "0.163.0" / "s12_undocumented.jsonl"
    _, value = judged(path, "--as-published")
    assert server_errors(value) == {("getConversationSummary", ""): 1, ("getAuthStatus", ""): 3}
    client = Counter(
        (f["method"], f["pointer"])
        for f in value["files"][0]["findings"]
        if f["direction"] == "client"
    )
    assert client == {
        ("no/such/method", "/method"): 1,
        ("getConversationSummary", "/method"): 2,
        ("gitDiffToRemote", "/method"): 2,
        ("getAuthStatus", "/method"): 3,
    }
    assert server_errors(judged(path, "--normalized")[1]) == {}


def test_as_published_answers_are_judged_by_what_their_requests_ask_for(
    judged: Judged, tmp_path: Path
) -> None:
    """No bundle says which response belongs to a request: that is knowledge, and changes nothing."""
    request = {"id": 1, "method": "account/rateLimits/read"}
    messages = [("client", request), ("server", {"id": 1, "result": {}})]
    lines = (json.dumps({"dir": side, "msg": message}) for side, message in messages)
    path = tmp_path / "raw.jsonl"
    path.write_text("\n".join(lines) + "\n")
    _, value = judged(path, "--as-published", "--schema", "0.163.0")
    assert server_errors(value) == {("account/rateLimits/read", "/result"): 1}


def test_as_published_says_what_it_still_restores(validate: Run, judged: Judged) -> None:
    old = RECORDINGS / "0.99.0"
    rules = ["n022-event-msg-names-v2-types", "n023-web-search-action-overwritten"]
    for jobs in (1, 2):
        _, _, err = validate(GOOD, old, "--as-published", "--jobs", jobs)
        assert err == (
            "codexwire: note: as published, but for what a bundle lost and a rule puts back:"
            f" 0.99.0 ({', '.join(rules)})\n"
        )
    assert judged(GOOD, old, "--as-published")[1]["restored"] == {"0.99.0": rules}
    assert "restored" not in judged(GOOD, "--as-published")[1]
    assert "restored" not in judged(old)[1]
    assert validate(old)[2] == validate(GOOD, "--as-published")[2] == ""


@pytest.mark.parametrize("name", ["0.72.0/s04_interrupt_steer", "0.99.0/s05_two_threads"])
def test_as_published_every_legacy_event_is_one_error(name: str, judged: Judged) -> None:
    path = RECORDINGS / f"{name}.jsonl"
    events = path.read_text("utf-8").count('"method":"codex/event/')
    assert events > 50
    found = server_errors(judged(path, "--as-published", "--max-findings", "0")[1])
    assert {pointer for _, pointer in found} == {"/method"}
    assert all(method.startswith("codex/event/") for method, _ in found)
    assert found.total() == events
    assert server_errors(judged(path)[1]) == {}


def test_no_server_message_of_any_recording_is_refused(judged: Judged) -> None:
    _, value = judged(RECORDINGS)
    at_hand = [f for f in value["files"] if "schema-version" not in str(f["findings"])]
    assert len(at_hand) >= 10
    assert server_errors({"files": at_hand}) == {}

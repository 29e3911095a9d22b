"""Observed profiles: what they hold, and what reads them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator
from probe import bundle

from codexwire.direction import Kind, Side, Stability
from codexwire.ingest import load, load_files
from codexwire.ingest.document import open_document
from codexwire.ingest.observed import observed_releases
from codexwire.ir.model import ObservedServer
from codexwire.model.observed import read_observed, write_observed
from codexwire.model.read import types_of
from codexwire.model.types import Object
from codexwire.normalize import normalize
from codexwire.resources import schema_root

FOLDER = schema_root() / "observed"
PROFILES = sorted(FOLDER.glob("*.json"))
_OF_A_MACHINE = re.compile(
    rb"/tmp|/root|/home|codexwire-probe|127\.0\.0\.1|[0-9a-f]{8}-[0-9a-f]{4}-"
)


@pytest.mark.parametrize("path", PROFILES, ids=lambda p: p.stem)
def test_a_profile_is_of_its_release_and_of_no_machine(path: Path) -> None:
    text = path.read_bytes()
    observed = read_observed(text)
    assert observed.release == path.stem
    assert write_observed(observed) == text
    assert not _OF_A_MACHINE.search(text)
    assert not [m for m, r in observed.requests.items() if r.verdict == "contradicted"]
    assert sum(r.outcome == "answered" for r in observed.requests.values()) > 70
    assert observed.damaged.judged > 4500


@pytest.mark.parametrize(
    ("release", "sent", "answered", "notifications"),
    [("0.171.0", 188, 146, 47), ("0.169.0", 183, 138, 47), ("0.163.0", 171, 130, 46)],
)
def test_no_less_is_reached_than_by_hand(
    release: str, sent: int, answered: int, notifications: int
) -> None:
    """A driver written by hand for these servers got so far; hidden requests come on top."""
    observed = read_observed((FOLDER / f"{release}.json").read_bytes())
    ends = [r.outcome for m, r in observed.requests.items() if m not in observed.hidden]
    assert len(ends) - ends.count("notSent") >= sent
    assert ends.count("answered") >= answered
    assert "unanswered" not in ends
    assert len(observed.notifications) >= notifications + 2
    assert len(observed.server_requests) >= 5
    assert observed.damaged.judged > 7000


def test_the_profiles_of_codexwire_are_found() -> None:
    assert {str(v) for v in observed_releases()} == {p.stem for p in PROFILES}
    assert {"0.163.0", "0.169.0", "0.171.0"} <= {p.stem for p in PROFILES}


def test_what_changed_on_the_wire_alone(codexwire: Any) -> None:
    """0.151.0 writes saved sessions in another vocabulary, which no diff of schemas shows."""
    code, out, _ = codexwire("diff", "--observed", "0.150.0", "0.151.0")
    assert code == 0
    assert "observed/record  event_msg:agent_reasoning: sent no more" in out
    assert "observed/request  thread/rollback: answered → refused" in out
    assert "observed/message  thread/reverted: sent now" in out
    code, out, _ = codexwire("diff", "--observed", "0.151.0", "0.150.0", "--format", "json")
    changes = json.loads(out)["changes"]
    assert {"rule": "message", "about": "thread/reverted", "change": "sent no more"} in changes
    code, out, _ = codexwire("diff", "--observed", "0.171.0", "0.171.0")
    assert out.strip() == "0 changes on the wire that the schemas do not show"
    code, out, _ = codexwire("diff", "--observed", "0.162.1", "0.163.0")
    assert "v2/RealtimeVoice" not in out  # whose new values the schema has


def test_a_release_that_was_not_probed(codexwire: Any) -> None:
    code, _, err = codexwire("diff", "--observed", "0.99.0", "0.171.0")
    assert code == 2
    assert "0.99.0 was not probed" in err


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("turn/start", "seen on a wire in 0.125.0 … 0.171.0"),
        ("v2/ThreadItem", "seen on a wire in 0.125.0 … 0.171.0"),
        ("windows/worldWritableWarning", "never seen on a wire"),
    ],
)
def test_show_says_where_something_was_seen(name: str, said: str, codexwire: Any) -> None:
    code, out, _ = codexwire("schema", "show", name, "--schema", "0.171.0")
    assert code == 0
    assert said in out


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("process/spawn", "refused without experimentalApi in 0.130.0 … 0.171.0"),
        ("turn/start", "without experimentalApi refused with params.collaborationMode"),
        ("getAuthStatus", "known to servers, but not to their schemas, in 0.125.0 … 0.171.0"),
        ("turn/started", "sent without experimentalApi, too, in 0.125.0 … 0.171.0"),
    ],
)
def test_show_says_who_gets_it(name: str, said: str, codexwire: Any) -> None:
    code, out, _ = codexwire("schema", "show", name, "--schema", "0.171.0")
    assert code == 0
    assert said in out


def test_show_says_it_in_json_too_and_of_app_servers_alone(codexwire: Any) -> None:
    asked = ("schema", "show", "process/spawn", "--schema", "0.171.0", "--format", "json")
    code, out, _ = codexwire(*asked)
    (method,) = json.loads(out)["methods"]
    gated = next(s for s in method["observed"] if s["what"] == "refused without experimentalApi")
    assert (code, gated["releases"][0]) == (0, "0.130.0")
    assert gated["probed"] == len(PROFILES)
    code, out, _ = codexwire("schema", "show", "initialize", "--schema", "exec-server")
    assert code == 0
    assert "seen on a wire" not in out


def test_a_rule_has_what_came_on_a_wire_as_evidence(codexwire: Any) -> None:
    said = "- probed: the published schema rejects response to thread/timeline/list in 0.151.0 … 0.171.0"
    code, out, _ = codexwire("rules", "show", "n006")
    assert code == 0
    assert said in out
    code, out, _ = codexwire("rules", "show", "n017")
    assert "probed" not in out


def test_a_diff_says_what_of_it_was_seen(codexwire: Any) -> None:
    code, out, _ = codexwire("diff", "0.150.0", "0.171.0", "--format", "json")
    assert code in (0, 1)
    document = json.loads(out)
    contract = json.loads((schema_root() / "report" / "diff.schema.json").read_text("utf-8"))
    Draft7Validator(contract).validate(document)
    observed = {(f["rule"], *f["methods"]): f.get("observed") for f in document["findings"]}
    assert observed["request-removed", "thread/rollback"] == {"old": True, "new": False}
    assert observed["notification-added", "thread/section/changed"] == {"old": False, "new": True}
    assert observed["notification-added", "thread/search/partial"] == {"old": False, "new": False}
    _, out, _ = codexwire("diff", "exec-server@0.133.0", "exec-server@0.163.0", "--format", "json")
    assert json.loads(out)["findings"]
    assert "observed" not in out  # only app-servers are probed


@pytest.mark.parametrize("path", PROFILES, ids=lambda p: p.stem)
def test_servers_bear_out_the_marks_of_stability(path: Path) -> None:
    """Each of these servers refuses to stable clients what is marked experimental, and nothing else."""
    observed = read_observed(path.read_bytes())
    protocol = normalize(replace(load(path.stem), observed=ObservedServer())).protocol
    asked = {m for m, r in observed.requests.items() if r.outcome != "notSent"}
    marked = {
        m.name
        for m in protocol.table(Side.CLIENT, Kind.REQUEST)
        if m.stability is Stability.EXPERIMENTAL
    }
    assert {m for m, member in observed.gates if not member} == marked & asked
    closed = {
        m.name
        for m in protocol.table(Side.SERVER, Kind.NOTIFICATION)
        if m.stability is Stability.EXPERIMENTAL
    }
    assert not closed & set(observed.to_stable)


def test_what_a_server_refuses_to_stable_clients_is_experimental(tmp_path: Path) -> None:
    """Whatever its schema says, which is the stable one here."""
    properties = {"size": {"type": "integer"}, "name": {"type": "string"}}
    file = tmp_path / "schema.json"
    document = bundle({"type": "object", "properties": properties}, {}, ("probe/more",))
    file.write_text(json.dumps(document), "utf-8")
    gated = frozenset({("probe/more", ""), ("probe/run", "size"), ("probe/gone", "")})
    plain = load_files({"stable": open_document(file)})
    found = normalize(replace(plain, observed=ObservedServer(gated=gated))).protocol
    marks = {m.name: m.stability for m in found.table(Side.CLIENT, Kind.REQUEST)}
    assert marks == {"probe/run": Stability.STABLE, "probe/more": Stability.EXPERIMENTAL}
    params = types_of(found).named("v2/ProbeRunParams")
    assert isinstance(params, Object)
    assert params.properties["size"].facts.is_experimental
    assert not params.properties["name"].facts.is_experimental


def test_an_observed_response_fills_what_nobody_knows(tmp_path: Path) -> None:
    document = bundle({"type": "object"}, {"ProbeTold": {"type": "object"}}, ("probe/more",))
    file = tmp_path / "schema.json"
    text = json.dumps(document).replace('"ProbeRunResponse"', '"Other"')
    file.write_text(text, "utf-8")
    plain = load_files({"stable": open_document(file)})
    told = replace(
        plain, observed=ObservedServer({"probe/more": "v2/ProbeTold", "probe/run": "v2/None"})
    )

    def result(protocol: Any, name: str) -> tuple[str | None, str]:
        found = normalize(protocol).protocol.method(name, Side.CLIENT, Kind.REQUEST)
        assert found is not None
        return found.result, found.result_by

    assert result(plain, "probe/more") == (None, "unknown")
    assert result(told, "probe/more") == ("v2/ProbeTold", "observed")
    assert result(told, "probe/run") == (None, "unknown")

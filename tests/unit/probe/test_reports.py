"""What comes of a log: rejections, proposed rules, the observed profile, the report."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from probe import bundle, normalized

from codexwire.config import load_config
from codexwire.finding import Level
from codexwire.ir.model import Protocol
from codexwire.model.observed import read_observed, write_observed
from codexwire.normalize.pipeline import apply
from codexwire.normalize.project import project_rules
from codexwire.probe.judge import rejections
from codexwire.probe.learn import learn
from codexwire.probe.log import Log, LoggedExchange, Stage
from codexwire.probe.observe import gates_of, hidden_methods
from codexwire.report.table import render
from codexwire.resources import schema_root
from codexwire.usecases.probe import ProbeOutcome
from codexwire.usecases.probe_report import probe_report
from codexwire.usecases.probe_rules import project_settings
from codexwire.wire import compile

from .conftest import SCHEMA, recipe_for


def outcome(probe_fake: Any, protocol: Protocol, mode: str) -> ProbeOutcome:
    probed = probe_fake(mode)
    validators = compile(protocol)
    found = learn(validators, probed.log), rejections(validators, probed.log)
    return ProbeOutcome(protocol, recipe_for(mode), probed, *found)


def test_an_honest_server_contradicts_nothing(probe_fake: Any, protocol: Protocol) -> None:
    found = outcome(probe_fake, protocol, "honest")
    assert not found.rejected
    report = probe_report(found)
    assert not [f for f in report.findings if f.level is Level.ERROR]
    document = json.loads(render("json", report))
    contract = json.loads((schema_root() / "report" / "probe.schema.json").read_text("utf-8"))
    Draft7Validator(contract).validate(document)
    assert document["counts"]["sent"] == 2
    assert "2 of 2 requests sent, 2 answered" in render("text", report)
    assert "probe/hidden" in render("markdown", report)


def test_what_did_not_come_is_told_by_its_kind(probe_fake: Any, tmp_path: Path) -> None:
    document = bundle(SCHEMA, methods=("probe/more",))
    branches = document["definitions"]["ServerNotification"]["oneOf"]
    branches.append(json.loads(json.dumps(branches[0]).replace("probe/done", "probe/never")))
    found = outcome(probe_fake, normalized(document, tmp_path / "never").protocol, "honest")
    told = probe_report(found).document
    counts = [told["counts"][name] for name in ("notifications", "known notifications")]
    assert counts == [1, 2]
    missing = told["not_reached"]
    assert missing["Notifications that did not come"].keys() == {"probe/never"}
    assert missing["Server requests that did not come"] == {}


def test_what_the_server_lists_and_the_schema_omits(probe_fake: Any, protocol: Protocol) -> None:
    found = outcome(probe_fake, protocol, "honest")
    hidden = hidden_methods(found.probed.log, protocol, found.recipe)
    assert hidden == ("initialize", "probe/hidden")


def test_lies_become_rules_that_let_the_messages_in(
    probe_fake: Any, protocol: Protocol, tmp_path: Path
) -> None:
    found = outcome(probe_fake, protocol, "lies")
    assert [(r.label, r.pointer) for r in found.rejected] == [("probe/done", "/params/name")]
    assert "probe/no-message" in {f.rule for f in probe_report(found).findings}
    text = project_settings(found)
    assert "secret-7" not in text
    table = tomllib.loads(text)["tool"]["codexwire"]["rules"][0]
    assert table["patch"][0]["value"] == ["string", "integer"]
    (tmp_path / "pyproject.toml").write_text(text)
    rules = project_rules(load_config(tmp_path)).rules
    changed, places = apply(rules[0], protocol)
    assert places
    assert not rejections(compile(changed), found.probed.log)


def test_profiles_are_equal_and_say_nothing_of_the_machine(
    probe_fake: Any, protocol: Protocol
) -> None:
    texts = {write_observed(outcome(probe_fake, protocol, "lies").observed()) for _ in range(2)}
    (text,) = texts
    assert b"secret" not in text
    assert b"/tmp" not in text
    observed = read_observed(text)
    assert write_observed(observed) == text
    assert observed.notifications == ("probe/done",)
    assert observed.types["v2/ProbeDoneNotification"].undeclared == ("extra",)
    assert observed.responses == {
        "probe/run": "v2/ProbeRunResponse",
        "probe/more": "v2/ProbeRunResponse",
    }


def test_what_needs_the_capability(protocol: Protocol) -> None:
    words = "probe/run.size requires experimentalApi capability"
    body = {"id": 1, "method": "probe/run"}
    refused = LoggedExchange(Stage.CLOSED, body, {"error": {"message": words}}, "size")
    free = LoggedExchange(Stage.CLOSED, {"id": 2, "method": "probe/more"}, {"result": {}})
    gates = gates_of(Log([refused, free]), protocol, recipe_for("honest"))
    assert gates.members == gates.stable == {("probe/run", "size")}
    assert (gates.methods, gates.open) == (frozenset(), {"probe/more"})

"""What comes of a log: rejections, proposed rules, the observed profile, the report."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import Any

from jsonschema import Draft7Validator
from probe import bundle, normalized

from codexwire.config import load_config
from codexwire.direction import Stability
from codexwire.finding import Level
from codexwire.ir.model import Protocol
from codexwire.model.observed import read_observed, write_observed
from codexwire.normalize.pipeline import apply
from codexwire.normalize.project import project_rules
from codexwire.probe.damage import Disagreement, Judged
from codexwire.probe.judge import rejections
from codexwire.probe.learn import Response, ResultVerdict, learn
from codexwire.probe.log import Heard, Log, LoggedExchange, Stage, Trouble
from codexwire.probe.observe import gates_of, hidden_methods
from codexwire.probe.run import Probed
from codexwire.report.table import render
from codexwire.resources import schema_root
from codexwire.usecases.probe import ProbeOutcome
from codexwire.usecases.probe_report import probe_report
from codexwire.usecases.probe_rules import project_settings
from codexwire.usecases.rule_index import rule_entries
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


KINDS = {
    "gone": (Level.ERROR, "no longer answered"),
    "no-message": (Level.ERROR, "is no message"),
    "stray-answer": (Level.ERROR, "answered a request that nobody sent"),
    "time-up": (Level.WARNING, "time was up"),
    "not-sent": (Level.WARNING, "were not sent"),
    "learned-response": (Level.WARNING, "tell a response type"),
    "open-response": (Level.WARNING, "several possible"),
    "stable-gated": (Level.WARNING, "where the schema has a stable one"),
    "damaged-request": (Level.INFO, "damaged request"),
    "experimental-open": (Level.INFO, "without the capability"),
    "experimental-sent": (Level.INFO, "did not ask"),
    "hidden-method": (Level.INFO, "its schema omits"),
    "undeclared-member": (Level.INFO, "no type declares"),
}
"""Level and words: the server is wrong, somebody may have to do something, it is good to know."""


def test_every_kind_of_finding_has_its_level_and_its_rule(protocol: Protocol) -> None:
    """The log is invented: it has something of each kind."""
    stability = {"probe/more": Stability.EXPERIMENTAL, "probe/done": Stability.EXPERIMENTAL}
    methods = (replace(m, stability=stability.get(m.name, m.stability)) for m in protocol.methods)
    protocol = replace(protocol, methods=tuple(methods))
    run, more = {"id": 1, "method": "probe/run"}, {"id": 2, "method": "probe/more"}
    refused = {"error": {"message": "probe/run.size requires experimentalApi capability"}}
    unknown = {"error": {"message": "unknown variant, expected one of `probe/run`, `probe/hidden`"}}
    done = {"method": "probe/done", "params": {"name": "n", "extra": 1}}
    log = Log(
        [
            LoggedExchange(Stage.SWEEP, {"id": 3, "method": "no/such/method"}, unknown),
            LoggedExchange(Stage.CLOSED, run, refused, "size"),
            LoggedExchange(Stage.CLOSED, more, {"result": {}}),
        ],
        [Heard(done, experimental=False)],
        [(trouble, "it happened") for trouble in Trouble],
    )
    damages = Judged(1, [Disagreement("probe/run", "name", "text", "server")])
    responses = (
        Response("probe/run", ResultVerdict.LEARNED, "v2/ProbeRunResponse"),
        Response("probe/more", ResultVerdict.OPEN),
    )
    recipe = recipe_for("invented")
    found = ProbeOutcome(protocol, recipe, Probed(log, damages), responses, ())
    levels = {f.rule.removeprefix("probe/"): f.level for f in probe_report(found).findings}
    assert levels == {rule: level for rule, (level, _) in KINDS.items()}
    listed = {entry.names[0]: entry for entry in rule_entries() if entry.family == "probe"}
    assert listed.keys() == KINDS.keys()
    for rule, (level, words) in KINDS.items():
        assert listed[rule].effect == level
        assert words in listed[rule].title

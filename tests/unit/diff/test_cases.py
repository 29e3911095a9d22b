"""Every rule on a change that it must see and a neighbour that it must not, for both senders."""

from __future__ import annotations

import ast
import inspect
import json
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest

from codexwire.diff import DiffFinding, diff
from codexwire.diff.contract import Contract
from codexwire.diff.contract_filter import touching
from codexwire.diff.engine import analyse
from codexwire.diff.table import RULES
from codexwire.diff.usage import TypeUsage
from codexwire.diff.verdict import Verdict
from codexwire.direction import Kind, Side, Stability
from codexwire.finding import Level
from codexwire.ir.model import Method, Protocol, Source, TypeDef, ref_to
from codexwire.profiles.app_server.profile import APP_SERVER

CASES = Path(__file__).parents[2] / "cases" / "diff"
RULE_IDS = [rule.id for rule in RULES]
SENDERS = {"client": Side.CLIENT, "server": Side.SERVER}


def protocol(side: dict[str, Any], sender: Side) -> Protocol:
    types = {name: TypeDef(name, node, Stability.UNKNOWN) for name, node in side["types"].items()}
    subject = {"name": "subject/sent", "params": ref_to("Subject"), "required": True}
    declared = side.get("methods", {"*Notification": [subject]})
    methods = [
        method(entry, sender, Kind(union.removeprefix("*").lower()))
        for union, entries in declared.items()
        for entry in entries
    ]
    envelope = {
        union.replace("*", sender.capitalize()): MappingProxyType(dict(properties))
        for union, properties in side.get("envelope", {}).items()
    }
    channels = ("experimental", "stable") if side.get("has_channels") else ("unknown",)
    return Protocol(
        "case",
        None,
        tuple(Source(channel, "") for channel in channels),
        MappingProxyType(types),
        tuple(methods),
        MappingProxyType(envelope),
        layout=APP_SERVER,
    )


def method(entry: dict[str, Any], sender: Side, kind: Kind) -> Method:
    properties = {"method": {"type": "string", "enum": [entry["name"]]}, "params": entry["params"]}
    required = ["method", "params"] if entry["required"] else ["method"]
    if kind is Kind.REQUEST:
        properties["id"] = {"type": "integer"}
        required.append("id")
    return Method(
        entry["name"],
        sender,
        kind,
        {"type": "object", "properties": properties, "required": required},
        Stability(entry.get("stability", "unknown")),
        result=entry.get("result"),
    )


def found(case: dict[str, Any], sender: Side, rule: str) -> list[DiffFinding]:
    pair = protocol(case["old"], sender), protocol(case["new"], sender)
    if rule == "text-changed":  # counted, and never listed
        return [f for f, _ in analyse(*pair).findings if f.rule == rule]
    return [f for f in diff(*pair).findings if f.rule == rule]


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("rule", RULE_IDS)
def test_the_rule_sees_its_change(rule: str, sender: str) -> None:
    case = json.loads((CASES / rule / "fires.json").read_text("utf-8"))
    findings = found(case, SENDERS[sender], rule)
    assert [[f.old_client, f.new_client] for f in findings] == [case["expect"][sender]], case["why"]
    by_client = (sender == "client") is not (rule == "response-type-changed")  # the other answers
    direction = "client_to_server" if by_client else "server_to_client"
    assert {said for f in findings for said in f.facts["directions"]} <= {direction}


@pytest.mark.parametrize("sender", SENDERS)
@pytest.mark.parametrize("rule", RULE_IDS)
def test_the_rule_does_not_see_its_neighbour(rule: str, sender: str) -> None:
    case = json.loads((CASES / rule / "silent.json").read_text("utf-8"))
    assert found(case, SENDERS[sender], rule) == [], case["why"]


@pytest.mark.parametrize(
    ("rule", "sender", "levels"),
    [
        ("default-changed", "client", (Level.WARNING, Level.INFO)),
        ("default-changed", "server", (Level.INFO, Level.INFO)),
        ("notification-removed", "server", (Level.WARNING, Level.WARNING)),
        ("property-removed-optional", "client", (Level.INFO, Level.INFO)),
        ("property-removed-optional", "server", (Level.WARNING, Level.INFO)),
    ],
)
def test_an_old_client_is_warned_of_what_breaks_no_message(
    rule: str, sender: str, levels: tuple[Level, Level]
) -> None:
    """It leaves out what now means something else, or waits for what no longer comes."""
    case = json.loads((CASES / rule / "fires.json").read_text("utf-8"))
    (finding,) = found(case, SENDERS[sender], rule)
    assert finding.old_client is Verdict.SAFE
    assert (finding.old_client_level, finding.new_client_level) == levels


@pytest.mark.parametrize(
    ("rule", "sent"),
    [
        ("enum-value-added", ".id=c"),
        ("enum-value-became-variant", "=denied"),
        ("enum-value-removed", ".id=c"),
        ("object-split-into-union", "<image>"),
        ("union-collapsed", "<image>"),
        ("variant-added", "<new>"),
        ("variant-removed", "<c>"),
    ],
)
def test_a_value_or_variant_is_nothing_to_a_client_that_sends_another(rule: str, sent: str) -> None:
    case = json.loads((CASES / rule / "fires.json").read_text("utf-8"))
    changes = found(case, Side.CLIENT, rule)
    for text, touched in (sent, changes), ("another", []):
        usage = TypeUsage(fields={".id"}, variants={text}, values={text})
        assert list(touching(Contract({}, {"Subject": usage}, {}), changes)) == touched


@pytest.mark.parametrize("sender", SENDERS)
def test_a_method_that_leaves_the_stable_schema_is_an_error_for_old_clients(sender: str) -> None:
    case = json.loads((CASES / "method-moved-channel" / "fires.json").read_text("utf-8"))
    (left,) = found(case, SENDERS[sender], "method-moved-channel")
    assert (left.old_client_level, left.new_client_level) == (Level.ERROR, Level.INFO)
    back = {**case, "old": case["new"], "new": case["old"]}
    (joined,) = found(back, SENDERS[sender], "method-moved-channel")
    assert (joined.old_client_level, joined.new_client_level) == (Level.INFO, Level.INFO)


def test_the_table_has_one_rule_for_every_file() -> None:
    assert len(set(RULE_IDS)) == len(RULE_IDS)
    for rule in RULES:
        path = Path(inspect.getfile(rule.check))
        assert path.stem == rule.id.replace("-", "_")
        assert ast.get_docstring(ast.parse(path.read_text("utf-8")))
        assert rule.title.endswith(".")
    files = {p.stem for p in path.parent.glob("*.py")} - {"__init__"}
    assert files == {rule.id.replace("-", "_") for rule in RULES}


def test_every_case_belongs_to_a_rule() -> None:
    assert {p.name for p in CASES.iterdir() if p.is_dir()} == {*RULE_IDS, "traps"}

"""Every tolerance rule against messages that it must read, and others that it must leave alone."""

from __future__ import annotations

import json
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

import codex_app_server_protocol as protocol
from codexwire.runtime.tolerance.rule import Hook
from codexwire.runtime.tolerance.table import RULES

CASES = Path(__file__).parents[2] / "cases" / "tolerance"
FILES = sorted(CASES.glob("*/*.json"))
EXACT = {rule.id for rule in RULES if rule.exact}


def attribute(value: Any, path: str) -> Any:
    for step in path.split("."):
        value = value[int(step)] if step.isdigit() else getattr(value, step)
    return value


def decode(case: dict[str, Any]) -> Any:
    function = getattr(protocol, f"decode_{case['kind']}")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore" if case.get("aliases") else "error")
        return function(case["method"], case["raw"], aliases=case.get("aliases", False))


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_every_rule_has_cases_of_both_kinds(rule: Any) -> None:
    names = [p.name for p in FILES if p.parent.name == rule.id]
    assert [n for n in names if n.startswith("match")]
    assert [n for n in names if n.startswith("leave")]


def test_every_folder_is_of_a_rule() -> None:
    assert {p.parent.name for p in FILES} == {rule.id for rule in RULES}


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_case(file: Path) -> None:
    case = json.loads(file.read_text("utf-8"))
    value = decode(case)
    part = "result" if case["kind"] == "result" else "params"
    notes = {n.pointer: n.rule for n in protocol.drift_notes(value, part=part)}
    if case.get("more_notes"):
        notes = {pointer: rule for pointer, rule in notes.items() if pointer in case["notes"]}
    assert notes == case["notes"]
    reads = {path: attribute(value, path) for path in case["reads"]}
    assert reads == case["reads"]
    assert json.dumps(protocol.dump(value), sort_keys=True) == json.dumps(
        case["raw"], sort_keys=True
    )
    if file.parent.name not in EXACT:
        applied = file.parent.name in notes.values()
        assert applied is file.stem.startswith("match")


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_rule_says_what_it_is_and_where_it_was_seen(rule: Any) -> None:
    module = f"codexwire.runtime.tolerance.rules.{rule.id.replace('-', '_')}"
    assert import_module(module).RULE is rule
    assert rule.title.endswith(".")
    assert rule.evidence
    assert rule.hook in Hook


def test_rules_that_must_be_switched_on_warn() -> None:
    with pytest.warns(UserWarning, match=r"turn\.completed.*turn/completed"):
        protocol.decode_notification("turn.completed", {}, aliases=True)

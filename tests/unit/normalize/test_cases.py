"""Every rule against excerpts of real schemas: one that it must match, one that it must leave."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from codexwire.direction import Stability
from codexwire.ingest.build import build_protocol
from codexwire.ingest.document import Document
from codexwire.ir.model import Protocol
from codexwire.model.normalization import Effect
from codexwire.normalize import RULES, Rule
from codexwire.normalize.pipeline import apply

CASES = Path(__file__).parents[2] / "cases" / "normalize"
BY_ID = {rule.id: rule for rule in RULES}
FILES = sorted(CASES.glob("*/*.json"))


def protocol(definitions: dict[str, Any]) -> Protocol:
    types = {name: (schema, Stability.UNKNOWN) for name, schema in definitions.items()}
    return build_protocol(Document("case", definitions, {}), types, version=None, sources=())


def definitions(found: Protocol) -> dict[str, Any]:
    root = found.document()["definitions"]
    v2 = root.pop("v2")
    return {**root, **{f"v2/{name}": schema for name, schema in v2.items()}}


def valid(document: dict[str, Any], name: str, value: Any) -> bool:
    nested = {k.removeprefix("v2/"): v for k, v in document.items() if k.startswith("v2/")}
    root = {"$ref": f"#/definitions/{name}", "definitions": {**document, "v2": nested}}
    return bool(Draft7Validator(root).is_valid(value))


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.id)
def test_every_rule_has_cases_of_both_kinds(rule: Rule) -> None:
    names = [file.stem for file in FILES if file.parent.name == rule.id]
    assert [n for n in names if n.startswith("match")]
    assert [n for n in names if n.startswith("leave")]


def test_every_folder_of_cases_is_a_rules() -> None:
    assert {folder.name for folder in CASES.iterdir() if folder.is_dir()} == set(BY_ID)


@pytest.mark.parametrize("file", FILES, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_case(file: Path) -> None:
    case = json.loads(file.read_text("utf-8"))
    rule = BY_ID[file.parent.name]
    before = protocol(case["before"])
    after, places = apply(rule, before)
    assert bool(places) is file.stem.startswith("match")
    assert set(places) == set(case.get("places", places))
    old, new = definitions(before), definitions(after)
    changed = sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))
    assert changed == case["changed"]
    for name, expected in case.get("after", {}).items():
        assert new.get(name) == expected
    results = {m.name: m.result for m in after.methods if m.result is not None}
    assert results == case.get("results", results)
    for sample in case.get("values", ()):
        verdicts = (sample["before"], sample["after"])
        for document, expected in zip((old, new), verdicts, strict=True):
            if expected is not None:  # null: no validator can be built from that document
                assert valid(document, sample["type"], sample["value"]) is expected


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.id)
def test_a_rule_that_annotates_changes_no_verdict_and_another_does(rule: Rule) -> None:
    cases = (json.loads(file.read_text("utf-8")) for file in FILES if file.parent.name == rule.id)
    verdicts = [(v["before"], v["after"]) for case in cases for v in case.get("values", ())]
    changed = any(before != after for before, after in verdicts if None not in (before, after))
    assert changed is (rule.effect is not Effect.ANNOTATE)

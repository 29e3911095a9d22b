"""The table of rules: every file is in it, every rule says what a reader needs."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from codexwire import profiles
from codexwire.normalize import RETIRED, RULES, Rule
from codexwire.profiles.table import RULES as TABLE

FOLDER = Path(profiles.__file__).parent
MODULES = {
    path.stem: ".".join(("codexwire", "profiles", *path.relative_to(FOLDER).with_suffix("").parts))
    for path in FOLDER.glob("*/rules/n*.py")
}


def module_of(rule: Rule) -> str:
    return rule.id.replace("-", "_")


def test_every_module_is_in_the_table_once() -> None:
    assert sorted(module_of(rule) for rule in TABLE) == sorted(MODULES)
    assert len({rule.id[:4] for rule in TABLE}) == len(TABLE)


def test_a_retired_id_leads_to_a_rule_and_is_not_taken_again() -> None:
    assert set(RETIRED.values()) <= {rule.id for rule in TABLE}
    assert not {old[:4] for old in RETIRED} & {rule.id[:4] for rule in TABLE}


def test_every_data_file_has_its_module() -> None:
    assert {path.stem for path in FOLDER.glob("*/rules/*.json")} <= set(MODULES)


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.id)
def test_a_rule_says_what_a_reader_needs(rule: Rule) -> None:
    module = import_module(MODULES[module_of(rule)])
    assert module.RULE is rule
    assert re.fullmatch(r"n\d{3}(-[a-z0-9]+)+", rule.id)
    assert rule.title.endswith(".")
    assert rule.evidence
    assert len(module.__doc__ or "") > 100
    functions = [f for f in (rule.node, rule.typedef, rule.protocol) if f is not None]
    assert len(functions) == 1
    assert functions[0].__module__ == module.__name__  # `rules show` prints that module's text

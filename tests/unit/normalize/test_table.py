"""The table of rules: every file is in it, every rule says what a reader needs."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path

import pytest

from codexwire import profiles
from codexwire.normalize import RETIRED, RULES, Compared, Rule
from codexwire.profiles.shared.normalization import RULES as SHARED
from codexwire.profiles.table import PROFILES
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


def test_a_protocol_has_all_rules_of_every_protocol() -> None:
    for profile in PROFILES:
        assert profile.lines or set(SHARED.all) <= set(profile.rules.all)


def test_a_retired_id_leads_to_a_rule_and_is_not_taken_again() -> None:
    assert set(RETIRED.values()) <= {rule.id for rule in TABLE}
    assert not {old[:4] for old in RETIRED} & {rule.id[:4] for rule in TABLE}


def test_every_number_is_of_a_rule_or_of_a_retired_one() -> None:
    numbers = sorted(int(id[1:4]) for id in (*RETIRED, *(rule.id for rule in TABLE)))
    assert numbers == list(range(1, len(numbers) + 1))


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


NEVER_COMPARED = {
    "n010-string-enum-branches",
    "n011-string-wrappers",
    "n012-v1-v2-twins",
    "n014-branch-titles",
    "n015-discriminators",
    "n016-open-unions",
    "n017-time-units",
    "n018-deprecated",
    "n019-identities",
}


@pytest.mark.parametrize("rule", RULES, ids=lambda r: r.id)
def test_a_rule_says_in_its_file_whether_releases_are_compared_after_it(rule: Rule) -> None:
    expected = Compared.NEVER if rule.id in NEVER_COMPARED else Compared.ALWAYS
    if rule.id == "n005-codex-event-notifications":
        expected = Compared.HISTORY
    assert rule.compared is expected
    assert f"compared=Compared.{expected.name}" in (
        Path(import_module(MODULES[module_of(rule)]).__file__ or "").read_text("utf-8")
    )

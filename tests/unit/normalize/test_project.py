"""Rules and responses of a project and of installed packages: they apply, go stale, and fail in one line."""

from __future__ import annotations

import re
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import tomli_w

from codexwire.config import Config, load_config
from codexwire.direction import Kind, Side
from codexwire.errors import NormalizeError, UsageError
from codexwire.ingest import load
from codexwire.ir.hole import HoleKind
from codexwire.ir.model import Protocol
from codexwire.normalize import Normalized, normalize, project_rules
from codexwire.toml import TomlValue, parse_toml

COST = {"op": "add", "path": "/properties/cost", "value": {"type": "number"}}


def without(response: str) -> Protocol:
    """Return 0.163.0 without one of its response types."""
    found = load("0.163.0")
    return replace(found, types={n: t for n, t in found.types.items() if n != response})


def written(*rules: dict[str, Any]) -> tuple[TomlValue, ...]:
    """Return rules as they are read from a pyproject.toml."""
    return tuple(parse_toml(tomli_w.dumps({"rules": rules}), file="pyproject.toml").items("rules"))


def run(protocol: Protocol, *rules: dict[str, Any], **config: Any) -> Normalized:
    return normalize(protocol, project=project_rules(Config(rules=written(*rules), **config)))


def reasons(normalized: Normalized) -> dict[str, str]:
    return {stale.rule.id: stale.reason for stale in normalized.stale}


@pytest.mark.parametrize("name", ["v2/ConfigWriteResponse", "ConfigWriteResponse"])
def test_a_stated_response_is_the_result(name: str) -> None:
    protocol = without("v2/ThreadStartResponse")
    assert [h.name for h in normalize(protocol).protocol.holes] == ["thread/start"]
    found = run(protocol, responses={"thread/start": name})
    method = found.protocol.method("thread/start", Side.CLIENT, Kind.REQUEST)
    assert method is not None
    assert (method.result, method.result_by) == ("v2/ConfigWriteResponse", "project")
    assert found.protocol.holes == ()
    assert found.stale == ()
    assert ("response:thread/start", ("thread/start",)) in [
        (a.rule.id, a.places) for a in found.applied
    ]


@pytest.mark.parametrize(
    ("method", "name"),
    [
        ("thread/start", "v2/ThreadStartResponse"),  # known without it
        ("thread/start", "v2/NoSuchResponse"),
        ("no/such", "v2/ThreadStartResponse"),
        ("turn/completed", "v2/ThreadStartResponse"),  # a notification has no answer
    ],
)
def test_a_response_that_does_nothing_is_stale(method: str, name: str) -> None:
    found = run(load("0.163.0"), responses={method: name})
    assert list(reasons(found)) == [f"response:{method}"]
    assert found.protocol.methods == normalize(load("0.163.0")).protocol.methods


def test_a_project_overrides_what_the_built_in_rules_find() -> None:
    found = run(load("0.163.0"), responses={"thread/start": "v2/ConfigWriteResponse"})
    method = found.protocol.method("thread/start", Side.CLIENT, Kind.REQUEST)
    assert method is not None
    assert method.result == "v2/ConfigWriteResponse"


def test_a_patch_changes_a_type() -> None:
    rule = {"id": "acme-cost", "type": "v2/Turn", "versions": "0.160.0..", "patch": [COST]}
    found = run(load("0.163.0"), rule)
    schema = found.protocol.types["v2/Turn"].schema
    assert isinstance(schema, dict)
    assert schema["properties"]["cost"] == {"type": "number"}
    assert "cost" not in str(load("0.163.0").types["v2/Turn"].schema)
    assert found.stale == ()


def test_a_patch_changes_the_messages_of_a_method() -> None:
    patch = [{"op": "add", "path": "/properties/trace", "value": {"type": "string"}}]
    found = run(load("0.163.0"), {"id": "acme-t", "method": "turn/start", "patch": patch})
    method = found.protocol.method("turn/start", Side.CLIENT, Kind.REQUEST)
    assert method is not None
    assert method.branch["properties"]["trace"] == {"type": "string"}


def test_a_patch_may_refer_to_nothing_which_is_a_hole() -> None:
    patch = [{"op": "add", "path": "/properties/x", "value": {"$ref": "#/definitions/v2/Gone"}}]
    found = run(load("0.163.0"), {"id": "acme-x", "type": "v2/Turn", "patch": patch})
    assert [(h.kind, h.name) for h in found.protocol.holes] == [(HoleKind.REFERENCE, "v2/Gone")]


@pytest.mark.parametrize(
    "rule",
    [
        {"type": "v2/NoSuch", "patch": [COST]},
        {"type": "v2/Turn", "patch": [{"op": "remove", "path": "/properties/nothing"}]},
        {"type": "v2/Turn", "patch": [{"op": "test", "path": "/type", "value": "no"}, COST]},
        {"method": "no/such", "patch": [COST]},
    ],
)
def test_a_rule_that_does_nothing_is_stale_where_it_claims(rule: dict[str, Any]) -> None:
    found = run(load("0.163.0"), {"id": "acme", "versions": "0.163.0..", **rule})
    assert list(reasons(found)) == ["acme"]
    elsewhere = run(load("0.163.0"), {"id": "acme", "versions": "0.164.0..", **rule})
    assert elsewhere.stale == ()


def test_a_python_name_is_put_on_the_property_or_the_type() -> None:
    rules = (
        {"id": "a", "type": "v2/Turn", "property": "id", "python-name": "turn_id"},
        {"id": "b", "type": "v2/Turn", "python-name": "OneTurn"},
    )
    schema = run(load("0.163.0"), *rules).protocol.types["v2/Turn"].schema
    assert isinstance(schema, dict)
    assert schema["x-name"] == "OneTurn"
    assert schema["properties"]["id"]["x-python-name"] == "turn_id"


@pytest.mark.parametrize(
    ("rule", "said"),
    [
        ({"type": "v2/Turn", "patch": [COST]}, "id"),
        ({"id": "a", "patch": [COST]}, "either a type or a method"),
        ({"id": "a", "type": "T", "method": "m", "patch": [COST]}, "either a type or a method"),
        ({"id": "a", "type": "T"}, "either a patch or a python-name"),
        ({"id": "a", "type": "T", "patch": [{"op": "fly"}]}, "no JSON Patch"),
        ({"id": "a", "type": "T", "patch": [COST], "versions": "new"}, "not a version"),
        ({"id": "a", "type": "T", "patch": [COST], "colour": 1}, "colour"),
        ({"id": "a", "type": "T", "python-name": "no name"}, "no Python name"),
        ({"id": "a", "type": "T", "patch": [COST], "property": "x"}, "property goes with"),
        ({"id": "n002-response-map", "type": "T", "patch": [COST]}, "two rules are called"),
    ],
)
def test_a_table_that_is_no_rule_is_one_line(rule: dict[str, Any], said: str) -> None:
    with pytest.raises(UsageError, match=said) as caught:
        project_rules(Config(rules=written(rule)))
    assert re.match(r"pyproject\.toml:\d: ", str(caught.value))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("patch", "said"),
    [
        ([{"op": "replace", "path": "", "value": 7}], "leaves no schema"),
        ([{"op": "add", "path": "/type", "value": 7}], "/type, which must be"),
        ([{"op": "replace", "path": "", "value": {"$ref": "#/definitions/v2/Turn"}}], "but itself"),
    ],
)
def test_a_patch_that_leaves_no_schema_names_its_rule(patch: list[Any], said: str) -> None:
    with pytest.raises(NormalizeError, match=said) as caught:
        run(load("0.163.0"), {"id": "acme-bad", "type": "v2/Turn", "patch": patch})
    assert "acme-bad of pyproject.toml" in str(caught.value)


def installed(folder: Path, monkeypatch: pytest.MonkeyPatch, source: str) -> None:
    """Put a package `acme-rules` on the path whose entry point is `acme_rules:RULES`."""
    (folder / "acme_rules.py").write_text(source, "utf-8")
    info = folder / "acme_rules-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: acme-rules\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[codexwire.rules]\nacme = acme_rules:RULES\n")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "acme_rules", raising=False)


HEAD = """
from codexwire.normalize import Effect, Rule
from codexwire.version import VersionRange

def mark(protocol, typedef):
    {body}

RULES = [Rule("acme-mark", "A mark.", Effect.ANNOTATE, VersionRange(), (), typedef=mark)]
"""


def test_a_package_brings_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    body = "return {**typedef.schema, 'x-acme': 1} if typedef.name == 'v2/Turn' else None"
    installed(tmp_path, monkeypatch, HEAD.format(body=body))
    found = run(load("0.163.0"))
    (application,) = (a for a in found.applied if a.rule.id == "acme-mark")
    assert application.rule.origin == "acme-rules"
    assert application.places == ("v2/Turn",)


def test_a_rule_of_a_package_that_raises_names_the_package(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, monkeypatch, HEAD.format(body="raise KeyError('boom')"))
    with pytest.raises(NormalizeError, match=r"acme-mark of the package acme-rules.*KeyError"):
        run(load("0.163.0"))


@pytest.mark.parametrize("source", ["raise RuntimeError('x')", "RULES = 7", "RULES = ['a']", ""])
def test_a_package_that_does_not_load_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, source: str
) -> None:
    installed(tmp_path, monkeypatch, source)
    with pytest.raises(UsageError, match=r"the package acme-rules cannot be loaded"):
        project_rules(Config())


def test_the_configuration_is_read_from_pyproject(tmp_path: Path) -> None:
    (tmp_path / "pyproject.toml").write_text(
        '[tool.codexwire.responses]\n"a/b" = "v2/C"\n'
        '[[tool.codexwire.rules]]\nid = "r"\ntype = "T"\npatch = []\n'
        '[[tool.codexwire.packages]]\nschema = "exec-server"\n'
    )
    config = load_config(tmp_path)
    for one in config.packages:
        assert dict(one.responses) == {"a/b": "v2/C"}
        assert [rule.value["id"] for rule in one.rules] == ["r"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[tool.codexwire]\nresponses = 7\n", "responses must be a table"),
        ('[tool.codexwire.responses]\n"a/b" = 7\n', "a/b must be a string"),
        ("[tool.codexwire]\nrules = 7\n", "rules must be tables"),
    ],
)
def test_a_wrong_configuration_is_one_line(tmp_path: Path, text: str, said: str) -> None:
    (tmp_path / "pyproject.toml").write_text(text)
    with pytest.raises(UsageError, match=said):
        load_config(tmp_path)

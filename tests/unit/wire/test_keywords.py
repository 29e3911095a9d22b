"""Every keyword of draft-07: all that decides says what `jsonschema` says, and names what is broken."""

from __future__ import annotations

import importlib
import itertools
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import jsonschema
import pytest

from codexwire import wire
from codexwire.direction import Kind, Side
from codexwire.emit.validators import plan_validators
from codexwire.ir.keywords import ASSERTIONS
from codexwire.ir.model import Method, Protocol, TypeDef, ref_to
from codexwire.ir.wellformed import malformed

FOLDERS = sorted((Path(__file__).parents[2] / "cases" / "wire").glob("keyword-*"))
BRANCH: dict[str, Any] = {
    "type": "object",
    "required": ["method", "params"],
    "properties": {
        "method": {"type": "string", "enum": ["subject"]},
        "params": ref_to("Subject"),
    },
}
GROUPS = [
    pytest.param(group, id=f"{folder.name}-{number}")
    for folder in FOLDERS
    for number, group in enumerate(json.loads((folder / "groups.json").read_text("utf-8")))
]
PACKAGES = itertools.count()


def protocol_of(schema: Any, types: dict[str, Any]) -> Protocol:
    named = {name: TypeDef(name, node) for name, node in {"Subject": schema, **types}.items()}
    method = Method("subject", Side.SERVER, Kind.NOTIFICATION, BRANCH)
    return Protocol("test", None, (), named, (method,))


@pytest.fixture
def package(tmp_path: Path) -> Iterator[Path]:
    """A folder to import a package from, of a name that no other test has."""
    folder = tmp_path / f"validators_of_keywords_{next(PACKAGES)}"
    folder.mkdir()
    (folder / "__init__.py").touch()
    sys.path.insert(0, str(tmp_path))
    yield folder
    sys.path.remove(str(tmp_path))


def emitted(protocol: Protocol, folder: Path) -> ModuleType:
    for name, source in plan_validators(protocol, folder.name).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(source, "utf-8")
    importlib.invalidate_caches()
    return importlib.import_module(f"{folder.name}.validators")


@pytest.mark.parametrize("group", GROUPS)
def test_all_that_decides_agrees(group: dict[str, Any], package: Path) -> None:
    types = group.get("types", {})
    protocol = protocol_of(group["schema"], types)
    definitions = {**types, "Subject": group["schema"]}
    assert not list(malformed({"definitions": definitions}))
    oracle = jsonschema.Draft7Validator({"definitions": definitions, **ref_to("Subject")})
    subject, module = wire.compile(protocol), emitted(protocol, package)
    assert subject.unchecked == ()
    values = [(value, True) for value in group["valid"]]
    for value, expected in values + [(case["value"], False) for case in group["invalid"]]:
        message = {"method": "subject", "params": value}
        line = json.dumps(message).encode()
        assert oracle.is_valid(value) is expected, value
        assert subject.accepts_type("Subject", value) is expected, value
        assert subject.accepts_message(message, Side.SERVER) is expected, value
        assert subject.accepts_line(line, Side.SERVER) is expected, value
        assert module.accepts_message(message, "server") is expected, value
        assert module.accepts_line(line, "server") is expected, value
        assert expected or not subject.fast_accepts(line, Side.SERVER), value


@pytest.mark.parametrize("group", GROUPS)
def test_every_violation_is_named(group: dict[str, Any]) -> None:
    subject = wire.compile(protocol_of(group["schema"], group.get("types", {})))
    for value in group["valid"]:
        assert subject.check_type("Subject", value) == ()
    for case in group["invalid"]:
        found = subject.check_type("Subject", case["value"])
        named = [{"rule": v.rule, "pointer": v.pointer} for v in found]
        assert named == case["violations"], case["value"]


def test_there_are_cases_of_every_keyword() -> None:
    named = {folder.name.removeprefix("keyword-") for folder in FOLDERS}
    assert ASSERTIONS - {"$ref", "then", "else"} <= named


def test_generated_validators_take_any_result_that_nobody_knows(package: Path) -> None:
    ask: dict[str, Any] = {**BRANCH, "required": ["id", "method", "params"]}
    named = {"Subject": TypeDef("Subject", {"type": "integer"})}
    known = Method("known", Side.CLIENT, Kind.REQUEST, ask, result="Subject")
    unknown = Method("unknown", Side.CLIENT, Kind.REQUEST, ask)
    module = emitted(Protocol("test", None, (), named, (known, unknown)), package)
    for result in (None, 1, "x", [{}]):
        line = json.dumps({"id": 1, "result": result}).encode()
        assert module.accepts_result(line, "unknown", "client")
        assert module.accepts_value("unknown", result, "client")
        assert module.accepts_result(line, "known", "client") is (result == 1)
    for line in (b'{"id":1}', b'{"result":1}', b'{"id":{},"result":1}', b"[]", b"{"):
        assert not module.accepts_result(line, "unknown", "client")
    assert not module.accepts_result(b'{"id":1,"result":1}', "none", "client")
    acceptor = module._ACCEPTOR
    assert [acceptor.checks_result(m, "client") for m in ("known", "unknown", "none")] == [
        True,
        False,
        False,
    ]


def test_a_first_word_that_is_the_name_of_a_module(package: Path) -> None:
    words = ("shared", "more", "class", "1st", "\u00e9")
    methods = [
        Method(name, Side.CLIENT, Kind.NOTIFICATION, branch_of(name))
        for word in words
        for name in (f"{word}/{number}" for number in range(5))
    ]
    module = emitted(Protocol("test", None, (), {}, tuple(methods)), package)
    for method in methods:
        assert module.accepts_message({"method": method.name}, "client")
        assert not module.accepts_message({"method": method.name}, "server")


def branch_of(method: str) -> dict[str, Any]:
    properties = {"method": {"type": "string", "enum": [method]}}
    return {"type": "object", "required": ["method"], "properties": properties}

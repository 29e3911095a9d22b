"""`codexwire generate --lang testdata`: what its vectors say is what every implementation says.

The generated package and the validators judge each vector as it is read from the files; `jsonschema-rs`
judges it by nothing but the schema that is beside it.
"""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

import jsonschema
import jsonschema_rs
import pytest

from codexwire import wire
from codexwire.direction import Side
from codexwire.emit.header import stamp_of
from codexwire.emit.plan import plan_package
from codexwire.ingest import load
from codexwire.normalize import Normalized, normalize
from codexwire.resources import schema_root

FORMAT = json.loads((schema_root() / "report" / "testdata.schema.json").read_bytes())
RELEASES = (
    *("0.72.0", "0.80.0", "0.99.0", "0.104.0", "0.110.0", "0.115.0", "0.117.0", "0.121.0"),
    *("0.125.0", "0.128.0", "0.130.0", "0.135.0", "0.137.0", "0.140.0", "0.145.0", "0.150.0"),
    *("0.155.0", "0.160.0", "0.163.0", "0.169.0", "0.171.0"),
)
OTHERS = ("exec-server@0.163.0", "exec-stream@0.171.0", "rollout@0.171.0")
TABLES = ("messages.jsonl", "responses.jsonl", "types.jsonl")
MOST_BYTES = 8_000_000


def _sent(method: str, params: Any) -> dict[str, Any]:
    members = {"id": {"type": "integer"}, "method": {"enum": [method]}, "params": params}
    return {"type": "object", "required": [*members], "properties": members}


ODD = {
    "definitions": {
        "ClientRequest": {
            "oneOf": [
                _sent("thread/start", {"$ref": "#/definitions/v2/ThreadStartParams"}),
                _sent("odd é ~/%41", {"$ref": "#/definitions/v2/Missing"}),
                _sent("no/value", False),
            ]
        },
        "v2": {
            "ThreadStartParams": {
                "type": "object",
                "properties": {
                    "pattern": {"type": "string", "pattern": "^x+$"},
                    "unique": {"type": "array", "uniqueItems": True, "items": {"type": "integer"}},
                    "other": {"not": {"type": "string"}},
                    "nothing": {"$ref": "#/definitions/v2/Missing"},
                    "self": {"$ref": "#/definitions/v2/ThreadStartParams"},
                    "listed": {"enum": [1 << 80, 1.5, None, "\N{GRINNING FACE}"]},
                    "tuple": {"items": [{"type": "string"}, True], "additionalItems": False},
                },
                "additionalProperties": False,
                "dependencies": {"pattern": ["unique"]},
            },
            "ThreadStartResponse": {
                "oneOf": [{"$ref": "#/definitions/v2/Missing"}, {"required": ["key"]}]
            },
            "Endless": {
                "type": "object",
                "required": ["inner"],
                "properties": {"inner": {"$ref": "#/definitions/v2/Endless"}},
            },
            "Odd é %41": {"type": ["string", "null"], "maxLength": 3},
        },
    }
}
"""An invented schema."""


class Case(NamedTuple):
    """A vector with the row that it is in."""

    row: Mapping[str, Any]
    vector: Mapping[str, Any]

    @property
    def label(self) -> str:
        told = (self.row["of"], self.row["name"], *map(self.vector.get, ("base", "change", "at")))
        return " ".join(filter(None, told))


@cache
def planned(source: str) -> tuple[Normalized, Mapping[str, bytes]]:
    found = normalize(load(source))
    stamp = stamp_of(found.protocol, f"--schema {source} --lang testdata")
    return found, plan_package(found, stamp, package="vectors", lang="testdata").files


def rows(files: Mapping[str, bytes], *names: str) -> Iterator[dict[str, Any]]:
    for name in names:
        for line in files.get(name, b"").splitlines():
            yield json.loads(line)


def cases(files: Mapping[str, bytes], *names: str) -> Iterator[Case]:
    for row in rows(files, *names):
        for vector in row["vectors"]:
            yield Case(row, vector)


def places(violations: tuple[wire.Violation, ...]) -> set[tuple[str, str]]:
    return {(violation.pointer, violation.rule) for violation in violations}


def told_places(case: Case) -> set[tuple[str, str]]:
    return {(v["pointer"], v["rule"]) for v in case.vector.get("violations", ())}


def checked(validators: wire.Validators, case: Case) -> set[tuple[str, str]]:
    """What the walk that explains finds."""
    row, value = case.row, case.vector["value"]
    if row["of"] == "type":
        return places(validators.check_type(row["name"], value))
    sender = Side(row["sender"])
    if row["of"] == "message":
        return places(validators.check_message(value, sender))
    return places(validators.check_response(value, row["name"], sender.other))


def accepted(acceptor: Any, case: Case) -> bool:
    """What predicates and fast paths decide, from bytes: of a package or compiled in memory."""
    row = case.row
    line = json.dumps(case.vector["value"]).encode()
    if row["of"] == "message":
        return bool(acceptor.accepts_line(line, row["sender"]))
    return bool(acceptor.accepts_result(line, row["name"], Side(row["sender"]).other))


def judge_of(files: Mapping[str, bytes]) -> Callable[[Mapping[str, Any]], Any]:
    """Return what gives another implementation's validator for a row, of the schema in the files."""
    registry = jsonschema_rs.Registry([("urn:schema", json.loads(files["schema.json"]))])

    def judge(row: Mapping[str, Any]) -> Any:
        schema = {"$ref": f"urn:schema{row['schema']}"}
        return jsonschema_rs.Draft7Validator(schema, registry=registry, validate_formats=False)

    return judge


@pytest.mark.parametrize("source", [*OTHERS, *RELEASES])
def test_the_validators_say_what_the_vectors_say(source: str) -> None:
    found, files = planned(source)
    validators = wire.compile(found.protocol)
    wrong = []
    for case in cases(files, *TABLES):
        if checked(validators, case) != told_places(case):
            wrong.append(case.label)
        elif case.row["of"] == "type":
            fits = validators.accepts_type(case.row["name"], case.vector["value"])
            wrong += [case.label] if fits != case.vector["valid"] else []
        elif accepted(validators, case) != case.vector["valid"]:
            wrong.append(case.label)
    assert not wrong


@pytest.mark.parametrize("source", [*OTHERS, *RELEASES])
def test_another_implementation_agrees_about_every_verdict(source: str) -> None:
    _, files = planned(source)
    judge = judge_of(files)
    wrong = []
    for row in rows(files, *TABLES):
        fits = judge(row).is_valid
        wrong += [Case(row, v).label for v in row["vectors"] if fits(v["value"]) != v["valid"]]
    assert not wrong


@pytest.mark.parametrize("source", ["0.163.0", "0.171.0"])
def test_the_generated_package_passes(source: str, package_of: Callable[[str], ModuleType]) -> None:
    """Verdicts, ids, and that a valid message decodes and comes back equal."""
    _, files = planned(source)
    package = package_of(source)
    wrong = []
    for case in cases(files, "messages.jsonl", "responses.jsonl"):
        same = accepted(package.validators, case) == case.vector["valid"]
        if not same or ids(package, case) != case.vector.get("ids", {}):
            wrong.append(case.label)
        if case.vector["valid"] and not comes_back(package, case):
            wrong.append(f"{case.label} comes back changed")
    assert not wrong


def ids(package: ModuleType, case: Case) -> dict[str, Any]:
    part = "params" if case.row["of"] == "message" else "result"
    payload = case.vector["value"].get(part)
    found = {
        kind: getattr(package.notification_registry, f"{kind}_id")(
            case.row["name"], payload, part=part
        )
        for kind in ("thread", "turn", "item", "request")
    }
    return {kind: value for kind, value in found.items() if value is not None}


def comes_back(package: ModuleType, case: Case) -> bool:
    row, value = case.row, case.vector["value"]
    if row["of"] == "response":
        model = package.decode_result(row["name"], value["result"])
        return same(package.dump(model), value["result"])
    if "params" not in value:
        return True
    decode = getattr(package, f"decode_{row['kind']}")
    message = decode(row["name"], value["params"], sender=row["sender"])
    return same(package.dump(message), value["params"])


def same(left: Any, right: Any) -> bool:
    return json.dumps(left, sort_keys=True) == json.dumps(right, sort_keys=True)


@pytest.mark.parametrize("source", ["exec-server@0.163.0", "0.171.0"])
def test_lines_are_judged_as_bytes(source: str) -> None:
    """Python's own reader says what is JSON, and which value a line is."""
    found, files = planned(source)
    validators = wire.compile(found.protocol)
    judge = judge_of(files)
    seen = {True: 0, False: 0}
    for case in cases(files, "lines.jsonl"):
        text = case.vector.get("text")
        line = base64.b64decode(case.vector["base64"]) if text is None else text.encode()
        valid = validators.accepts_line(line, Side(case.row["sender"]))
        assert valid == case.vector["valid"], case
        rules = {rule for _, rule in told_places(case)}
        try:
            value = json.loads(line.decode(), parse_constant=int)
        except ValueError:
            assert rules in ({"envelope/json"}, {"envelope/utf-8"}), case
        else:
            assert not rules & {"envelope/json", "envelope/utf-8"}, case
            assert judge(case.row).is_valid(value) == valid, case
        seen[valid] += 1
    assert min(seen.values()) > 10


@pytest.mark.parametrize("source", [*OTHERS, *RELEASES])
def test_every_row_is_of_the_documented_format(source: str) -> None:
    _, files = planned(source)
    oracle = jsonschema_rs.Draft7Validator(FORMAT)
    for row in rows(files, *TABLES, "lines.jsonl"):
        assert oracle.is_valid(row), list(oracle.iter_errors(row))[:1]
        told = [(v["base"], v.get("change"), v.get("at")) for v in row["vectors"]]
        assert len({*told}) == len(told), row["name"]
    assert sum(map(len, files.values())) < MOST_BYTES


def test_the_format_is_a_schema() -> None:
    jsonschema.Draft7Validator.check_schema(FORMAT)


@pytest.mark.parametrize("source", [*OTHERS, *RELEASES])
def test_everything_has_vectors_of_both_verdicts(source: str) -> None:
    """What accepts any value has no invalid ones; all else has both."""
    found, files = planned(source)
    judge = judge_of(files)
    listed = {(row["of"], row["name"], row.get("sender")) for row in rows(files, *TABLES)}
    methods = found.protocol.methods
    assert {("message", m.name, m.sender.value) for m in methods} <= listed
    assert {
        ("response", m.name, m.sender.other.value) for m in methods if m.result is not None
    } <= listed
    assert {("type", name, None) for name in found.protocol.types} <= listed
    index = json.loads(files["index.json"])
    assert index["without_a_valid_value"] == []
    for row in rows(files, *TABLES):
        verdicts = {vector["valid"] for vector in row["vectors"]}
        fits = judge(row).is_valid
        takes_all = all(map(fits, (None, True, 7, 0.5, "text", [None], {"a": 1})))
        assert verdicts == {True} if takes_all else {True, False}, row["name"]
    for name, counts in index["files"].items():
        verdicts_of = [case.vector["valid"] for case in cases(files, name)]
        assert counts == {
            "valid": verdicts_of.count(True),
            "invalid": verdicts_of.count(False),
        }


def test_a_schema_that_is_odd_has_vectors(tmp_path: Path) -> None:
    """References to nothing, names that a reference has to escape, types that nothing fits."""
    (tmp_path / "schema.json").write_text(json.dumps(ODD), "utf-8")
    found, files = planned(str(tmp_path / "schema.json"))
    judge, validators = judge_of(files), wire.compile(found.protocol)
    for case in cases(files, *TABLES):
        assert judge(case.row).is_valid(case.vector["value"]) == case.vector["valid"], case
        assert checked(validators, case) == told_places(case), case
    index = json.loads(files["index.json"])
    assert index["without_a_valid_value"] == ["message no/value", "type v2/Endless"]
    assert index["files"]["types.jsonl"]["invalid"] > 10


def test_recorded_messages_are_among_them() -> None:
    _, files = planned("0.171.0")
    recorded = [c for c in cases(files, *TABLES) if c.vector["base"].startswith("recorded ")]
    assert {c.row["of"] for c in recorded} == {"message", "response"}
    assert len({c.row["name"] for c in recorded}) > 20
    whole = {c.vector["valid"] for c in recorded if "change" not in c.vector}
    assert True in whole
    assert any(not c.vector["valid"] for c in recorded if "change" in c.vector)


def test_the_same_bytes_under_other_hash_seeds(tmp_path: Path) -> None:
    options = ("--lang", "testdata", "--schema", "0.125.0")
    written = []
    for seed in ("1", "2"):
        folder = tmp_path / seed
        done = subprocess.run(
            [sys.executable, "-m", "codexwire", "generate", *options, "--out", str(folder)],
            env={**os.environ, "PYTHONHASHSEED": seed, "CODEXWIRE_NO_CACHE": "1"},
            cwd=tmp_path,
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0, done.stderr
        written.append({p.name: p.read_bytes() for p in sorted(folder.rglob("*.json*"))})
    assert written[0] == written[1]
    assert "types.jsonl" in written[0]


def test_another_type_changes_no_vector_of_the_others() -> None:
    """Vectors of two releases differ where the releases do, so that they can be compared."""
    _, files = planned("0.171.0")
    _, before = planned("0.169.0")
    schemas = [json.loads(each["schema.json"])["definitions"]["v2"] for each in (before, files)]
    alike = {name for name, schema in schemas[0].items() if schema == schemas[1].get(name)}
    flat = {f"v2/{n}" for n in alike if "$ref" not in json.dumps(schemas[0][n])}
    tables = [{row["name"]: row for row in rows(each, "types.jsonl")} for each in (before, files)]
    assert len(flat) > 100
    assert [n for n in sorted(flat) if tables[0][n] != tables[1][n]] == []

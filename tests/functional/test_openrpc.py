"""`codexwire generate --lang openrpc`: the document is valid, and says what the schema says."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import jsonschema_rs
import pytest
from amount import sample_of
from noding import FOLDER, node
from recorded import messages

from codexwire.direction import Kind, Side
from codexwire.emit.header import stamp_of
from codexwire.emit.plan import plan_package
from codexwire.ingest import load
from codexwire.ingest.available import available_versions
from codexwire.ir.canonical import protocol_digest
from codexwire.ir.model import Protocol
from codexwire.normalize import normalize
from codexwire.resources import schema_root
from codexwire.wire import Validators
from codexwire.wire.sample import Sampler

RECORDED = ("0.72.0", "0.99.0", "0.115.0", "0.140.0", "0.163.0")
SOURCES = (*RECORDED, "0.171.0", "exec-server@0.163.0", "exec-server@0.171.0")


DEPRECATED = re.compile("@?deprecated", re.IGNORECASE)


def _sent(method: str, params: Any) -> dict[str, Any]:
    members = {"method": {"enum": [method]}, "params": params}
    return {"type": "object", "required": [*members], "properties": members}


ODD = {
    "definitions": {
        "ServerNotification": {
            "oneOf": [
                _sent("twice", {"$ref": "#/definitions/v2/Missing"}),
                _sent("odd é ~/%41", {"$ref": "#/definitions/v2/Odd é %41"}),
                _sent("no/object", {"type": "array"}),
                _sent("no/value", False),
            ]
        },
        "ClientRequest": {"oneOf": [_sent("twice", True), _sent("twice", False)]},
        "v2": {
            "Odd é %41": {
                "anyOf": [
                    {"properties": {"": True, "a": {"type": "null"}}, "required": ["a", "b"]},
                    {
                        "properties": {"a": {"$ref": "#/definitions/v2/Odd é %41"}},
                        "required": ["a"],
                    },
                ],
                "type": "object",
            },
        },
    }
}
"""An invented schema, with what OpenRPC has no words for."""


@cache
def made(source: str) -> tuple[Protocol, bytes]:
    found = normalize(load(source))
    stamp = stamp_of(found.protocol, f"--schema {source} --lang openrpc")
    files = plan_package(found, stamp, package="described", lang="openrpc").files
    assert files.keys() == {"openrpc.json", "manifest.json"}
    return found.protocol, files["openrpc.json"]


def written(source: str) -> tuple[Protocol, dict[str, Any]]:
    protocol, text = made(source)
    return protocol, json.loads(text)


def by_name(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    found = {method["name"]: method for method in document["methods"]}
    assert len(found) == len(document["methods"])
    return found


def references(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        part = dict(enumerate(part))
    for key, value in part.items() if isinstance(part, dict) else ():
        if key == "$ref" and isinstance(value, str):
            yield value
        yield from references(value)


def at(document: dict[str, Any], reference: str) -> Any:
    """What a reference leads to; KeyError where there is nothing."""
    found: Any = document
    for step in unquote(reference.removeprefix("#/")).split("/"):
        found = found[step]
    return found


def judge(document: dict[str, Any], schema: Any) -> jsonschema_rs.Validator:
    whole = {"allOf": [schema], "components": document["components"]}
    return jsonschema_rs.Draft7Validator(whole, validate_formats=False)


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    file = tmp_path_factory.mktemp("odd") / "schema.json"
    file.write_text(json.dumps(ODD))
    return written(str(file))[1]


def test_the_official_meta_schema_takes_every_document(odd: Any, tmp_path: Path) -> None:
    releases = sample_of([str(version) for version in available_versions()], 6)
    documents = {source: written(source)[1] for source in (*SOURCES, *releases)}
    damaged = {**documents["0.171.0"], "methods": [{"name": "no/params"}]}
    for name, document in {**documents, "odd": odd, "damaged": damaged}.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(document))
        if name != "damaged":
            assert all(at(document, found) is not None for found in references(document))
    done = node(str(FOLDER / "openrpc.mjs"), *map(str, sorted(tmp_path.glob("*.json"))))
    assert done.returncode == 0, done.stderr
    wrong = json.loads(done.stdout)
    assert [Path(file).stem for file in wrong] == ["damaged"], wrong


@pytest.mark.parametrize("source", SOURCES)
def test_it_has_every_method_as_the_schema_has_it(source: str) -> None:
    protocol, document = written(source)
    assert "no message has" in document["info"]["description"]
    assert document["info"]["version"] == str(protocol.version)
    listed = by_name(document)
    assert [*listed] == [method.name for method in protocol.methods]
    for method in protocol.methods:
        found = listed[method.name]
        about = (method.sender, method.kind, method.stability)
        assert tuple(found[f"x-{word}"] for word in ("sender", "kind", "stability")) == about
        assert ("result" in found) is (method.kind is Kind.REQUEST)
        assert ("x-refusal" in found) is (method.sender is Side.SERVER and "result" in found)
        assert bool(found.get("errors")) is (method.sender is Side.CLIENT and "result" in found)
        assert found.get("description", "") == method.description


@pytest.mark.parametrize("source", ["0.72.0", "0.171.0", "exec-server@0.171.0"])
def test_schemas_judge_as_python_does(source: str) -> None:
    protocol, document = written(source)
    validators, sampler, listed = Validators(protocol), Sampler(protocol, 1), by_name(document)
    judged = 0
    for method in protocol.methods:
        found, message = listed[method.name], sampler.message(method)
        if "params" not in message or not isinstance(message["params"], dict):
            continue
        exact = judge(document, found["x-params"])
        params = {each["name"]: each for each in found["params"]}
        for name in (None, *message["params"]):
            less = {key: value for key, value in message["params"].items() if key != name}
            said = validators.accepts_message({**message, "params": less}, method.sender)
            assert exact.is_valid(less) is said, (method.name, name)
            if name in params and params[name]["required"]:
                assert not said
            judged += 1
        for name, value in message["params"].items():
            if name in params:
                assert judge(document, params[name]["schema"]).is_valid(value), (method.name, name)
        if method.result:
            result = judge(document, found["result"]["schema"])
            assert result.is_valid(sampler.result(method))
            assert result.is_valid(7) is validators.accepts_type(method.result, 7)
    assert judged > 50


@pytest.mark.parametrize("source", RECORDED)
def test_recorded_params_are_listed_and_fit(source: str) -> None:
    protocol, document = written(source)
    validators, listed, seen = Validators(protocol), by_name(document), set()
    for sender, message, _ in messages(source):
        method = message.get("method")
        if method in seen or not validators.accepts_message(message, Side(sender)):
            continue
        params = message.get("params")
        if "x-params" in listed[method]:
            assert judge(document, listed[method]["x-params"]).is_valid(params)
        required = {each["name"] for each in listed[method]["params"] if each["required"]}
        assert required <= (params or {}).keys()
        seen.add(method)
    assert len(seen) > 10


def test_it_says_what_is_deprecated_or_experimental() -> None:
    """The published texts say the one, what the stable schema lacks is the other."""
    _, document = written("0.171.0")
    parts = [part for method in document["methods"] for part in (method, *method["params"])]
    told = [part for part in parts if DEPRECATED.match(part.get("description", ""))]
    assert len(told) > 5
    assert [part for part in parts if part.get("deprecated")] == told
    stable = json.loads((schema_root() / "0.171.0" / "stable.json").read_text("utf-8"))
    members = stable["definitions"]["v2"]["ThreadStartParams"]["properties"]
    found = by_name(document)["thread/start"]["params"]
    assert {each["name"] for each in found if "x-stability" not in each} == members.keys()
    assert {each.get("x-stability") for each in found} == {"experimental", None}


def test_a_client_knows_how_params_are_sent_and_what_refuses_a_request() -> None:
    protocol, document = written("0.171.0")
    assert document["info"]["title"] == "codex-app-server protocol"
    assert document["info"]["x-digest"] == protocol_digest(protocol)
    assert {method["paramStructure"] for method in document["methods"]} == {"by-name"}
    asked = [method for method in document["methods"] if "x-refusal" in method]
    refused = [each for each in asked if "error" in each["x-refusal"]]
    assert {each["x-refusal"]["error"]["code"] for each in refused} == {-32601}
    answered = [each for each in asked if each not in refused and "/" in each["name"]]
    assert len(answered) > 5  # what has no slash, no server of this release asks
    for each in answered:
        assert judge(document, each["result"]["schema"]).is_valid(each["x-refusal"]["result"])


def test_examples_are_recorded_and_fit() -> None:
    protocol, document = written("0.163.0")
    validators, shown = Validators(protocol), 0
    for method in protocol.methods:
        for example in by_name(document)[method.name].get("examples", ()):
            head = {"id": 1} if method.kind is Kind.REQUEST else {}
            params = {each["name"]: each["value"] for each in example["params"]}
            message = {**head, "method": method.name, "params": params}
            assert validators.accepts_message(message, method.sender)
            if head:
                answer = {"id": 1, "result": example["result"]["value"]}
                assert validators.accepts_response(answer, method.name, method.sender)
            shown += 1
    assert shown > 30


def test_the_union_of_variants_lists_all_members_and_requires_what_all_have() -> None:
    found = by_name(written("0.171.0")[1])["account/login/start"]["params"]
    required = {each["name"]: each["required"] for each in found}
    assert required["type"] is True
    assert required["apiKey"] is False
    (tag,) = (each["schema"] for each in found if each["name"] == "type")
    assert {value for branch in tag["anyOf"] for value in branch["enum"]} >= {"apiKey", "chatgpt"}


def test_an_odd_schema_keeps_what_openrpc_can_say(odd: dict[str, Any]) -> None:
    listed = by_name(odd)
    twice = {name for name, method in listed.items() if method.get("x-method") == "twice"}
    assert twice == {"client request twice", "server notification twice"}
    params = {each["name"]: each["required"] for each in listed["odd é ~/%41"]["params"]}
    assert params == {"a": True}
    assert judge(odd, listed["odd é ~/%41"]["x-params"]).is_valid({"a": {"a": None, "b": 1}})
    assert not judge(odd, listed["no/value"]["x-params"]).is_valid({})
    assert listed["no/object"]["params"] == []


def codexwire(folder: Path, *args: str, seed: str = "0") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "codexwire", "generate", "--lang", "openrpc", *args],
        cwd=folder,
        env={**os.environ, "PYTHONHASHSEED": seed, "CODEXWIRE_NO_CACHE": "1"},
        capture_output=True,
        text=True,
    )


def test_the_command_writes_and_compares_the_same_bytes(tmp_path: Path) -> None:
    args = ("--schema", "exec-server@0.171.0")
    assert codexwire(tmp_path, *args, seed="1").returncode == 0
    package = tmp_path / "generated" / "codex_exec_server_protocol_openrpc"
    assert (package / "openrpc.json").read_bytes() == made("exec-server@0.171.0")[1]
    assert codexwire(tmp_path, *args, "--check", seed="2").returncode == 0
    (package / "openrpc.json").write_text("{}")
    assert codexwire(tmp_path, *args, "--check").returncode == 1


def test_a_protocol_of_lines_is_refused_in_one_line(tmp_path: Path) -> None:
    done = codexwire(tmp_path, "--schema", "rollout@0.171.0")
    assert done.returncode == 2
    assert done.stderr == (
        "codexwire: error: codex-rollout has no methods, of which an OpenRPC document consists"
        " (--lang typescript writes its types)\n"
    )

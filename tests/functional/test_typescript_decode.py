"""Generated TypeScript packages decode what Python's decode, with the same notes, and lose nothing."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from importlib import import_module, invalidate_caches
from pathlib import Path
from random import Random
from types import ModuleType
from typing import Any

import pytest
from amount import times
from decoded import case_of
from fuzzing.mutants import mutants
from fuzzing.schema_fuzzer import aimed, around, bundle
from fuzzing.schemas import definitions
from noding import FOLDER, compiled, judged, node, typescript_package
from recorded import messages

import codex_app_server_protocol as committed
from codexwire.direction import Kind, Side
from codexwire.emit.header import stamp_of
from codexwire.emit.plan import plan_package
from codexwire.emit.write import write_folder
from codexwire.errors import CodexwireError
from codexwire.ingest import load
from codexwire.normalize import Normalized, normalize
from codexwire.runtime.tolerance.table import RULES
from codexwire.wire.sample import Sampler

CASES = Path(__file__).parents[1] / "cases" / "tolerance"
RECORDED = ("0.72.0", "0.99.0", "0.115.0", "0.140.0", "0.163.0")
VALUES = 24

Payload = tuple[str, str, dict[str, Any], str]
"""Kind and method of what is decoded, the whole message, and who sent it, or the request it answers."""


def recorded() -> Iterator[Payload]:
    for version in RECORDED:
        for sender, message, asked in messages(version):
            if asked is not None:
                yield "result", asked, message, Side(sender).other
            elif "method" in message:
                kind = "request" if "id" in message else "notification"
                yield kind, message["method"], message, sender


def sampled(found: Normalized) -> Iterator[Payload]:
    sampler = Sampler(found.protocol, 1)
    for method in found.protocol.methods:
        yield method.kind, method.name, sampler.message(method), method.sender
        if method.kind is Kind.REQUEST and method.result:
            yield "result", method.name, {"result": sampler.result(method)}, method.sender


def of_rules() -> Iterator[Payload]:
    """What the rules of tolerance must read, and what they must not."""
    for file in sorted(CASES.glob("*/*.json")):
        case = json.loads(file.read_text("utf-8"))
        kind, method, raw = case["kind"], case["method"], case["raw"]
        message = {"result": raw} if kind == "result" else {"method": method, "params": raw}
        for sender in ("server", "client"):
            yield kind, method, message, sender


def of_alternatives() -> Iterator[Payload]:
    """Objects of unions that nothing tells apart, whole and beside a mistake; and ids in odd places."""
    method = "mcpServer/elicitation/request"
    for names in ({}, {"enumNames": ["Red"]}, {"oneOf": []}, {"default": 1}, {"a": 1, "b": 2}):
        for required in (["colour"], "colour"):
            for kind in ({"enum": ["red"]}, {"oneOf": [{"const": "red", "title": "Red"}]}, {}):
                colour = {"type": "string", **kind, **names}
                schema = {
                    "type": "object",
                    "properties": {"colour": colour},
                    "required": required,
                }
                params = {"serverName": "s", "threadId": "t", "message": "?", "mode": "form"}
                message = {
                    "id": 1,
                    "method": method,
                    "params": {**params, "requestedSchema": schema},
                }
                yield "request", method, message, "server"
    for turn in (
        {"odd": 1},
        {"odd": 1, "turn_id": "u"},
        {"turnId": "u"},
        {"id": "v", "turnId": "u"},
    ):
        for ids in ({"threadId": "t"}, {"thread_id": "t"}, {"turnId": "w"}, {}):
            params = {**ids, "sessionId": "s", "turn": turn}
            message = {"method": "turn/started", "params": params}
            yield "notification", "turn/started", message, "server"


def vectors(found: Normalized) -> Iterator[Payload]:
    stamp = stamp_of(found.protocol, "--lang testdata")
    files = plan_package(found, stamp, package="vectors", lang="testdata").files
    for file in ("messages.jsonl", "responses.jsonl"):
        for line in files[file].splitlines():
            row = json.loads(line)
            for vector in row["vectors"][:: times(3, 1)]:
                value, sender = vector["value"], Side(row["sender"])
                if row["of"] == "response":
                    yield "result", row["name"], value, sender.other
                else:
                    yield "request" if "id" in value else "notification", row["name"], value, sender


def cases(
    payloads: Iterator[Payload], package: ModuleType, folder: Path, count: int = 0
) -> Iterator[dict[str, Any]]:
    """Every message whole, and `count` times damaged."""
    rng = Random(str(folder.name))
    for kind, named, message, sender in payloads:
        for one in (message, *mutants(message, rng, count)):
            part = one.get("result") if kind == "result" else one
            method = named if kind == "result" else one.get("method")
            if isinstance(method, str) and ("result" in one or kind != "result"):
                yield case_of(package, folder, kind, method, json.dumps(part), str(sender))


def rules_of(found: list[dict[str, Any]]) -> set[str]:
    return {note["rule"] for case in found for note in case["expected"]["notes"]}


@pytest.mark.parametrize("source", [*RECORDED, "0.171.0"])
def test_it_decodes_as_python_does(
    source: str, tmp_path: Path, package_of: Callable[[str], ModuleType]
) -> None:
    """Messages of five releases with the types of one: recorded, made, damaged, and as rules want them."""
    found = normalize(load(source))
    package = committed if source == committed.PROTOCOL_VERSION else package_of(source)
    assert stamp_of(found.protocol, "").digest == package.PROTOCOL_DIGEST
    folder = typescript_package(found, tmp_path, "codex-protocol")
    compared = [
        *cases(recorded(), package, folder, times(1, 8)),
        *cases(sampled(found), package, folder, times(1, 8)),
        *cases(of_rules(), package, folder),
        *cases(of_alternatives(), package, folder),
    ]
    assert judged(compared, tmp_path, "decode.mjs") > 3000
    if package is committed:
        asked = {rule.id for rule in RULES if not (rule.exact or rule.optional)}
        assert asked <= rules_of(compared)
        assert {"id-conflict", "unknown-value", "unknown-variant"} <= rules_of(compared)


def test_every_vector_is_decoded_as_in_python(tmp_path: Path) -> None:
    found = normalize(load(str(committed.PROTOCOL_VERSION)))
    folder = typescript_package(found, tmp_path, "codex-protocol")
    compared = [*cases(vectors(found), committed, folder)]
    assert judged(compared, tmp_path, "decode.mjs") > 2000


def python_package(protocol: Any, folder: Path, name: str) -> ModuleType:
    plan = plan_package(Normalized(protocol, (), ()), stamp_of(protocol, ""), package=name)
    write_folder(folder / name, plan.files)
    invalidate_caches()
    return import_module(name)


def test_any_schema_is_decoded_as_in_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Random schemas, in which types meet that the published ones never bring together."""
    monkeypatch.syspath_prepend(str(tmp_path))
    compared = []
    for seed in range(times(8, 300)):
        rng = Random(seed)
        types = definitions(rng, "#/definitions/v2")
        (tmp_path / "schema.json").write_text(json.dumps(bundle(types)))
        try:
            protocol = load(tmp_path / "schema.json")
            folder = typescript_package(protocol, tmp_path, f"schema{seed}")
        except CodexwireError:
            continue  # no schema: test_wire_schemas.py has what becomes of those
        package = python_package(protocol, tmp_path, f"decoding{seed}")
        for _ in range(VALUES):
            text = json.dumps(around("notification", aimed(rng, types)))
            case = case_of(package, folder, "notification", "tell", text, "server")
            if all(
                repr(note["other"])[1:-1] == note["other"] for note in case["expected"]["notes"]
            ):
                compared.append(case)  # odd names are quoted in each language's own way
    assert judged(compared, tmp_path, "decode.mjs") > times(100, 5000)
    assert {"unfit-value", "unknown-field"} <= rules_of(compared)


@pytest.mark.parametrize("resolution", ["nodenext", "bundler"])
def test_what_is_decoded_has_its_type(resolution: str, tmp_path: Path) -> None:
    typescript_package(normalize(load("0.171.0")), tmp_path, "codex-protocol")
    for name in ("decode.ts", "package.json"):
        (tmp_path / name).write_bytes((FOLDER / "program" / name).read_bytes())
    assert not compiled(tmp_path, ["decode.ts"], resolution)


@pytest.mark.parametrize("source", ["0.58.0", "0.107.0", "exec-server"])
def test_the_declarations_are_right_for_any_tables_of_methods(source: str, tmp_path: Path) -> None:
    folder = typescript_package(normalize(load(source)), tmp_path, "codex-protocol")
    assert not compiled(tmp_path, [f"{folder}/runtime/decode.d.ts"], "nodenext")


def test_only_the_streams_of_a_process_need_node(tmp_path: Path) -> None:
    folder = typescript_package(normalize(load("0.171.0")), tmp_path, "codex-protocol")
    asking = [f.name for f in folder.rglob("*.*js") if re.search(r'"node:', f.read_text("utf-8"))]
    assert asking == ["stdio.js"]


def test_what_comes_is_decoded_and_given_back(tmp_path: Path) -> None:
    """The functions and the client of a package, as a program uses them."""
    typescript_package(normalize(load("0.171.0")), tmp_path, "codex-protocol")
    (tmp_path / "decoding.mjs").write_bytes((FOLDER / "decoding.mjs").read_bytes())
    done = node("--test", "decoding.mjs", cwd=tmp_path)
    assert done.returncode == 0, done.stdout

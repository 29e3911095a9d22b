"""Generated TypeScript packages: they compile, and judge and find ids as Python does."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest
from amount import times
from fuzzing.mutants import mutants
from fuzzing.schema_fuzzer import aimed, around, bundle
from fuzzing.schemas import definitions
from noding import FOLDER, compiled, judged, node, typescript_package
from patterns import SAME_AS_ECMA
from recorded import messages

from codexwire import normalize, wire
from codexwire.direction import Kind, Side
from codexwire.emit.header import stamp_of
from codexwire.emit.names import class_names
from codexwire.emit.plan import plan_package
from codexwire.errors import CodexwireError
from codexwire.ingest import load
from codexwire.ingest.available import available_versions
from codexwire.ir.model import ref_to
from codexwire.profiles.ids import id_of
from codexwire.wire.sample import Sampler

TOP = Path(__file__).parents[2]
RECORDED = ("0.72.0", "0.99.0", "0.115.0", "0.140.0", "0.163.0")
VALUES = 24
RESOLUTIONS = ("nodenext", "bundler")


def package(source: str, folder: Path) -> tuple[normalize.Normalized, str]:
    normalized = normalize.normalize(load(source))
    return normalized, str(typescript_package(normalized, folder, "codex-protocol"))


def damaged(message: Any, rng: Random) -> Iterator[Any]:
    yield message
    yield from mutants(message, rng, times(2, 10))


def of_messages(source: str, folder: str, found: normalize.Normalized) -> Iterator[dict[str, Any]]:
    """Recorded and made messages and answers, whole and damaged, with what Python says of each."""
    validators, rng = wire.compile(found.protocol), Random(source)
    sampler = Sampler(found.protocol, 1)
    pairs = (
        [(Side(sender), m, asked) for sender, m, asked in messages(source)]
        if source in RECORDED
        else []
    )
    for method in found.protocol.methods:
        pairs.append((method.sender, sampler.message(method), None))
        if method.kind is Kind.REQUEST and method.result:
            answer = {"id": 1, "result": sampler.result(method)}
            pairs.append((method.sender.other, answer, method.name))
    for sender, message, asked in pairs:
        for one in damaged(message, rng):
            case = {"folder": folder, "text": json.dumps(one)}
            if asked is None:
                said = validators.accepts_message(one, sender)
                yield {**case, "call": "acceptsMessage", "after": [sender], "expected": said}
            elif isinstance(one, dict) and "result" in message:
                asker = sender.other
                said = "result" in one and validators.accepts_response(one, asked, asker)
                yield {**case, "call": "acceptsResponse", "after": [asked, asker], "expected": said}


@pytest.mark.parametrize("source", [*RECORDED, "0.171.0"])
def test_verdicts_are_those_of_python(source: str, tmp_path: Path) -> None:
    found, folder = package(source, tmp_path)
    cases = [*of_messages(source, folder, found)]
    assert {case["expected"] for case in cases} == {True, False}
    assert judged(cases, tmp_path) > 300


def test_any_schema_is_judged_as_python_does_and_compiles(tmp_path: Path) -> None:
    """Random schemas, in which keywords meet that the published ones never bring together."""
    cases, programs = [], []
    for seed in range(times(40, 1000)):
        rng, name = Random(seed), f"schema{seed}"
        types = definitions(rng, "#/definitions/v2")
        (tmp_path / "schema.json").write_text(json.dumps(bundle(types)))
        try:
            protocol = load(tmp_path / "schema.json")
            folder = str(typescript_package(protocol, tmp_path, name))
        except CodexwireError:
            continue  # no schema: test_wire_schemas.py has what becomes of those
        programs.append(f'import * as s{seed} from "{name}";\nexport {{ s{seed} }};\n')
        programs.append(f'import * as v{seed} from "{name}/validators";\nexport {{ v{seed} }};\n')
        validators = wire.Validators(protocol)
        for _ in range(VALUES):
            message = around("notification", aimed(rng, types))
            text = json.dumps(message)
            said = validators.accepts_message(json.loads(text), Side.SERVER)
            case = {"folder": folder, "call": "acceptsMessage", "after": ["server"]}
            cases.append({**case, "text": text, "expected": said})
    assert len(programs) > 2 * times(20, 500)
    assert {case["expected"] for case in cases} == {True, False}
    assert judged(cases, tmp_path) > 400
    (tmp_path / "use.mts").write_text("".join(programs))
    assert not compiled(tmp_path, ["use.mts"], "nodenext")


def test_every_keyword_is_judged(tmp_path: Path) -> None:
    files = sorted((TOP / "tests" / "cases" / "wire").glob("keyword-*/groups.json"))
    groups = [group for path in files for group in json.loads(path.read_text("utf-8"))]
    elsewhere = ("#/definitions", '"$id"')  # what these groups refer to is not in a bundle
    alone = [g for g in groups if not any(text in json.dumps(g["schema"]) for text in elsewhere)]
    types = {f"G{i}": group["schema"] for i, group in enumerate(alone)}
    (tmp_path / "schema.json").write_text(json.dumps(bundle({**types, "Subject": True})))
    normalized = normalize.normalize(load(tmp_path / "schema.json"))
    case = {"folder": str(typescript_package(normalized, tmp_path, "keywords"))}
    cases = [
        {**case, "call": f"isG{i}", "text": json.dumps(value), "expected": expected}
        for i, group in enumerate(alone)
        for expected, values in (
            (True, group["valid"]),
            (False, [one["value"] for one in group["invalid"]]),
        )
        for value in values
    ]
    assert judged(cases, tmp_path) == len(cases) > 200


def test_a_member_that_every_object_of_javascript_has_is_not_there_by_itself(
    tmp_path: Path,
) -> None:
    names = node("-p", "JSON.stringify(Object.getOwnPropertyNames(Object.prototype))").stdout
    types = {
        f"P{i}": {"type": "object", "properties": {name: {}}, "required": [name]}
        for i, name in enumerate(json.loads(names))
    }
    (tmp_path / "schema.json").write_text(json.dumps(bundle({**types, "Subject": True})))
    case = {"folder": str(typescript_package(load(tmp_path / "schema.json"), tmp_path, "own"))}
    cases = [{**case, "call": f"is{name}", "text": "{}", "expected": False} for name in types]
    assert judged(cases, tmp_path) == len(cases) > 10


def test_patterns_find_what_they_find_in_python(tmp_path: Path) -> None:
    types = {f"P{i}": {"type": "string", "pattern": p} for i, p in enumerate(SAME_AS_ECMA)}
    (tmp_path / "schema.json").write_text(json.dumps(bundle({**types, "Subject": True})))
    protocol = load(tmp_path / "schema.json")
    case = {"folder": str(typescript_package(protocol, tmp_path, "patterns"))}
    cases = [
        {**case, "call": f"isP{i}", "text": json.dumps(text), "expected": expected}
        for i, (found, not_found) in enumerate(SAME_AS_ECMA.values())
        for expected, texts in ((True, found), (False, not_found))
        for text in texts
    ]
    assert judged(cases, tmp_path) == len(cases) > 50


@pytest.mark.parametrize("source", ["exec-server", "rollout", "exec-stream"])
def test_every_protocol_is_judged_as_in_python_and_compiles(source: str, tmp_path: Path) -> None:
    found, folder = package(source, tmp_path)
    sampler, rng, cases = Sampler(found.protocol, 1), Random(source), []
    validators, names = wire.compile(found.protocol), class_names(found.protocol)
    for full, name in names.items():
        for one in damaged({"it": sampler.value(ref_to(full))}, rng):
            value = one.get("it")
            said = validators.accepts_type(full, value)
            case = {"folder": folder, "call": f"is{name}", "text": json.dumps(value)}
            cases.append({**case, "expected": said})
    assert judged(cases, tmp_path) >= len(names)
    assert not compiled(tmp_path, map(str, Path(folder).glob("*.d.ts")), "nodenext")


@pytest.mark.parametrize("source", RECORDED)
def test_ids_are_those_of_python(source: str, tmp_path: Path) -> None:
    _, folder = package(source, tmp_path)
    cases = []
    for _, message, asked in messages(source):
        method, part = (message.get("method"), "params") if asked is None else (asked, "result")
        for payload in damaged({"it": message.get(part)}, Random(source)):
            for kind in ("thread", "turn", "item", "request"):
                expected = id_of(kind, str(method), payload.get("it"), part)
                case = {
                    "folder": folder,
                    "call": f"{kind}Id",
                    "text": json.dumps(payload.get("it")),
                }
                cases.append({**case, "before": [method], "after": [part], "expected": expected})
    assert judged(cases, tmp_path) > 100
    assert any(case["expected"] for case in cases)


@pytest.mark.parametrize("source", [str(v) for v in available_versions()][::-5])
def test_every_release_compiles(source: str, tmp_path: Path) -> None:
    package(source, tmp_path)
    (tmp_path / "use.mts").write_text(
        'import * as all from "codex-protocol";\n'
        'import * as validators from "codex-protocol/validators";\n'
        'import * as turns from "codex-protocol/turns";\n'
        'import { Client } from "codex-protocol/client";\n'
        'import { parseLine } from "codex-protocol/json";\n'
        "export { all, validators, turns, Client, parseLine };\n"
    )
    assert not compiled(tmp_path, ["use.mts"], "nodenext")


@pytest.mark.parametrize("resolution", RESOLUTIONS)
def test_what_must_compile_does_and_what_must_not_does_not(resolution: str, tmp_path: Path) -> None:
    package("0.171.0", tmp_path)
    for name in ("types.ts", "package.json"):
        (tmp_path / name).write_bytes((FOLDER / "program" / name).read_bytes())
    assert not compiled(tmp_path, ["types.ts"], resolution)


def test_require_is_refused_by_name(tmp_path: Path) -> None:
    package("0.171.0", tmp_path)
    done = node("-e", 'require("codex-protocol")', cwd=tmp_path)
    assert done.returncode != 0
    assert "this package is an ES module: write `import" in done.stderr
    (tmp_path / "use.cts").write_text(
        'import wire = require("codex-protocol");\nexport const id = wire.threadId("a", {});\n'
    )
    assert "'threadId' does not exist" in compiled(tmp_path, ["use.cts"], "nodenext")


def test_nothing_is_asked_of_other_packages(tmp_path: Path) -> None:
    _, folder = package("0.171.0", tmp_path)
    told = json.loads((Path(folder) / "package.json").read_text("utf-8"))
    assert not {"dependencies", "peerDependencies", "optionalDependencies"} & told.keys()
    for file in Path(folder).rglob("*.*s"):
        asked = re.findall(r'^(?:im|ex)port .* from "(.+)"', file.read_text("utf-8"), re.M)
        assert all(name.startswith(("./", "../", "node:")) for name in asked), file


def test_the_runtime_does_what_it_says() -> None:
    done = node("--test", "runtime.test.mjs")
    assert done.returncode == 0, done.stdout


def test_what_the_guide_shows_compiles(tmp_path: Path) -> None:
    package("0.171.0", tmp_path)
    (tmp_path / "package.json").write_text('{ "type": "module" }')
    guide = (TOP / "docs" / "guides" / "typescript.md").read_text("utf-8")
    blocks = re.findall(r"^```ts\n(.+?)^```", guide, re.M | re.S)
    assert len(blocks) == 5
    for index, block in enumerate(blocks):
        (tmp_path / f"block{index}.ts").write_text(block)
    example = TOP / "examples" / "typescript" / "turn.mjs"
    (tmp_path / example.name).write_bytes(example.read_bytes())
    files = [example.name, *(f"block{index}.ts" for index in range(len(blocks)))]
    said = compiled(tmp_path, files, "nodenext", allowJs=True, checkJs=True, types=["node"])
    assert not said, said


def test_every_vector_is_judged_as_it_says(tmp_path: Path) -> None:
    found, folder = package("0.171.0", tmp_path)
    stamp = stamp_of(found.protocol, "--lang testdata")
    files = plan_package(found, stamp, package="vectors", lang="testdata").files
    names, cases = class_names(found.protocol), []
    for file in ("messages.jsonl", "responses.jsonl", "types.jsonl"):
        for line in files[file].splitlines():
            row = json.loads(line)
            asker = str(Side(row["sender"]).other) if row["of"] == "response" else ""
            call, after = {
                "message": ("acceptsMessage", [row.get("sender")]),
                "response": ("acceptsResponse", [row["name"], asker]),
                "type": (f"is{names.get(row['name'])}", []),
            }[row["of"]]
            for vector in row["vectors"]:
                case = {"folder": folder, "call": call, "after": after}
                text = json.dumps(vector["value"])
                cases.append({**case, "text": text, "expected": vector["valid"]})
    assert judged(cases, tmp_path) > 10_000

"""`codexwire schema list|show|verify` as a user runs them, on the schemas that are kept here."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from fake_world import World

from codexwire.cli.app import run
from codexwire.direction import Kind, Side
from codexwire.ingest import load
from codexwire.ingest.archive import archive
from codexwire.ingest.available import archived_in_words
from codexwire.ir.canonical import digest
from codexwire.normalize import normalize
from codexwire.runtime import errors
from codexwire.version import Version
from fake_release import fake_binary, golden_bundles, put_binary

REPORTS = Path(__file__).parents[2] / "schema" / "report"
GOLDEN = Path(__file__).parents[1] / "golden"

Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def schema(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Command:
    """Run `codexwire schema …` in an empty folder with an empty cache."""
    monkeypatch.setenv("CODEXWIRE_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)

    def command(*arguments: str) -> tuple[int, str, str]:
        code = run(["schema", *arguments])
        return code, *capsys.readouterr()

    return command


def checked(name: str, text: str) -> dict[str, Any]:
    """Return a JSON report after comparing it with the JSON Schema that describes it."""
    described = json.loads((REPORTS / f"{name}.schema.json").read_text("utf-8"))
    jsonschema.Draft7Validator.check_schema(described)
    value: dict[str, Any] = json.loads(text)
    jsonschema.Draft7Validator(described).validate(value)
    return value


def the_map(schema: Command, *arguments: str) -> dict[str, Any]:
    code, out, err = schema("show", *arguments, "--format", "json")
    assert (code, err) == (0, "")
    return checked("map", out)


def test_the_map_has_every_method_with_its_result_and_ids(schema: Command) -> None:
    shown = the_map(schema, "--schema", "0.163.0")
    protocol = normalize(load("0.163.0")).protocol
    assert (shown["version"], shown["protocol"], shown["release"]) == (
        1,
        "codex-app-server",
        "0.163.0",
    )
    assert [(m["sender"], m["kind"], m["name"]) for m in shown["methods"]] == [
        (m.sender, m.kind, m.name) for m in protocol.methods
    ]
    names = {t["name"] for t in shown["types"]}
    assert names == set(protocol.types)
    for method in shown["methods"]:
        assert (method["result"] in names) is (method["kind"] == Kind.REQUEST), method["name"]
        params = method["params"]
        assert params is None or params["type"] is None or params["type"] in names
    start = next(m for m in shown["methods"] if m["name"] == "turn/start")
    assert start == {
        "name": "turn/start",
        "sender": "client",
        "kind": "request",
        "namespace": "v2",
        "stability": "stable",
        "published": True,
        "since": "0.58.0",
        "params": {
            "type": "v2/TurnStartParams",
            "required": True,
            "schema": {"$ref": "#/definitions/v2/TurnStartParams"},
        },
        "result": "v2/TurnStartResponse",
        "result_by": "params",
        "refusal": None,
        "ids": {
            "thread": {"params": ["threadId"], "result": []},
            "turn": {"params": [], "result": ["turn.id"]},
        },
    }
    hidden = {m["name"] for m in shown["methods"] if not m["published"]}
    assert {"getAuthStatus", "rawResponseItem/completed"} <= hidden
    experimental = {m["name"] for m in shown["methods"] if m["stability"] == "experimental"}
    assert "thread/realtime/start" in experimental
    assert "turn/start" not in experimental


def test_the_map_refuses_every_request_of_the_server_and_knows_its_errors(schema: Command) -> None:
    shown = the_map(schema, "--schema", "0.163.0")
    refusals = {m["name"]: m["refusal"] for m in shown["methods"] if m["refusal"]}
    asked = normalize(load("0.163.0")).protocol.table(Side.SERVER, Kind.REQUEST)
    assert set(refusals) == {m.name for m in asked}
    assert refusals["execCommandApproval"] == {"result": {"decision": "denied"}}
    assert refusals["account/chatgptAuthTokens/refresh"] == {"error": {"code": -32601}}
    for error in shown["errors"]:
        assert issubclass(getattr(errors, f"{error['name']}Error"), errors.RpcError)
    assert {"name": "Overloaded", "code": -32001, "pattern": None} in shown["errors"]


def test_the_types_of_the_map_are_those_of_the_schema_document(schema: Command) -> None:
    shown = the_map(schema, "--schema", "0.125.0")
    code, out, _ = schema("show", "--schema", "0.125.0", "--format", "schema")
    assert code == 0
    definitions = json.loads(out)["definitions"]
    for entry in shown["types"]:
        table = definitions["v2"] if entry["namespace"] == "v2" else definitions
        assert digest(table[entry["name"].removeprefix("v2/")]) == entry["digest"]


def test_the_schema_document_is_a_schema_again(schema: Command, tmp_path: Path) -> None:
    _, out, _ = schema("show", "--schema", "0.163.0", "--format", "schema")
    path = tmp_path / "normalized.json"
    path.write_text(out, "utf-8")
    again = load(path)
    protocol = normalize(load("0.163.0")).protocol
    assert set(again.types) == set(protocol.types)
    assert {(m.sender, m.kind, m.name) for m in again.methods} == {
        (m.sender, m.kind, m.name) for m in protocol.methods
    }


def test_since_is_the_first_release_that_has_it(schema: Command) -> None:
    shown = the_map(schema, "--schema", "0.169.0")
    since = {m["name"]: m["since"] for m in shown["methods"]}
    assert since["initialize"] == "0.58.0"
    assert since["turn/steer"] == "0.99.0"
    assert None not in since.values()
    early = set(load("0.125.0").types) & set(load("0.169.0").types)
    for entry in shown["types"]:
        if entry["name"] in early and entry["since"] is not None:
            assert Version.parse(entry["since"]) <= Version.parse("0.125.0"), entry["name"]


def test_every_kept_release_and_the_other_protocol_have_a_map(schema: Command) -> None:
    for source in ("0.72.0", "0.99.0", "exec-server", str(GOLDEN / "experimental.json")):
        shown = the_map(schema, "--schema", source)
        assert shown["methods"], source
    assert shown["release"] is None
    assert {entry["since"] for entry in (*shown["methods"], *shown["types"])} == {None}


def test_one_type_in_json_comes_with_its_schema_and_rules(schema: Command) -> None:
    shown = the_map(schema, "v2/Thread", "--schema", "0.163.0")
    assert [t["name"] for t in shown["types"]] == ["v2/Thread"]
    assert shown["methods"] == []
    schema_of = shown["types"][0]["schema"]
    assert digest(schema_of) == shown["types"][0]["digest"]
    assert schema_of["properties"]["createdAt"]["x-unit"] == "s"
    units = next(r for r in shown["rules"] if r["id"] == "n017-time-units")
    assert units["places"] == ["v2/Thread"]
    assert {p.partition("#")[0] for r in shown["rules"] for p in r["places"]} == {"v2/Thread"}


def test_one_method_for_a_reader(schema: Command) -> None:
    code, out, _ = schema("show", "turn/start", "--schema", "0.163.0")
    assert code == 0
    assert out.startswith("turn/start  client request, v2, stable, since 0.58.0\n")
    for line in (
        "  params  v2/TurnStartParams, required",
        "    input: array of v2/UserInput",
        "    model?: string | null",
        "    permissions?: string | null  experimental",
        "  result  v2/TurnStartResponse, by params",
        "  thread id  params.threadId",
        "  turn id  result.turn.id",
    ):
        assert f"{line}\n" in out
    assert "\nrules\n  n002-response-map  annotate  turn/start\n" in out


def test_a_union_and_a_name_in_both_namespaces_for_a_reader(schema: Command) -> None:
    _, out, _ = schema("show", "UserInput", "--schema", "0.163.0")
    assert '  | {text: string, text_elements?: array of v2/TextElement, type: "text"}\n' in out
    _, out, _ = schema("show", "SandboxPolicy", "--schema", "0.72.0")
    assert "SandboxPolicy  v1, stable" in out
    assert "v2/SandboxPolicy  v2, stable" in out


def test_a_hidden_method_and_a_message_without_params_for_a_reader(schema: Command) -> None:
    _, out, _ = schema("show", "getAuthStatus", "--schema", "0.163.0")
    assert ", not in the published schema\n" in out
    _, out, _ = schema("show", "initialized")
    assert "client notification" in out
    assert "  params  none\n" in out


def test_without_a_name_all_methods_are_listed(schema: Command) -> None:
    code, out, _ = schema("show", "--schema", "0.163.0")
    protocol = normalize(load("0.163.0")).protocol
    assert code == 0
    assert out.startswith("codex-app-server 0.163.0\n")
    lines = [line.split()[0] for line in out.splitlines() if line.startswith("  ")]
    assert sorted(lines) == sorted(m.name for m in protocol.methods)
    assert out.endswith(f"{len(protocol.types)} types\n")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (
            ["show", "turn/begin"],
            "has no method or type 'turn/begin' (did you mean 'TurnsPage', 'turn/",
        ),
        (["show", "Zzz"], "has no method or type 'Zzz' (`schema show` lists the methods)"),
        (["show", "--format", "yaml"], "no format 'yaml'"),
        (["show", "Thread", "--format", "schema"], "--format schema is of the whole protocol"),
        (["show", "--schema", "nowhere"], "neither a version nor an existing file or folder"),
        (["list", "--format", "yaml"], "no format 'yaml'"),
        (["verify", "--format", "yaml"], "no format 'yaml'"),
        (["verify", "0.58.0"], "no bundle of '0.58.0' is available (`codexwire schema pull"),
        (["verify", "--binary", "nowhere"], "there is no such binary"),
    ],
)
def test_a_wrong_question_has_one_line(schema: Command, arguments: list[str], message: str) -> None:
    code, out, err = schema(*arguments)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


KEPT = [
    "0.72.0",
    "0.99.0",
    "0.99.0",
    *(v for v in ("0.125.0", "0.163.0", "0.169.0", "0.171.0") for _ in "12"),
]


def test_list_has_what_is_kept(schema: Command) -> None:
    code, out, _ = schema("list")
    assert code == 0
    *lines, last = out.splitlines()
    assert [line.split()[0] for line in lines] == KEPT
    assert last == f"archived    {archived_in_words()}; --all lists them"
    assert "0.163.0     experimental  embedded   269 methods   887 types  d9116cb99df7a04a\n" in out
    rows = checked("schema-list", schema("list", "--format", "json")[1])["schemas"]
    assert [row["release"] for row in rows] == KEPT
    for row in rows:
        protocol = load(row["release"], channel=row["channel"])
        assert row["methods"] == len(protocol.methods)


def test_list_all_has_every_known_release(schema: Command) -> None:
    rows = checked("schema-list", schema("list", "--all", "--format", "json")[1])["schemas"]
    releases = list(dict.fromkeys(row["release"] for row in rows))
    assert releases == sorted(releases, key=Version.parse)
    assert (releases[0], releases[-1], len(releases)) == (
        "0.58.0",
        "0.171.0",
        len(archive().versions),
    )
    assert {r["place"] for r in rows if r["release"] == "0.140.0"} == {"archived"}
    assert {r["place"] for r in rows if r["release"] == "0.163.0"} == {"embedded"}
    assert {r["channel"] for r in rows if r["release"] == "0.94.0"} == {"stable"}
    assert all(row["package"] for row in rows)


def test_what_is_kept_verifies(schema: Command) -> None:
    code, out, _ = schema("verify", "--format", "json")
    assert code == 0
    checks = checked("schema-verify", out)["checks"]
    assert {c["problem"] for c in checks} == {""}
    assert [(c["release"], c["against"]) for c in checks] == [
        (v, against) for v in KEPT for against in ("digest", "published")
    ]


def test_verify_tells_what_is_wrong_with_what_is_kept(world: World) -> None:
    world.release("9.9.1")
    assert world.pull("9.9.1").code == 0
    path = world.cache / "schema/9.9.1/stable.json"
    text = path.read_text("utf-8")
    for content, problem in {
        text + "\n": "the file is not the one that was kept",
        text.replace("boolean", "integer", 1): "the file is not the one that was kept",
    }.items():
        path.write_text(content, "utf-8")
        done = world.command("schema", "verify", "9.9.1")
        assert done.code == 1
        assert f"9.9.1       stable        cached    digest     {problem}\n" in done.out
        assert "9.9.1       experimental  cached    digest     ok\n" in done.out
    path.write_text(text, "utf-8")
    assert world.command("schema", "verify", "9.9.1").code == 0
    path.unlink()
    assert "the file is missing" in world.command("schema", "verify", "9.9.1").out


def test_verify_asks_a_binary_that_is_named(world: World) -> None:
    world.release("9.9.1")
    assert world.pull("9.9.1").code == 0
    binary = put_binary(world.folder / "codex", fake_binary("9.9.1"))
    done = world.command("schema", "verify", "9.9.1", "--binary", binary)
    assert done.code == 0
    assert done.out.count("binary     ok") == 3
    lacking = {"stable": golden_bundles()["stable"]}
    put_binary(binary, fake_binary("9.9.1", bundles=lacking))
    done = world.command("schema", "verify", "9.9.1", "--binary", binary)
    assert done.code == 1
    assert done.out.count("the binary writes something else") == 1


def test_a_damaged_cache_entry_is_named(world: World) -> None:
    world.release("9.9.1")
    assert world.pull("9.9.1").code == 0
    shutil.copy(GOLDEN / "stable.json", world.cache / "schema/9.9.1/provenance.toml")
    listed = world.command("schema", "list")
    assert listed.code == 0
    assert "9.9.1" not in listed.out
    asked = world.command("schema", "show", "--schema", "9.9.1")
    assert asked.code == 2
    for done, word in ((listed, "warning: left out"), (asked, "error")):
        assert done.err.startswith(f"codexwire: {word}: ")
        assert "9.9.1/provenance.toml: the cache entry is damaged: " in done.err
        assert "schema pull --force 9.9.1" in done.err
        assert done.err.count("\n") == 1

"""The newest schema with another layout (invented): a new namespace, unions with other names."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bundles import flat_bundle, full_bundle

from codexwire.cli.app import run
from codexwire.direction import Kind, Side
from codexwire.emit.names import class_names
from codexwire.errors import IngestError
from codexwire.ingest import load
from codexwire.ir.layout import Namespaces
from codexwire.ir.model import Protocol
from codexwire.normalize import normalize
from codexwire.normalize.packed import packed, unpacked
from codexwire.profiles.table import DEFAULT

SESSION = Path(__file__).parents[3] / "examples" / "sessions" / "hello.jsonl"
NEW = ("Thread", "Turn", "TurnStartParams", "TurnStartResponse")
Bundle = dict[str, Any]


def v3_beside_v2(bundle: Bundle) -> Bundle:
    definitions = bundle["definitions"]
    definitions["v3"] = {name: copy.deepcopy(definitions["v2"][name]) for name in NEW}
    branch = next(
        copy.deepcopy(b)
        for b in definitions["ClientRequest"]["oneOf"]
        if b["properties"]["method"]["enum"] == ["turn/start"]
    )
    branch["properties"]["method"]["enum"] = ["v3/turn/start"]
    branch["properties"]["params"] = {"$ref": "#/definitions/v3/TurnStartParams"}
    definitions["ClientRequest"]["oneOf"].append(branch)
    return bundle


def v3_for_v2(bundle: Bundle) -> Bundle:
    text = json.dumps(bundle).replace("#/definitions/v2/", "#/definitions/v3/")
    found: Bundle = json.loads(text)
    found["definitions"]["v3"] = found["definitions"].pop("v2")
    return found


def renamed(union: str, name: str) -> Callable[[Bundle], Bundle]:
    def change(bundle: Bundle) -> Bundle:
        bundle["definitions"][name] = bundle["definitions"].pop(union)
        return bundle

    return change


def further_union(bundle: Bundle) -> Bundle:
    chunk = {
        "type": "object",
        "required": ["method", "chunk"],
        "properties": {"method": {"enum": ["stream/chunk"]}, "chunk": {"type": "string"}},
    }
    bundle["definitions"]["ServerStream"] = {"oneOf": [chunk]}
    return bundle


LAYOUTS = {
    "v3 beside v2": v3_beside_v2,
    "v3 for v2": v3_for_v2,
    "ServerEvent": renamed("ServerNotification", "ServerEvent"),
    "Event": renamed("ServerNotification", "Event"),
    "ClientCall": renamed("ClientRequest", "ClientCall"),
    "ServerStream": further_union,
}


@pytest.fixture(scope="module")
def newest() -> Bundle:
    return full_bundle(DEFAULT.default_version, "experimental")


@pytest.fixture(params=LAYOUTS)
def source(request: pytest.FixtureRequest, newest: Bundle, tmp_path: Path) -> Path:
    return written(LAYOUTS[request.param](copy.deepcopy(newest)), tmp_path)


def written(bundle: Bundle, folder: Path) -> Path:
    path = folder / "schema.json"
    path.write_text(json.dumps(bundle), "utf-8")
    return path


def test_a_session_of_the_release_fits(source: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["validate", str(SESSION), "--schema", str(source)]) == 0
    out = capsys.readouterr().out
    assert "0 errors, 0 warnings" in out
    assert "unchecked" not in out


def test_every_message_of_the_release_is_there(source: Path) -> None:
    labels = {m.label for m in load(source).methods}
    assert labels >= {m.label for m in load(DEFAULT.default_version).methods}


@pytest.mark.parametrize("layout", [name for name in LAYOUTS if name.startswith("v3")])
def test_types_of_a_new_namespace_are_known(layout: str, newest: Bundle, tmp_path: Path) -> None:
    found = load(written(LAYOUTS[layout](copy.deepcopy(newest)), tmp_path))
    assert found.holes == ()
    normalized = normalize(found)
    assert {h.text for h in normalized.protocol.holes} == set()
    content = packed(normalized)
    assert content is not None
    again = unpacked(content, DEFAULT)
    assert again is not None
    assert again.protocol.namespaces == found.namespaces


def test_a_new_namespace_leaves_names_as_they_are(newest: Bundle, tmp_path: Path) -> None:
    protocol = load(written(v3_beside_v2(copy.deepcopy(newest)), tmp_path))
    assert protocol.namespaces == Namespaces("v1", ("v3", "v2"))
    names = class_names(protocol)
    assert (names["v2/Thread"], names["v3/Thread"]) == ("Thread", "V3Thread")
    spaces = {m.name: m.namespace for m in protocol.table(Side.CLIENT, Kind.REQUEST)}
    assert (spaces["turn/start"], spaces["v3/turn/start"]) == ("v2", "v3")
    (method,) = (m for m in normalize(protocol).protocol.methods if m.name == "v3/turn/start")
    assert method.result == "v3/TurnStartResponse"


@pytest.mark.parametrize("space", ["v3", "v10"])
def test_a_folder_has_a_new_namespace(space: str, tmp_path: Path) -> None:
    params = {"type": "object", "properties": {"a": {"$ref": "#/definitions/Told"}}}
    params["definitions"] = {"Told": {"type": "string"}}
    branch = {
        "type": "object",
        "required": ["id", "method", "params"],
        "properties": {
            "id": True,
            "method": {"enum": ["omen/ask"]},
            "params": {"$ref": "#/definitions/OmenAskParams"},
        },
    }
    plain = {k: v for k, v in params.items() if k != "definitions"}
    inner = {"OmenAskParams": plain, **params["definitions"]}
    requests = {"oneOf": [branch], "definitions": inner}
    for name, value in (("ClientRequest", requests), (f"{space}/OmenAskParams", params)):
        path = tmp_path / f"{name}.json"
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(value), "utf-8")
    protocol = load(tmp_path)
    assert protocol.types.keys() >= {f"{space}/OmenAskParams", f"{space}/Told"}
    (method,) = protocol.methods
    assert (method.params_type, method.namespace) == (f"{space}/OmenAskParams", space)


def test_types_that_moved_to_a_new_namespace_are_compared(
    newest: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = v3_for_v2(copy.deepcopy(newest))
    bundle["definitions"]["v3"]["Turn"]["properties"]["mood"] = {"type": "string"}
    bundle["definitions"]["v3"]["Turn"]["required"].append("mood")
    pair = [DEFAULT.default_version, str(written(bundle, tmp_path))]
    assert run(["diff", *pair, "--format", "json", "--all"]) == 0
    found = json.loads(capsys.readouterr().out)["findings"]
    moved = {f["type"] for f in found if f["rule"] == "namespace-moved"}
    assert len(moved) > 800
    assert "type-disjoint" not in {f["rule"] for f in found}
    gone = {m for f in found if f["rule"] == "request-removed" for m in f["methods"]}
    assert gone <= {"getAuthStatus", "getConversationSummary", "gitDiffToRemote"}  # of a rule
    added = [f["pointer"] for f in found if f["rule"] == "property-added-required"]
    assert "/properties/mood" in added


@pytest.mark.parametrize(
    ("union", "side"), [("ServerNotification", Side.SERVER), ("ClientNotification", Side.CLIENT)]
)
def test_a_missing_union_leaves_its_messages_open(
    union: str,
    side: Side,
    newest: Bundle,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    bundle = copy.deepcopy(newest)
    del bundle["definitions"][union]
    source = str(written(bundle, tmp_path))
    assert run(["validate", str(SESSION), "--schema", source]) == 0
    out = capsys.readouterr().out
    assert f"there is none: no notification of the {side} is known" in out
    assert "unchecked" in out
    assert run(["diff", DEFAULT.default_version, source]) == 0
    out, err = capsys.readouterr()
    assert "notification-removed" not in out
    assert f"no {side} notifications (is it a flat bundle?): what it lacks is not compared" in err


def test_messages_that_a_flat_bundle_lacks_are_no_errors(
    newest: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    bundle = flat_bundle(newest)
    bundle["definitions"]["Thread"]["properties"]["brandNew"] = {"type": "string"}
    assert run(["validate", str(SESSION), "--schema", str(written(bundle, tmp_path))]) == 0
    assert "schema/unknown-method  client initialized" in capsys.readouterr().out


def test_a_union_that_types_use_is_no_union_of_messages(newest: Bundle, tmp_path: Path) -> None:
    bundle = copy.deepcopy(newest)
    ways = [
        {"type": "object", "required": ["method"], "properties": {"method": {"const": way}}}
        for way in ("apiKey", "chatgpt")
    ]
    bundle["definitions"]["v2"]["LoginWay"] = {"oneOf": ways}
    turn = bundle["definitions"]["v2"]["Turn"]
    turn["properties"]["way"] = {"$ref": "#/definitions/v2/LoginWay"}
    protocol: Protocol = load(written(bundle, tmp_path))
    assert "v2/LoginWay" in protocol.types
    assert protocol.holes == ()


def test_a_union_of_a_side_that_nobody_knows_is_named(newest: Bundle, tmp_path: Path) -> None:
    bundle = copy.deepcopy(newest)
    bundle["definitions"]["Broadcast"] = bundle["definitions"]["ServerNotification"]
    (hole,) = load(written(bundle, tmp_path)).holes
    assert (hole.name, hole.text) == (
        "Broadcast",
        "notifications of a side that is not known: they are left out",
    )


@pytest.mark.parametrize("content", [5, {"$ref": 5}, {"oneOf": [{"$ref": 5}]}, {"a": {"$ref": 7}}])
def test_any_other_json_is_no_schema(content: Any, tmp_path: Path) -> None:
    shaped = {"oneOf": [{"properties": {"method": {"enum": ["a"]}}}]}
    path = written({"definitions": {"A": content, "v2": shaped}}, tmp_path)
    with pytest.raises(IngestError, match="no definitions/ClientRequest"):
        load(path)


def test_a_contract_by_a_schema_of_no_release_says_so(
    newest: Bundle, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source, out = written(v3_beside_v2(copy.deepcopy(newest)), tmp_path), tmp_path / "contract.toml"
    assert run(["contract", "from", str(SESSION), "--schema", str(source), "-o", str(out)]) == 0
    assert capsys.readouterr().out.endswith(": 23 messages of no known release\n")

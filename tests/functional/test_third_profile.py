"""An invented protocol, given as a profile alone, goes through the machinery as it is."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from probe import check_package

from codexwire.direction import Kind, Side
from codexwire.emit.header import stamp_of
from codexwire.emit.plan import plan_package
from codexwire.emit.write import write_folder
from codexwire.ingest import load
from codexwire.ir.layout import MessageUnion, Namespaces
from codexwire.ir.model import Protocol
from codexwire.model.identity import Identities, IdPlace
from codexwire.model.profile import Domain, Profile
from codexwire.normalize import Normalized, normalize
from codexwire.profiles.shared.checks import unanswered_request, unmatched_response
from codexwire.profiles.shared.normalization import RULES
from codexwire.transcript.judgement import JudgeOptions, Schema
from codexwire.transcript.recording_judge import judge
from codexwire.transcript.source import OpenRecording
from codexwire.wire import compile

DATA = Path(__file__).parents[1] / "data" / "invented-protocol"

LAMPS = Profile(
    name="lamp-server",
    title="lamp server",
    namespaces=Namespaces("old", ("beta",)),
    unions=(
        MessageUnion("Asks", Side.CLIENT, Kind.REQUEST),
        MessageUnion("Questions", Side.SERVER, Kind.REQUEST),
        MessageUnion("Remarks", Side.CLIENT, Kind.NOTIFICATION),
        MessageUnion("News", Side.SERVER, Kind.NOTIFICATION),
    ),
    identities=Identities({"lamp": (IdPlace("lamp.id"), IdPlace("lampId"))}),
    rules=RULES,
    domains=(Domain("other", "The rest.", ()), Domain("lamp", "Lamps.", ("Lamp",))),
    checks=(unanswered_request.CHECK, unmatched_response.CHECK),
)


def member(protocol: Protocol, name: str, field: str) -> dict[str, Any]:
    schema = protocol.types[f"beta/{name}"].schema
    assert isinstance(schema, dict)
    found: dict[str, Any] = schema["properties"][field]
    return found


@pytest.fixture(scope="module")
def lamps() -> Normalized:
    return normalize(load(DATA / "lamps.json", profile=LAMPS))


@pytest.fixture(scope="module")
def package(lamps: Normalized, tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    folder = tmp_path_factory.mktemp("lamps")
    plan = plan_package(lamps, stamp_of(lamps.protocol, "--schema PATH"), package="lamps_protocol")
    write_folder(folder / "lamps_protocol", plan.files)
    assert check_package(folder) == ""
    sys.path.insert(0, str(folder))
    return importlib.import_module("lamps_protocol")


def test_its_methods_types_and_ids_are_known(lamps: Normalized) -> None:
    protocol = lamps.protocol
    assert {(m.label, m.namespace, m.result) for m in protocol.methods} == {
        ("client request hello", "old", "HelloResponse"),
        ("client request lamp/list", "beta", "beta/LampListResponse"),
        ("client request lamp/switch", "beta", "beta/LampSwitchResponse"),
        ("server request lamp/confirm", "beta", "beta/LampConfirmResponse"),
        ("client notification ready", "old", None),
        ("server notification lamp/changed", "beta", None),
    }
    assert protocol.holes == ()
    marked = (member(protocol, "Lamp", "id"), member(protocol, "LampSwitchParams", "lampId"))
    assert [node["x-id"] for node in marked] == ["lamp", "lamp"]
    assert sorted(protocol.document()["definitions"]["beta"])[0] == "Colour"


def test_its_package_imports_and_decodes(package: ModuleType) -> None:
    lamp = {"id": "L1", "on": True, "colour": {"type": "mixed", "red": 3}}
    told = package.decode_notification("lamp/changed", {"lamp": lamp})
    assert isinstance(told, package.models.LampChangedNews)
    assert told.lamp.colour.red == 3
    assert package.models.Lamp.__module__ == "lamps_protocol.models.lamp"
    asked = {"id": 1, "method": "lamp/switch", "params": {"lampId": "L1", "on": True}}
    assert package.validators.accepts_message(asked, "client")
    assert not package.validators.accepts_message({**asked, "params": {"lampId": "L1"}}, "client")


def test_ten_messages_are_judged(lamps: Normalized) -> None:
    schema = Schema("lamps", compile(lamps.protocol))
    found = judge(OpenRecording(str(DATA / "session.jsonl")), lambda _: schema, JudgeOptions())
    assert found.messages == 10
    assert [(f.rule, f.location.line, f.location.pointer) for f in found.findings] == [
        ("schema/type", 9, "/params/lamp/on")
    ]

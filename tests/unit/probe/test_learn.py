"""Closed reading, and response types learned by it."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from codexwire.direction import Kind, Side
from codexwire.ingest import load
from codexwire.ir.model import Protocol
from codexwire.model.read import types_of
from codexwire.model.types import Ref
from codexwire.normalize import AS_PUBLISHED, Effect, normalize
from codexwire.probe.closed import read_closed
from codexwire.probe.evidence import evidence
from codexwire.probe.learn import ResultVerdict, fits_of, learn
from codexwire.probe.log import Heard, Log, LoggedExchange, Stage
from codexwire.wire import compile

WRITTEN = {"status": "ok", "version": "sha256:0", "filePath": "/c", "overriddenMetadata": None}


@pytest.fixture(scope="module")
def newest() -> Protocol:
    return normalize(load("0.171.0")).protocol


def without(protocol: Protocol, method: str) -> Protocol:
    methods = tuple(replace(m, result=None) if m.name == method else m for m in protocol.methods)
    return replace(protocol, methods=methods)


def verdict(protocol: Protocol, method: str, *results: Any) -> Any:
    log = Log(
        [LoggedExchange(Stage.SWEEP, {"id": 1, "method": method}, {"result": r}) for r in results]
    )
    return next(r for r in learn(compile(protocol), log) if r.method == method)


def test_the_one_type_that_declares_every_member_is_learned(newest: Protocol) -> None:
    """As if its row were not in the table of response types: 162 types accept this answer."""
    method = "modelProvider/default/set"
    unknown = without(newest, method)
    types = types_of(unknown)
    accepting = [n for n in unknown.types if fits_of(unknown)(types.named(n), WRITTEN)]
    assert len(accepting) > 100
    found = verdict(unknown, method, WRITTEN)
    assert (found.verdict, found.type) == (ResultVerdict.LEARNED, "v2/ConfigWriteResponse")
    assert verdict(newest, method, WRITTEN).verdict is ResultVerdict.CONFIRMED


def test_an_empty_object_decides_nothing(newest: Protocol) -> None:
    found = verdict(without(newest, "thread/archive"), "thread/archive", {}, {})
    assert (found.verdict, found.type, found.candidates) == (ResultVerdict.OPEN, None, ())


def test_where_several_types_fit_the_likeliest_stands_first(newest: Protocol) -> None:
    method = "threadSection/create"
    section = {"id": "1", "name": "n", "position": 0, "createdAt": 1, "updatedAt": 1}
    name = next(m.result for m in newest.table(Side.CLIENT, Kind.REQUEST) if m.name == method)
    assert name == "v2/ThreadSectionCreateResponse"
    found = verdict(without(newest, method), method, {"section": section})
    if found.candidates:
        assert found.candidates[0] == name
    else:
        assert found.type in (None, name)


def test_one_wrong_answer_contradicts(newest: Protocol) -> None:
    wrong = {**WRITTEN, "status": 7}
    found = verdict(newest, "modelProvider/default/set", WRITTEN, wrong)
    assert found.verdict is ResultVerdict.CONTRADICTED


def test_members_are_read_by_the_types_that_they_belong_to(newest: Protocol) -> None:
    value = {**WRITTEN, "more": 1}
    name = "v2/ConfigWriteResponse"
    reading = read_closed(types_of(newest), Ref(name), value, fits_of(newest))
    assert (name, "filePath") in reading.members
    assert reading.undeclared == {(name, "more")}
    assert ("v2/WriteStatus", "ok") in reading.values


def test_a_rule_is_proved_by_what_the_published_schema_rejects() -> None:
    loaded = load("0.171.0")
    published = compile(normalize(loaded, effects=AS_PUBLISHED).protocol)
    taken = {"id": 1, "method": "account/logout", "params": {}}
    refused = {"id": 2, "method": "memory/reset", "params": {}}
    log = Log(
        [
            LoggedExchange(Stage.SWEEP, taken, {"id": 1, "result": {}}),
            LoggedExchange(
                Stage.SWEEP, refused, {"id": 2, "error": {"code": -32600, "message": "no"}}
            ),
        ],
        [
            Heard({"method": "rawResponse/completed", "params": {}}, True),
            Heard({"method": "turn/started", "params": {}}, True),
        ],
    )
    patches = (a for a in normalize(loaded).applied if a.rule.effect is Effect.PATCH)
    changed = {a.rule.id: {place.partition("#")[0] for place in a.places} for a in patches}
    assert evidence(published, changed, log) == {
        "n004-hidden-notifications": ("rawResponse/completed",),
        "n024-null-params-empty-object": ("request account/logout",),
    }


def test_the_keys_of_maps_are_nobodys_business(newest: Protocol) -> None:
    names = {"enablement": {"a-secret": True}}
    found = Ref("v2/ExperimentalFeatureEnablementSetParams")
    reading = read_closed(types_of(newest), found, names, fits_of(newest))
    assert {place for _, place in reading.members} == {"enablement", "enablement.*"}

"""Id paths of every server notification, against the list that was read off real sessions."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from codexwire.emit.ids import id_tables, lost_ids, path_exists
from codexwire.ingest import load
from codexwire.ir.model import Protocol
from codexwire.model.read import types_of
from codexwire.model.types import Ref
from codexwire.normalize import normalize

# Of 0.169.0: notification → first path of its thread, turn and item id. Nullable paths are in it.
LISTED = json.loads(Path(__file__).with_name("notification_ids.json").read_text("utf-8"))
VENDORED = ("0.72.0", "0.99.0", "0.125.0", "0.163.0", "0.169.0", "0.171.0")


def protocol(version: str) -> Protocol:
    return normalize(load(version)).protocol


@pytest.mark.parametrize("kind", ["thread", "turn", "item"])
def test_notifications_of_0_169_0_as_listed(kind: str) -> None:
    rows = next(t.rows for t in id_tables(protocol("0.169.0")) if t.kind == kind)
    found = {m: rows[m][0][0] if m in rows and rows[m][0] else None for m in LISTED}
    assert found == {m: ids[kind] for m, ids in LISTED.items()}


def test_the_list_is_complete() -> None:
    methods = {m.name for m in protocol("0.169.0").methods if m.kind == "notification"}
    assert methods - {"initialized"} == set(LISTED)


@pytest.mark.parametrize("version", VENDORED)
def test_every_version_has_its_tables(version: str) -> None:
    tables = {t.kind: t.rows for t in id_tables(protocol(version))}
    assert tables["thread"]["thread/start"] == ((), ("thread.id",))
    assert tables["turn"]["turn/start"][1] == ("turn.id",)
    assert tables["item"]["item/started"][0] == ("item.id",)


def test_a_fork_names_its_source_in_params_and_itself_in_the_result() -> None:
    tables = {t.kind: t.rows for t in id_tables(protocol("0.169.0"))}
    assert tables["thread"]["thread/fork"] == (("threadId",), ("thread.id",))


def test_legacy_events_carry_their_turn_in_the_event_id() -> None:
    tables = {t.kind: t.rows for t in id_tables(protocol("0.99.0"))}
    assert tables["turn"]["codex/event/task_started"][0] == ("id",)
    assert tables["thread"]["codex/event/task_started"][0] == ("conversationId",)


def test_a_search_session_is_no_thread() -> None:
    tables = {t.kind: t.rows for t in id_tables(protocol("0.169.0"))}
    assert "fuzzyFileSearch/sessionUpdated" not in tables["thread"]


def test_a_method_that_lost_its_id_is_reported() -> None:
    before = protocol("0.163.0")
    broken = replace(
        before,
        methods=tuple(
            replace(m, branch={**m.branch, "properties": {"params": {"type": "object"}}})
            if m.name == "serverRequest/resolved"
            else m
            for m in before.methods
        ),
    )
    assert lost_ids(before) == ()
    (hole,) = lost_ids(broken)
    assert hole.place == "server notification serverRequest/resolved"
    assert hole.text == "no place that is known has its request id"


def test_a_path_may_lie_in_one_variant_only() -> None:
    found = protocol("0.163.0")
    assert path_exists(types_of(found), Ref("v2/ItemStartedNotification"), "item.id")
    assert not path_exists(types_of(found), Ref("v2/ItemStartedNotification"), "item.nope")

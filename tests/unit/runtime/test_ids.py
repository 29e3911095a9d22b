"""Ids out of models, root models and unknown values; and what packages of 0.1.0 are made of."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, RootModel

from codexwire.model.spelling import field_name
from codexwire.runtime.ids import (
    IdMatch,
    IdPaths,
    IdRow,
    find_id,
    given_member,
    id_value,
)
from codexwire.runtime.unknown import UnknownNotification, UnknownValue


class Thread(BaseModel):
    model_config = ConfigDict(extra="allow")
    id: str | None = None


class Started(BaseModel):
    model_config = ConfigDict(extra="allow", populate_by_name=True)
    thread_id: str | None = Field(None, alias="threadId")
    thread: Thread | UnknownValue | None = None


class Wrapped(RootModel[Started]):
    pass


@pytest.mark.parametrize(
    ("payload", "match"),
    [
        ({"threadId": "t"}, IdMatch("t", "threadId")),
        (Started.model_validate({"threadId": "t"}), IdMatch("t", "threadId")),
        (Wrapped(Started(thread_id="t")), IdMatch("t", "threadId")),
        (Started(thread=Thread(id="t")), IdMatch("t", "thread.id")),
        (Started(thread=UnknownValue({"id": "t"})), IdMatch("t", "thread.id")),
        (UnknownNotification("x/y", {"threadId": "t"}), IdMatch("t", "threadId")),
        (UnknownNotification("x/y", 7), None),
        (
            Started.model_validate({"thread": {"threadId": "t"}}),
            IdMatch("t", "thread.threadId"),
        ),
        (Started(), None),
        (object(), None),
    ],
)
def test_models_are_read_like_mappings(payload: Any, match: IdMatch[str] | None) -> None:
    assert find_id("thread", "x/y", payload) == match
    assert id_value("thread", "x/y", payload) == (match and match.value)


def test_what_a_rule_put_in_place_was_not_given() -> None:
    value = Started.model_construct(_fields_set={"thread"}, thread_id="t", thread=Thread(id="t"))
    assert id_value("thread", "x/y", value) == "t"
    assert given_member(value, "threadId") is None
    assert given_member(given_member(value, "thread"), "id") == "t"
    assert given_member(Started.model_validate({"threadId": "t", "x": 2}), "x") == 2
    assert given_member({"x": 2}, "x") == 2


@pytest.mark.parametrize(
    ("wire", "name"), [("threadId", "thread_id"), ("id", "id"), ("turn_id", "turn_id")]
)
def test_field_name(wire: str, name: str) -> None:
    assert field_name(wire) == name


def test_the_tables_of_older_packages_are_read_by_the_one_table() -> None:
    old = IdPaths(
        {"turn/started": IdRow(("threadId",)), "thread/start": IdRow(result=("thread.id",))},
        of=(str,),
        aliases={"threadId": ("thread_id",)},
    )
    assert old.rows["turn/started"].params == ("threadId",)
    assert old.find("turn/started", {"conversationId": "t"}) == IdMatch("t", "conversationId")
    assert old.value("thread/start", {"thread": {"id": "t"}}, part="result") == "t"
    assert old.value("thread/start", {}) is None
    assert old.at(Started(thread=Thread(id="t")), ("threadId", "thread.id")) == "t"
    assert old.at({"threadId": ""}, ("threadId",)) is None
    resolved = IdPaths({"serverRequest/resolved": IdRow(("requestId",))}, of=(str, int), aliases={})
    assert resolved.value("serverRequest/resolved", {"requestId": 7}) == 7
    assert IdPaths({}, of=(str,), aliases={}).find("turn/started", {"threadId": "t"}) is None

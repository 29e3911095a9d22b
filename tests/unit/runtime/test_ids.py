from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict, Field, RootModel

from codexwire.runtime.ids import IdMatch, IdPaths, IdRow, field_name

THREAD = IdPaths(
    {
        "thread/start": IdRow(result=("thread.id",)),
        "thread/fork": IdRow(("threadId",), ("thread.id",)),
        "turn/started": IdRow(("threadId",)),
    },
    of=(str,),
    aliases={"threadId": ("thread_id", "conversationId"), "thread.id": ("thread.threadId",)},
)


class Thread(BaseModel):
    model_config = ConfigDict(extra="allow")
    id: str | None = None


class Started(BaseModel):
    model_config = ConfigDict(extra="allow", populate_by_name=True)
    thread_id: str | None = Field(None, alias="threadId")
    thread: Thread | None = None


class Wrapped(RootModel[Started]):
    pass


@pytest.mark.parametrize(
    ("method", "payload", "match"),
    [
        ("turn/started", {"threadId": "t"}, IdMatch("t", "threadId")),
        ("turn/started", {"conversationId": "t"}, IdMatch("t", "conversationId")),
        ("turn/started", {"threadId": None}, None),
        ("turn/started", {"threadId": True}, None),
        ("turn/started", {}, None),
        ("turn/started", None, None),
        ("turn/started", [1], None),
        ("thread/start", {"thread": {"id": "t"}}, IdMatch("t", "thread.id")),
        ("thread/start", {"thread": {"threadId": "t"}}, IdMatch("t", "thread.threadId")),
        ("thread/start", {"thread": "t"}, None),
        ("no/such", {"threadId": "t"}, None),
        ("turn/started", Started.model_validate({"threadId": "t"}), IdMatch("t", "threadId")),
        ("turn/started", Wrapped(Started(thread_id="t")), IdMatch("t", "threadId")),
        ("thread/start", Started(thread=Thread(id="t")), IdMatch("t", "thread.id")),
        (
            "thread/start",
            Started.model_validate({"thread": {"threadId": "t"}}),
            IdMatch("t", "thread.threadId"),
        ),
    ],
)
def test_find(method: str, payload: Any, match: IdMatch[str] | None) -> None:
    assert THREAD.find(method, payload) == match


def test_part_chooses_between_params_and_result() -> None:
    both = {"threadId": "source", "thread": {"id": "fork"}}
    assert THREAD.value("thread/fork", both) == "source"
    assert THREAD.value("thread/fork", both, part="result") == "fork"
    assert THREAD.value("thread/fork", {"thread": {"id": "fork"}}) == "fork"


@pytest.mark.parametrize(
    ("wire", "name"), [("threadId", "thread_id"), ("id", "id"), ("turn_id", "turn_id")]
)
def test_field_name(wire: str, name: str) -> None:
    assert field_name(wire) == name

"""What generated models do: keep everything, open while decoding, closed while building."""

from __future__ import annotations

import copy
import json
import pickle
from typing import Annotated, Any, Literal, TypeAlias

import pytest
from pydantic import Field, TypeAdapter, ValidationError

from codexwire.runtime.model import (
    OpenStrEnum,
    OpenUnion,
    UnknownVariant,
    WireModel,
    WireRoot,
    open_decoding,
    tag,
)


class Status(OpenStrEnum):
    in_progress = "inProgress"
    unknown = "unknown"


class TextItem(WireModel):
    handler_type: Literal["text"] = tag("text")
    text: str
    status: Status | None = None


class CountItem(WireModel):
    handler_type: Literal["count"] = tag("count")
    count: int | float


Item: TypeAlias = Annotated[
    TextItem | CountItem | UnknownVariant, OpenUnion(discriminator="handler_type")
]


class InnerNote(WireModel):
    text: str


class NoteSource(WireModel):
    sub_note: InnerNote


Source: TypeAlias = Annotated[Status | NoteSource | UnknownVariant, OpenUnion()]


class Event(WireModel):
    thread_id: str
    text_elements: Annotated[list[str], Field(alias="text_elements")] = []  # noqa: RUF012 - as generated
    items: list[Item] = []  # noqa: RUF012
    source: Source | None = None


class Raw(WireModel, alias_generator=None):
    move_path: str | None = None


class Payload(
    WireRoot[Annotated[TextItem | UnknownVariant, OpenUnion(discriminator="handler_type")]]
):
    """A union of one variant, so far."""


def dumped(model: WireModel | WireRoot[Any]) -> list[Any]:
    """Return every plain form of a model."""
    return [
        model.model_dump(mode="json", exclude_unset=True),
        json.loads(model.model_dump_json(exclude_unset=True)),
        json.loads(json.dumps(model.model_dump(exclude_unset=True))),
    ]


MESSAGE = {
    "threadId": "t",
    "text_elements": ["a"],
    "items": [
        {"handlerType": "text", "text": "x", "status": None, "new": {"deep": [1, 1.0, None]}},
        {"handlerType": "count", "count": 10**30},
        {"handlerType": "count", "count": 1.0},
        {"handlerType": "text", "text": "y", "status": "inProgress"},
    ],
    "source": {"subNote": {"text": "z", "more": True}},
    "extra": None,
}


def test_what_comes_in_goes_out() -> None:
    event = Event.model_validate(MESSAGE)
    for plain in dumped(event):
        assert plain == MESSAGE
        assert [type(item.get("count")) for item in plain["items"][1:3]] == [int, float]
    assert isinstance(event.items[0], TextItem)
    assert isinstance(event.source, NoteSource)


def test_omitted_null_and_set_are_three_things() -> None:
    texts = [{"handlerType": "text", "text": "x", **s} for s in ({}, {"status": None})]
    for plain in texts:
        assert TextItem.model_validate(plain).model_dump(exclude_unset=True) == plain


@pytest.mark.parametrize(
    "item",
    [
        {"handlerType": "text", "text": 1},
        {"handlerType": "text"},
        {"handlerType": "text", "text": "x", "status": 3},
        {"handlerType": "count", "count": True},
        {"handlerType": "count", "count": "1"},
        {"handlerType": "count", "count": None},
    ],
)
def test_values_are_not_converted_and_known_variants_must_fit(item: Any) -> None:
    with open_decoding(), pytest.raises(ValidationError) as caught:
        Event.model_validate({"threadId": "t", "items": [item]})
    assert caught.value.errors()[0]["loc"][:3] == ("items", 0, item["handlerType"])


def test_unknown_values_are_kept_while_decoding_and_refused_otherwise() -> None:
    message = {"threadId": "t", "source": "brandNew", "items": [{"handlerType": "new", "a": [1]}]}
    with open_decoding():
        event = Event.model_validate(message)
    assert all(plain == message for plain in dumped(event))
    assert event.source == "brandNew"
    assert isinstance(event.source, Status)
    assert event.source.is_unknown
    (item,) = event.items
    assert isinstance(item, UnknownVariant)
    assert (item.tag, dict(item.raw)) == ("new", {"handlerType": "new", "a": [1]})
    with pytest.raises(ValidationError):
        Event.model_validate(message)


@pytest.mark.parametrize("item", [{}, {"handlerType": 7}, {"handlerType": None, "text": "x"}])
def test_an_object_without_a_usable_tag_is_kept_as_well(item: Any) -> None:
    with open_decoding():
        event = Event.model_validate({"threadId": "t", "items": [item]})
    assert isinstance(event.items[0], UnknownVariant)
    assert event.items[0].tag is None
    assert event.model_dump(exclude_unset=True)["items"] == [item]


def test_what_is_no_object_is_no_variant() -> None:
    with open_decoding(), pytest.raises(ValidationError):
        Event.model_validate({"threadId": "t", "items": ["text"]})


def test_externally_tagged_unknown_variants() -> None:
    adapter = TypeAdapter[Any](Source)
    with open_decoding():
        found = adapter.validate_python({"newNote": {"a": 1}})
        assert isinstance(found, UnknownVariant)
        assert found.tag == "newNote"
        assert adapter.dump_python(found) == {"newNote": {"a": 1}}
        with pytest.raises(ValidationError):
            adapter.validate_python({"subNote": {"text": 1}})


def test_a_union_of_one_variant() -> None:
    assert isinstance(Payload.model_validate({"handlerType": "text", "text": "x"}).root, TextItem)
    with open_decoding():
        kept = Payload.model_validate({"handlerType": "later", "b": 1})
    assert isinstance(kept.root, UnknownVariant)
    assert dumped(kept) == [{"handlerType": "later", "b": 1}] * 3


def test_tags_are_filled_in_when_building_and_demanded_when_decoding() -> None:
    assert TextItem(text="x").model_dump(exclude_unset=True) == {"handlerType": "text", "text": "x"}
    with pytest.raises(ValidationError) as caught:
        TextItem.model_validate({"text": "x"})
    assert caught.value.errors()[0]["loc"] == ("handlerType",)
    with pytest.raises(ValidationError):
        TextItem(handler_type="count", text="x")  # type: ignore[arg-type]


def test_fields_by_either_name() -> None:
    by_name = Event(thread_id="t", text_elements=["a"], items=[TextItem(text="x")])
    by_wire = Event.model_validate(by_name.model_dump(exclude_unset=True))
    assert by_name == by_wire
    assert Event.model_validate({"thread_id": "t"}).thread_id == "t"
    assert Raw(move_path="p").model_dump(exclude_unset=True) == {"move_path": "p"}


def test_building_is_closed_also_inside_a_model() -> None:
    with pytest.raises(ValidationError):
        TextItem(text="x", status="later")  # type: ignore[arg-type]
    assert TextItem(text="x", status="inProgress").status is Status.in_progress  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="later"):
        Status("later")


def test_what_was_kept_can_be_passed_on() -> None:
    with open_decoding():
        event = Event.model_validate(
            {"threadId": "t", "source": "later", "items": [{"handlerType": "new"}]}
        )
    again = Event(thread_id="u", source=event.source, items=event.items)
    assert again.model_dump(exclude_unset=True)["items"] == [{"handlerType": "new"}]
    assert again.source == "later"


def test_members_that_were_kept() -> None:
    with open_decoding():
        later = Status("later")
    assert isinstance(later, Status)
    assert (later, later.value, str(later), f"{later}") == ("later",) * 4
    assert {later: 1}["later"] == 1  # type: ignore[index]
    assert later not in list(Status)
    assert later.is_unknown
    assert not Status.unknown.is_unknown
    for same in (pickle.loads(pickle.dumps(later)), copy.deepcopy(later)):
        assert same == later
        assert isinstance(same, Status)
    assert pickle.loads(pickle.dumps(Status.in_progress)) is Status.in_progress


def test_decoding_is_open_only_inside() -> None:
    with open_decoding():
        assert Status("later")
        with open_decoding():
            pass
        assert Status("later")
    with pytest.raises(ValueError, match="later"):
        Status("later")

"""What tolerance rules are told of the type of each member."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel

from codexwire.runtime.model_types import model_shape


class Inner(BaseModel):
    x: int


class Outer(BaseModel):
    text: str
    whole: int
    number: float
    yes: bool
    one_of: Literal["a", "b"]
    items: list[str]
    by_name: dict[str, int]
    inner: Inner
    several: str | int
    anything: Any


def test_the_kind_of_each_member() -> None:
    shape = model_shape(Outer)
    kinds = {field.name: field.shape.facts.kind for field in shape.fields}
    assert kinds == {
        "text": "string",
        "whole": "integer",
        "number": "number",
        "yes": "boolean",
        "one_of": "enum",
        "items": "list",
        "by_name": "map",
        "inner": "object",
        "several": "choice",
        "anything": "any",
    }

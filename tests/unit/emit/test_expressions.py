"""A type expression takes what its schema takes: pydantic reads it, and judges."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from pydantic import Field, NonNegativeInt, PositiveInt, TypeAdapter, ValidationError

from codexwire.emit.expressions import expression
from codexwire.model.types import Enum, List, Scalar, Type

NAMES = {
    "Annotated": Annotated,
    "Any": Any,
    "Field": Field,
    "Literal": Literal,
    "NonNegativeInt": NonNegativeInt,
    "PositiveInt": PositiveInt,
}
AT_LEAST_1 = Scalar(kind="integer", limits={"minimum": 1})
AT_LEAST_0 = Scalar(kind="integer", limits={"minimum": 0})


@pytest.mark.parametrize(
    ("found", "taken", "refused"),
    [
        (Scalar(kind="boolean"), True, "x"),
        (Scalar(kind="integer"), 7, 7.5),
        (Scalar(kind="null"), None, 0),
        (Scalar(kind="number"), 7.5, "x"),
        (Scalar(kind="string"), "x", 7),
        (AT_LEAST_0, 0, -1),
        (AT_LEAST_1, 1, 0),
        (List(items=Scalar(kind="number")), [0.5], ["x"]),
        (Enum(values=(0.5, "a")), 0.5, "b"),
        (Enum(values=([1], "a")), [1], "b"),
        (Enum(values=({"k": 1}, "a")), {"k": 1}, "b"),
        (Enum(values=(None, "a")), None, "b"),
    ],
)
def test_an_expression_takes_what_the_type_does(found: Type, taken: Any, refused: Any) -> None:
    reader: TypeAdapter[Any] = TypeAdapter(eval(expression(found, bounds=True), NAMES))
    assert reader.validate_python(taken) == taken
    with pytest.raises(ValidationError):
        reader.validate_python(refused)


def test_a_number_that_is_listed_may_be_an_integer_and_stays_one() -> None:
    assert expression(Enum((0.5, 1.5))) == "int | float"
    assert expression(Enum((0.5, None, "x"))) == 'Literal["x"] | int | float | None'

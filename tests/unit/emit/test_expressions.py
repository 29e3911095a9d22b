"""Types as source of Python."""

from __future__ import annotations

from codexwire.emit.expressions import expression
from codexwire.model.types import Enum


def test_a_number_that_is_listed_may_be_an_integer_and_stays_one() -> None:
    assert expression(Enum((0.5, 1.5))) == "int | float"
    assert expression(Enum((0.5, None, "x"))) == 'Literal["x"] | int | float | None'

"""What a value of each kind becomes where the vectors say that its kind is wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from codexwire.emit.testdata.damage import of_root


@pytest.mark.parametrize("value", [None, True, 7, 7.5, "x", ["x"], {"x": 1}])
def test_a_value_becomes_one_of_another_kind(value: Any) -> None:
    wrong = next(damage for damage in of_root(value) if damage.made == "wrong-type")
    assert type(wrong.value) is not type(value)
    assert type(wrong.value) is not int or not isinstance(value, float)


@pytest.mark.parametrize("value", [None, True, 7, 7.5])
def test_what_is_no_text_becomes_what_a_careless_check_takes_for_it(value: Any) -> None:
    """For null that is what is false as well; for others the same kind of value in quotes."""
    wrong = next(damage.value for damage in of_root(value) if damage.made == "wrong-type")
    if value is None:
        assert not wrong
    else:
        assert type(json.loads(wrong)) is type(value)

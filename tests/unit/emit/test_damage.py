"""What a value of each kind becomes where the vectors say that its kind is wrong."""

from __future__ import annotations

from typing import Any

import pytest

from codexwire.emit.testdata.damage import of_root


@pytest.mark.parametrize("value", [None, True, 7, 7.5, "x", ["x"], {"x": 1}])
def test_a_value_becomes_one_of_another_kind(value: Any) -> None:
    wrong = next(damage for damage in of_root(value) if damage.made == "wrong-type")
    assert type(wrong.value) is not type(value)
    assert type(wrong.value) is not int or not isinstance(value, float)

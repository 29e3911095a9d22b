"""A value is looked up among those of an enum as if it were compared with each."""

from __future__ import annotations

import json
from random import Random

import pytest
from fuzzing.values import value

from codexwire.runtime.checks import json_equal
from codexwire.wire.listed import is_listed, listed_text

ALIKE = [1, 1.0, True, "1", 0, -0.0, False, None, "", [], {}, [1], [True], {"a": 1}, {"a": 1.0}]


@pytest.mark.parametrize("at", range(len(ALIKE)))
def test_values_that_are_nearly_the_same_are_told_apart(at: int) -> None:
    values = ALIKE[at : at + 1]
    for other in ALIKE:
        assert is_listed(other, values) is json_equal(other, values[0])


def test_any_value_is_listed_as_it_is_equal() -> None:
    rng = Random(1)
    found = set()
    for _ in range(500):
        values = [value(rng) for _ in range(rng.randrange(1, 40))]
        one = rng.choice(values) if rng.random() < 0.5 else value(rng)
        said = is_listed(one, values)
        assert said is any(json_equal(one, other) for other in values)
        assert listed_text(values) == ", ".join(json.dumps(v, ensure_ascii=False) for v in values)
        found.add(said)
    assert found == {True, False}


def test_equal_lists_are_kept_apart() -> None:
    assert listed_text([1]) == "1"
    assert listed_text([1.0]) == "1.0"
    assert listed_text([True]) == "true"

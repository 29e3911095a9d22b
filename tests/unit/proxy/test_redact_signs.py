"""The parts of a text in which a rule looks hold every sign, and whole lines."""

from __future__ import annotations

import random
from itertools import pairwise

import pytest

from codexwire.proxy.redact.signs import around, places


def test_places_of_signs_in_any_case() -> None:
    text = "é İ Token=\ud800 x TOKEN"
    assert places(text, ["token", "="]) == [4, 9, 14]
    assert [text[at : at + 5].lower() for at in (4, 14)] == ["token", "token"]


@pytest.mark.parametrize("seed", range(20))
def test_every_sign_is_in_a_part_with_its_line_and_what_follows(seed: int) -> None:
    rng = random.Random(seed)
    words = ["@", "host=", "\n", "\n\n", "x" * 50, "é ", "-", "y" * 900]
    text = "".join(rng.choices(words, weights=[1, 1, 9, 2, 9, 9, 5, 2], k=400)) + "@"
    parts = [*around(text, ["@", "host="])]
    assert parts == sorted(parts)
    assert all(end < start for (_, end), (start, _) in pairwise(parts))
    for start, end in parts:
        assert start == 0 or text[start - 1] == "\n"
        assert end == len(text) or text[end] == "\n"
    for at in places(text, ["@", "host="]):
        (part,) = [(start, end) for start, end in parts if start <= at < end]
        assert part[1] >= min(at + 400, len(text))


def test_a_text_without_a_sign_is_not_searched() -> None:
    assert [*around("a long text\n" * 1000, ["@"])] == []

"""Which text a piece belongs to, wherever in a message it stands."""

from __future__ import annotations

import json
from typing import Any

import pytest

from codexwire.proxy.redact.deltas import Key, has_pieces, pieces_in


def key(params: dict[str, Any]) -> Key:
    """The key of the only piece in a notification."""
    (piece,) = pieces_in(json.dumps({"method": "m", "params": params}).encode())
    assert piece.value == "text"
    return piece.key


@pytest.mark.parametrize(
    "other",
    [{"itemId": "other"}, {"contentIndex": 1}, {"stream": "stderr"}, {"item": {"type": "b"}}],
)
def test_pieces_of_two_texts_are_told_apart(other: dict[str, Any]) -> None:
    one = {"itemId": "i", "contentIndex": 0, "stream": "stdout", "item": {"type": "a"}}

    def told(params: dict[str, Any]) -> Key:
        return key({**params, "item": {**params["item"], "delta": "text"}})

    assert told(one) == told({**one, "text": "anything"}) != told({**one, **other})


def test_pieces_in_lists_and_in_json_in_a_string() -> None:
    inner = {"itemId": "i", "delta": "text"}
    assert key({"events": [inner]}) == key(inner) == key({"raw": json.dumps([inner])})


@pytest.mark.parametrize(
    ("name", "tells"),
    [
        ("itemId", True),
        ("item_id", True),
        ("contentIndex", True),
        ("content_index", True),
        ("stream", True),
        ("method", True),
        ("type", True),
        ("dir", True),
        ("conn", True),
        ("id", False),
        ("seq", False),
        ("streams", False),
    ],
)
def test_which_members_say_what_a_piece_belongs_to(name: str, tells: bool) -> None:
    keys = {
        piece.key
        for value in "ab"
        for piece in pieces_in(f'{{"{name}":"{value}","delta":"x"}}'.encode())
    }
    assert len(keys) == (2 if tells else 1)


@pytest.mark.parametrize("name", ["delta", "textDelta", "delta_base64", "chunk", "DELTA", "text"])
def test_a_line_without_pieces_is_told_quickly(name: str) -> None:
    line = json.dumps({name: "x"}).encode()
    assert has_pieces(line) == bool([*pieces_in(line)]) == (name != "text")

from __future__ import annotations

import json
import random
import subprocess
import sys
from typing import Any

import pytest

from codexwire.ingest import load
from codexwire.ir.canonical import canonical_json, digest, protocol_digest, strip_annotations


def shuffled(value: Any, chance: random.Random) -> Any:
    if isinstance(value, dict):
        keys = list(value)
        chance.shuffle(keys)
        return {k: shuffled(value[k], chance) for k in keys}
    if isinstance(value, list):
        return [shuffled(v, chance) for v in value]
    return value


def test_key_order_does_not_matter() -> None:
    document = load("0.72.0").document()
    other = shuffled(document, random.Random(7))
    assert json.dumps(other) != json.dumps(document)
    assert canonical_json(other) == canonical_json(document)


def test_list_order_does_matter() -> None:
    assert digest([1, 2]) != digest([2, 1])


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_digest_is_the_same_under_any_hash_seed(seed: str) -> None:
    code = (
        "from codexwire.ingest import load;from codexwire.normalize import normalize;"
        "from codexwire.ir.canonical import protocol_digest as d;"
        "print(d(normalize(load('0.99.0')).protocol))"
    )
    out = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONHASHSEED": seed, "PATH": ""},
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()
    from codexwire.normalize import normalize

    assert out == protocol_digest(normalize(load("0.99.0")).protocol)


def test_annotations_are_stripped_and_assertions_kept() -> None:
    schema = {
        "title": "T",
        "description": "D",
        "type": "object",
        "properties": {
            "title": {"type": "string", "default": None, "x-unit": "s"},
            "description": True,
        },
    }
    assert strip_annotations(schema) == {
        "type": "object",
        "properties": {"title": {"type": "string"}, "description": True},
    }

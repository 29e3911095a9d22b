"""Each folder of `tests/cases/wire` is one broken message and every violation that it has."""

from __future__ import annotations

import json
from dataclasses import asdict
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from codexwire import ingest, normalize, wire
from codexwire.direction import Side
from codexwire.model.normalization import Effect

CASES = sorted((Path(__file__).parents[2] / "cases" / "wire").glob("*/case.json"))


@cache
def validators(version: str) -> wire.Validators:
    loaded = ingest.load(version)
    return wire.compile(normalize.normalize(loaded, effects=(Effect.ANNOTATE,)).protocol)


def check(case: dict[str, Any]) -> tuple[wire.Violation, ...]:
    subject, message = validators(case["version"]), case["message"]
    if "sender" in case:
        return subject.check_message(message, Side(case["sender"]))
    if "requester" in case:
        return subject.check_response(message, case["method"], Side(case["requester"]))
    return subject.check_envelope(message)


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.parent.name)
def test_every_violation_is_named(path: Path) -> None:
    case = json.loads(path.read_text("utf-8"))
    assert [asdict(v) for v in check(case)] == case["violations"]
    assert case["violations"]


def test_there_are_cases() -> None:
    assert len(CASES) >= 30

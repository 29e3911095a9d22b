"""`codexwire validate` as tests run it."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema
import pytest
from command import Run

from codexwire.resources import schema_root

__all__ = ["VALIDATE_SCHEMA", "Judged", "found", "judged", "own_cache", "validate"]

Judged: TypeAlias = Callable[..., tuple[int, dict[str, Any]]]
"""Runs `validate` with JSON output; returns the exit code and the document."""

VALIDATE_SCHEMA = json.loads((schema_root() / "report" / "validate.schema.json").read_text("utf-8"))


@pytest.fixture
def validate(codexwire: Run) -> Run:
    """Run `validate`."""
    return partial(codexwire, "validate")


@pytest.fixture
def judged(validate: Run) -> Judged:
    """Run `validate` with JSON output, held against its schema."""

    def call(*args: object) -> tuple[int, dict[str, Any]]:
        code, out, err = validate(*args, "--format", "json")
        assert out, err
        value = json.loads(out)
        jsonschema.validate(value, VALIDATE_SCHEMA)
        return code, value

    return call


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep out what was pulled on this machine."""
    monkeypatch.setenv("CODEXWIRE_CACHE", str(tmp_path / "cache"))


def found(value: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """Rule, level and pointer of the findings of all files."""
    findings = (f for file in value["files"] for f in file["findings"])
    return [(f["rule"], f["level"], f["pointer"]) for f in findings]

"""What the fuzzers once found stays mended."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from fuzzing.fuzzer import Fuzzer
from fuzzing.recording_fuzzer import RECORDINGS
from fuzzing.schema_fuzzer import SCHEMAS

FOLDER = Path(__file__).parents[2] / "cases" / "fuzz"


@pytest.mark.parametrize("fuzzer", [SCHEMAS, RECORDINGS], ids=lambda fuzzer: fuzzer.name)
def test_what_was_found_is_right(fuzzer: Fuzzer) -> None:
    paths = sorted(FOLDER.joinpath(fuzzer.name).glob("*.json"))
    found = {path.stem: fuzzer.broken(json.loads(path.read_text("utf-8"))) for path in paths}
    assert found
    assert {name: words for name, words in found.items() if words is not None} == {}

"""Options of commands that launch a server."""

from __future__ import annotations

import pytest

from codexwire.cli.launching import decision
from codexwire.ingest import load
from codexwire.model.read import types_of


@pytest.mark.parametrize("word", ["accept", "decline"])
def test_approve_takes_words_of_the_protocol(word: str) -> None:
    asked = types_of(load("0.171.0")).named("FileChangeApprovalDecision")
    assert word in {value for part in asked.inside() for value in getattr(part, "values", ())}
    assert decision(word) == word

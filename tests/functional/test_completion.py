"""What a shell completes: releases, methods and types, ids of rules."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("codexwire rules show enum-value-a", "enum-value-added"),
        ("codexwire schema show turn/st", "turn/started"),
        ("codexwire schema history v2/ThreadIt", "v2/ThreadItem"),
        ("codexwire diff 0.160", "0.160.0"),
        ("codexwire generate --schema 0.17", "0.171.0"),
        ("codexwire validate --schema 0.9", "0.99.0"),
        ("codexwire expl", "explore"),
    ],
)
def test_it_is_offered(line: str, offered: str) -> None:
    asked = {"_CODEXWIRE_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": line}
    done = subprocess.run(
        [sys.executable, "-m", "codexwire"],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
    )
    assert offered in done.stdout
    assert done.stderr == ""

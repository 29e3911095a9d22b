"""The backtest: what the table of responses was needed for on the day that a release came."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

DOCS = Path(__file__).parents[3] / "docs"


def test_what_would_have_been_unknown_on_arrival() -> None:
    done = subprocess.run(
        [sys.executable, DOCS / "backtest.py"], capture_output=True, text=True, check=True
    )
    *lines, last = done.stdout.splitlines()
    told = dict(line.split(": ") for line in lines)
    assert told["0.59.0"] == "review/start"
    assert told["0.166.0"] == "accountSession/list"
    assert told["0.171.0"] == "modelProvider/default/set"
    assert last.startswith(f"{len(told)} of ")
    page = (DOCS / "releases.md").read_text("utf-8")
    for release, names in told.items():
        row = ", ".join(f"`{name}`" for name in names.split(", "))
        assert f"- {release}: {row}\n" in page

"""A real browser for the pages that codexwire writes: chromium, driven from node."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

FOLDER = Path(__file__).parents[1] / "browser"


def browse(script: str, *arguments: str) -> dict[str, Any]:
    """Run a script of `tests/browser` and return what it saw; fails with the reason where it cannot."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    npm, node = shutil.which("npm"), shutil.which("node")
    if npm is None or node is None:
        pytest.fail("no node and npm on PATH (node 20 or newer), or set CODEXWIRE_NO_LIVE=1")
    with FileLock(FOLDER / "node_modules.lock"):  # tests run in several processes
        if not (FOLDER / "node_modules" / ".package-lock.json").is_file():
            got = subprocess.run([npm, "ci"], cwd=FOLDER, capture_output=True, text=True)
            assert got.returncode == 0, got.stderr
    done = subprocess.run(
        [node, str(FOLDER / script), *arguments],
        capture_output=True,
        text=True,
        env={**os.environ, "CHROMIUM": chromium or ""},
        timeout=240,
    )
    assert done.returncode == 0, done.stderr
    seen: dict[str, Any] = json.loads(done.stdout)
    return seen

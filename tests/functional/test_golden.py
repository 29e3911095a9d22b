"""The package generated from the small invented protocol is the committed one, byte for byte."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "golden"))

from update import EXPECTED, PACKAGE, golden_plan

from codexwire.emit.write import compare


def test_golden_package() -> None:
    drift = compare(EXPECTED / PACKAGE, golden_plan().files)
    assert not drift, "python tests/golden/update.py writes it again; look at the diff"

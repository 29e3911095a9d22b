"""Where the data files lie: in the wheel beside the code, in a checkout at the top."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

__all__ = ["cases_root", "recorded_examples", "schema_root", "templates_root"]

_PACKAGE = Path(__file__).resolve().parent


def _find(packaged: str, top: str) -> Path:
    inside = _PACKAGE / packaged
    return inside if inside.is_dir() else _PACKAGE.parent.parent / top


def schema_root() -> Path:
    """Return the folder that holds `index.toml` and the embedded schema bundles."""
    return _find("_schema", "schema")


def templates_root() -> Path:
    """Return the folder that holds the Jinja templates."""
    return _find("_templates", "templates")


def cases_root() -> Path:
    """Return the folder that holds the cases of rules, a folder for each family."""
    return _find("_cases", "tests/cases")


def recorded_examples() -> dict[str, Any]:
    """Return a recorded message of each method that recordings have: `message`, `answer`, `release`."""
    found: dict[str, Any] = json.loads((schema_root() / "examples.json").read_bytes())
    return found

"""Where the data files lie: in the wheel beside the code, in a checkout at the top."""

from __future__ import annotations

from pathlib import Path

__all__ = ["cases_root", "schema_root", "templates_root"]

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

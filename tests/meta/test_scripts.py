"""What the scripts of benchmarks, docs and tests import from codexwire is there: few tests run them."""

from __future__ import annotations

import ast
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

TOP = Path(__file__).parents[2]
SCRIPTS = [
    *(TOP / "benchmarks").glob("*.py"),
    *(TOP / "docs").glob("*.py"),
    *(TOP / "tests").glob("*.py"),
]


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_what_a_script_imports_is_there(script: Path) -> None:
    for node in ast.walk(ast.parse(script.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("codexwire"):
            assert node.module is not None
            module = import_module(node.module)
            for name in node.names:
                assert hasattr(module, name.name) or find_spec(f"{node.module}.{name.name}")

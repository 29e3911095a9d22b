"""What a package loads when it is used is what a type checker is told that it exports."""

from __future__ import annotations

import ast
import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

import codexwire

ROOT = Path(codexwire.__file__).parent
LAZY = {
    ".".join(("codexwire", *path.relative_to(ROOT).parts[:-1])): path
    for path in sorted(ROOT.rglob("__init__.py"))
    if "_EXPORTS = {" in path.read_text("utf-8")
}


def told(path: Path) -> Iterator[tuple[str, str]]:
    """Each name that is imported for type checkers, and the module that it comes from."""
    for node in ast.parse(path.read_text("utf-8")).body:
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for line in node.body:
                assert isinstance(line, ast.ImportFrom)
                yield from ((alias.name, str(line.module)) for alias in line.names)


def test_there_are_such_packages() -> None:
    assert {"codexwire", "codexwire.diff", "codexwire.runtime.client"} <= LAZY.keys()


@pytest.mark.parametrize("name", LAZY)
def test_every_name_is_what_the_type_checker_is_told(name: str) -> None:
    package = importlib.import_module(name)
    exported = dict(told(LAZY[name]))
    assert exported.keys() == {*package.__all__} - {"__version__"}
    for export, module in exported.items():
        if (name, export) == ("codexwire", "diff"):
            assert callable(package.diff)  # a package, and a function
        elif module == name:
            assert getattr(package, export) is importlib.import_module(f"{name}.{export}")
        else:
            assert f"{name}.{package._EXPORTS[export]}" == module, "no other module is loaded"
            assert getattr(package, export) is getattr(importlib.import_module(module), export)

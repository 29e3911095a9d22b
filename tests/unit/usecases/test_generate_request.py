"""What `generate` is asked for: the names that a package cannot have, and the layouts."""

from __future__ import annotations

import ast
import json
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import codexwire
from codexwire.config import Config
from codexwire.emit.styles import STYLES
from codexwire.errors import UsageError
from codexwire.usecases.generate_request import GenerateOptions, request_of

TREE = {"anyOf": [{"type": "string"}, {"type": "array", "items": {"$ref": "#/definitions/Tree"}}]}
REQUEST = {
    "type": "object",
    "properties": {
        "id": {"type": "string"},
        "method": {"enum": ["a/b"]},
        "params": {"$ref": "#/definitions/Params"},
    },
    "required": ["id", "method", "params"],
}
INVENTED = {
    "title": "CodexAppServerProtocol",
    "definitions": {
        "Tree": TREE,
        "Params": {"type": "object", "properties": {"tree": {"$ref": "#/definitions/Tree"}}},
        "ClientRequest": {"oneOf": [REQUEST]},
    },
}


def imported(code: str) -> Iterator[str]:
    """The packages that a module imports."""
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and not node.level:
            yield str(node.module).partition(".")[0]


def test_a_package_is_not_called_like_one_that_generated_code_imports(tmp_path: Path) -> None:
    schema = tmp_path / "schema.json"
    schema.write_text(json.dumps(INVENTED), "utf-8")
    names: set[str] = set()
    for style in STYLES:
        (package,) = codexwire.generate(str(schema), out=tmp_path, style=style)
        code = [text.decode() for name, text in package.files.items() if name.endswith(".py")]
        names.update(name for text in code for name in imported(text))
    others = {"codexwire", "msgspec", "pydantic", "typing_extensions"}
    assert names - sys.stdlib_module_names == others
    for name in names - {"__future__"}:
        with pytest.raises(UsageError, match="would hide one that its code imports"):
            request_of(Config(), GenerateOptions(package=name))


@pytest.mark.parametrize(("layout", "below"), [("package", "acme"), ("openai-sdk", "")])
def test_the_folder_of_a_layout(layout: str, below: str, tmp_path: Path) -> None:
    asked = GenerateOptions(layout=layout, out=tmp_path, package=below or None)
    assert request_of(Config(), asked).folder == tmp_path / below


def test_another_language_has_the_layout_of_a_package_alone() -> None:
    asked = GenerateOptions(lang="typescript", layout="package")
    assert request_of(Config(), asked).lang == "typescript"
    with pytest.raises(UsageError, match="the language typescript has no --style and no --layout"):
        request_of(Config(), asked._replace(layout="openai-sdk"))

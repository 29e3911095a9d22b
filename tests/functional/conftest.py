"""Commands run in this process, and one generated package per version, made once a session."""

from __future__ import annotations

import importlib
import json
import sys
from collections.abc import Callable
from types import ModuleType
from typing import Any

import jsonschema
import pytest
from command import Document, Run
from fake_world import npm, world
from validated import judged, own_cache, validate

from codexwire.cli.app import run
from codexwire.emit.header import stamp_of
from codexwire.emit.plan import plan_package
from codexwire.emit.write import write_folder
from codexwire.ingest import load
from codexwire.normalize import normalize
from codexwire.resources import schema_root

__all__ = [
    "codexwire",
    "document",
    "judged",
    "npm",
    "own_cache",
    "package_of",
    "validate",
    "world",
]  # fixtures

DIFF_SCHEMA = json.loads((schema_root() / "report" / "diff.schema.json").read_text("utf-8"))


@pytest.fixture(scope="session")
def package_of(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], ModuleType]:
    """Return the generated package of a version (or other schema source), imported."""
    folder = tmp_path_factory.mktemp("packages")
    sys.path.insert(0, str(folder))
    made: dict[str, ModuleType] = {}

    def get(source: str) -> ModuleType:
        if source not in made:
            name = "protocol_" + "".join(c if c.isalnum() else "_" for c in source)
            normalized = normalize(load(source))
            stamp = stamp_of(normalized.protocol, f"--schema {source}")
            write_folder(folder / name, plan_package(normalized, stamp, package=name).files)
            made[source] = importlib.import_module(name)
        return made[source]

    return get


@pytest.fixture
def codexwire(capsys: pytest.CaptureFixture[str]) -> Run:
    """Run a command; return exit code, standard output, standard error."""

    def call(*args: object) -> tuple[int, str, str]:
        code = run([*map(str, args)])
        out, err = capsys.readouterr()
        return code, out, err

    return call


@pytest.fixture
def document(codexwire: Run) -> Document:
    """Run `diff` with JSON output, held against its schema."""

    def call(*args: object) -> dict[str, Any]:
        _, out, err = codexwire("diff", *args, "--format", "json")
        assert err == ""
        value: dict[str, Any] = json.loads(out)
        jsonschema.validate(value, DIFF_SCHEMA)
        return value

    return call

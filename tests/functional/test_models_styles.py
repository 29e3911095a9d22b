"""The invented protocol in every style: imports, resolves, type-checks, and decodes where it can."""

from __future__ import annotations

import ast
import dataclasses
import importlib
import subprocess
import sys
import typing
from enum import StrEnum
from pathlib import Path
from types import ModuleType

import msgspec
import pytest
from probe import write_models
from pydantic import ValidationError

from codexwire.emit.flatten import shape
from codexwire.emit.models import Style
from codexwire.emit.names import RESERVED_CLASSES, RESERVED_FIELDS
from codexwire.ingest import load_files
from codexwire.ingest.document import open_document
from codexwire.ir.model import Protocol
from codexwire.normalize import normalize

GOLDEN = Path(__file__).parents[1] / "golden"
STYLES: tuple[Style, ...] = ("pydantic", "typeddict", "msgspec", "dataclass")
PROGRAM = """
from styled_pydantic.models import Thread, TurnStartParams, TextUserInput, UserInput

def text_of(item: UserInput) -> str:
    return item.text if isinstance(item, TextUserInput) else ""

params = TurnStartParams(thread_id="t", input=[TextUserInput(text="x")])
reveal_type(params.input)
params.nothing_of_the_kind
TurnStartParams(thread_id=7, input=[])
TextUserInput()
"""


@pytest.fixture(scope="module")
def protocol() -> Protocol:
    channels = ("stable", "experimental")
    return normalize(
        load_files({c: open_document(GOLDEN / f"{c}.json") for c in channels})
    ).protocol


@pytest.fixture(scope="module")
def folder(protocol: Protocol, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The models of the protocol as one package per style."""
    folder = tmp_path_factory.mktemp("styles")
    for style in STYLES:
        write_models(folder, f"styled_{style}", protocol, style)
    return folder


@pytest.fixture
def models(
    folder: Path, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> ModuleType:
    monkeypatch.syspath_prepend(folder)
    return importlib.import_module(f"styled_{request.param}.models")


@pytest.mark.parametrize("models", STYLES, indirect=True)
def test_every_name_is_there_and_resolves(models: ModuleType, protocol: Protocol) -> None:
    assert set(models.__all__) == set(shape(protocol, frozenset()))
    for name in models.__all__:
        found = getattr(models, name)
        if isinstance(found, type) and not issubclass(found, StrEnum):
            typing.get_type_hints(found)


def test_no_name_that_a_module_imports_can_be_a_class_or_field(folder: Path) -> None:
    trees = [ast.parse(path.read_text("utf-8")) for path in folder.rglob("models/*.py")]
    nodes = [node for tree in trees for node in ast.walk(tree)]
    imports = [node for node in nodes if isinstance(node, ast.ImportFrom) and not node.level]
    names = {alias.name for node in imports for alias in node.names}
    assert {"Meta", "TypedDict", "dataclass", "field"} <= names
    assert {name for name in names if name[0].isupper()} <= RESERVED_CLASSES
    assert "field" in RESERVED_FIELDS


@pytest.mark.parametrize("models", ["typeddict"], indirect=True)
def test_typed_dicts_have_the_wire_names(models: ModuleType, protocol: Protocol) -> None:
    for name, definition in shape(protocol, frozenset()).items():
        if definition.properties:
            hints = getattr(models, name).__annotations__
            assert set(hints) == {p.wire for p in definition.properties}
            required = {p.wire for p in definition.properties if p.required}
            assert getattr(models, name).__required_keys__ == required


@pytest.mark.parametrize("models", ["msgspec"], indirect=True)
def test_structs_read_and_write_the_wire_names(models: ModuleType, protocol: Protocol) -> None:
    for name, definition in shape(protocol, frozenset()).items():
        if definition.properties:
            struct = getattr(models, name)
            names = {f.name: f.encode_name for f in msgspec.structs.fields(struct)}
            tag = struct.__struct_config__.tag_field
            assert names == {p.name: p.wire for p in definition.properties if p.wire != tag}


@pytest.mark.parametrize("models", ["msgspec"], indirect=True)
def test_structs_decode_tagged_unions(models: ModuleType) -> None:
    raw = b'{"threadId":"t","input":[{"type":"text","text":"x"}]}'
    params = msgspec.json.decode(raw, type=models.TurnStartParams)
    assert isinstance(params.input[0], models.TextUserInput)
    assert msgspec.json.decode(msgspec.json.encode(params)) == msgspec.json.decode(raw)


@pytest.mark.parametrize("models", ["pydantic"], indirect=True)
def test_pydantic_models_demand_the_tag_and_bounds(models: ModuleType) -> None:
    assert models.TextUserInput(text="x").model_dump(exclude_unset=True) == {
        "type": "text",
        "text": "x",
    }
    with pytest.raises(ValidationError, match="type\n  Field required"):
        models.TextUserInput.model_validate({"text": "x"})
    with pytest.raises(ValidationError, match="greater than or equal to 0"):
        models.TextElementByteRange(start=-1, end=2)


@pytest.mark.parametrize("models", ["dataclass"], indirect=True)
def test_dataclasses_take_keywords(models: ModuleType) -> None:
    item = models.TextUserInput(text="x")
    assert (item.type, dataclasses.is_dataclass(item)) == ("text", True)


def test_a_type_checker_sees_everything(folder: Path) -> None:
    """Mypy accepts every style under --strict, and finds the mistakes of a program that uses one."""
    program = folder / "program.py"
    program.write_text(PROGRAM, "utf-8")
    packages = [str(folder / f"styled_{style}") for style in STYLES]
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--config-file=", *packages, str(program)],
        cwd=folder,
        capture_output=True,
        text=True,
    )
    found = [line.removeprefix("program.py:") for line in done.stdout.splitlines()]
    assert [line.partition(":")[0] for line in found[:-1]] == ["8", "9", "10", "11"], done.stdout
    assert "list[styled_pydantic.models" in found[0]
    assert 'has no attribute "nothing_of_the_kind"' in found[1]
    assert 'expected "str"' in found[2]
    assert 'Missing named argument "text"' in found[3]

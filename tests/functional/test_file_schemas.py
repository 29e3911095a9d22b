"""The JSON Schemas of the files that people write: the readers refuse what they refuse, and nothing else."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import tomli_w

from codexwire.config import load_config
from codexwire.diff.contract import read_contract
from codexwire.diff.ignores import read_ignores
from codexwire.errors import CodexwireError
from codexwire.proxy.mock.script import load_script as load_mock
from codexwire.stub.script import load_script as load_stub

TOP = Path(__file__).parents[2]
SCHEMAS = TOP / "schema" / "files"

CONTRACT = """
version = 1
release = "0.171.0"
[methods]
ClientRequest = ["initialize"]
[sends."ClientInfo"]
fields = [".name"]
"""
IGNORES = """
[[ignore]]
fingerprint = "8043add312837b5a"
reason = "our decoder keeps unknown kinds of input"
expires = 2027-01-31
"""
PROJECT = """
schema = "0.171.0"
out = "src"
[[packages]]
schema = "exec-server@0.163.0"
[responses]
"a/b" = "v2/ConfigWriteResponse"
[diff.levels]
enum-value-added = "breaking"
"""
STUB = """
[[turn]]
when = "list"
[[turn.step]]
delay = 0.05
output = [{ reasoning = "I look first." }, { shell = "ls" }]
[[turn]]
text = "Hello"
"""


def project(path: Path) -> object:
    (path.parent / "pyproject.toml").write_text(
        tomli_w.dumps({"tool": {"codexwire": tomllib.loads(path.read_text())}})
    )
    return load_config(path.parent)


FILES: dict[str, tuple[str, Callable[[Path], object]]] = {
    "contract": (CONTRACT, read_contract),
    "ignores": (IGNORES, read_ignores),
    "pyproject": (PROJECT, project),
    "mock-script": ((TOP / "examples/mock/trouble.toml").read_text("utf-8"), load_mock),
    "stub-script": (STUB, load_stub),
}


def spoiled(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[tuple[Any, ...], Any]]:
    """Yield copies in which one table has a key more, or one value another type."""
    if isinstance(value, dict):
        yield path, {**value, "no_such_key": 1}
        for key, inner in value.items():
            yield from ((p, {**value, key: v}) for p, v in spoiled(inner, (*path, key)))
    elif isinstance(value, list):
        for at, inner in enumerate(value):
            yield from (
                (p, [*value[:at], v, *value[at + 1 :]]) for p, v in spoiled(inner, (*path, at))
            )
        yield path, {"no": "list"}
    else:
        yield path, [["another", "type"]]


def as_json(value: Any) -> Any:
    """Return a TOML value as an editor that knows JSON Schema sees it."""
    return json.loads(json.dumps(value, default=datetime.date.isoformat))


def agree(name: str, document: Any, folder: Path) -> tuple[bool, bool]:
    """Whether the schema takes a document, and whether the reader does."""
    schema = json.loads((SCHEMAS / f"{name}.schema.json").read_text("utf-8"))
    valid = jsonschema.Draft7Validator(schema).is_valid(as_json(document))
    path = folder / "file.toml"
    path.write_text(tomli_w.dumps(document), "utf-8")
    try:
        FILES[name][1](path)
    except CodexwireError:
        return valid, False
    return valid, True


@pytest.mark.parametrize("name", FILES)
def test_schema_and_reader_agree(name: str, tmp_path: Path) -> None:
    document = tomllib.loads(FILES[name][0])
    assert agree(name, document, tmp_path) == (True, True)
    damaged = [(path, d) for path, d in spoiled(document) if isinstance(d, dict)]
    assert len(damaged) > 5
    for path, value in damaged:
        valid, read = agree(name, value, tmp_path)
        assert valid is read, (path, value)


def test_the_files_are_what_the_readers_say() -> None:
    code = "import write_file_schemas as w; import sys; [sys.stdout.write(w.text(n)) for n in w.SCHEMAS]"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=TOP / "docs", capture_output=True, text=True
    )
    names = ("pyproject", "contract", "ignores", "levels", "mock-script", "stub-script", "lock")
    assert done.stdout == "".join(
        (SCHEMAS / f"{name}.schema.json").read_text("utf-8") for name in names
    )


def test_the_lock_file_fits_its_schema() -> None:
    schema = json.loads((SCHEMAS / "lock.schema.json").read_text("utf-8"))
    jsonschema.validate(tomllib.loads((TOP / "codexwire.lock").read_text("utf-8")), schema)

"""Every shape that a schema can have becomes a package that imports, type-checks and decodes."""

from __future__ import annotations

import dataclasses
import json
import subprocess
import sys
import typing
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest
from probe import bundle, check_package, imported, normalized, plans, write

CASES = Path(__file__).parents[1] / "cases" / "emit"
NAMES = sorted(path.stem for path in CASES.glob("*.json"))


@dataclasses.dataclass(frozen=True)
class Case:
    """One case, its packages in all styles on the import path."""

    folder: Path
    properties: frozenset[str]
    fits: list[Any]
    misfits: list[Any]

    def module(self, name: str) -> ModuleType:
        """Import a module of one of the packages, as if for the first time."""
        return imported(name)


@pytest.fixture(scope="module", params=NAMES)
def case(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Case:
    data = json.loads((CASES / f"{request.param}.json").read_text("utf-8"))
    folder = tmp_path_factory.mktemp(request.param)
    found = normalized(bundle(data["schema"], data.get("types")), folder)
    write(folder, found, plans(found))
    properties = frozenset(data["schema"].get("properties", ()))
    return Case(folder, properties, data["fits"], data["misfits"])


def test_every_module_imports_and_every_annotation_resolves(case: Case) -> None:
    assert check_package(case.folder) == ""


def test_mypy_is_content(case: Case) -> None:
    packages = [part for p in sorted(case.folder.glob("probe_*")) for part in ("-p", p.name)]
    cache = case.folder.parent / "mypy"
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", cache, *packages],
        cwd=case.folder,
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stdout


def test_what_fits_is_read_without_a_note_and_what_does_not_with_one(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(case.folder)
    decode = case.module("probe_pydantic.decode")
    for value, odd in [*((v, False) for v in case.fits), *((v, True) for v in case.misfits)]:
        for part, read in (
            ("params", decode.decode_request("probe/run", value)),
            ("params", decode.decode_notification("probe/done", value)),
            ("result", decode.decode_result("probe/run", value)),
        ):
            assert exactly(decode.dump(read)) == exactly(value)
            notes = decode.drift_notes(read, part=part)
            assert bool(notes) is odd, (value, notes)


def exactly(value: Any) -> str:
    """Return a value as text that tells `1`, `1.0` and `true` apart."""
    return json.dumps(value, sort_keys=True)


def test_msgspec_reads_and_writes_what_fits(case: Case, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(case.folder)
    models = case.module("probe_msgspec.models")
    for value in case.fits:
        read = msgspec.json.decode(json.dumps(value), type=models.ProbeRunParams)
        written = json.loads(msgspec.json.encode(read))
        assert exactly(written) == exactly(part_of(value, written))


def test_typed_dicts_and_dataclasses_know_every_wire_name(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.syspath_prepend(case.folder)
    keys = case.module("probe_typeddict.models").ProbeRunParams
    if typing.is_typeddict(keys):
        assert keys.__annotations__.keys() >= case.properties
    fields = case.module("probe_dataclass.models").ProbeRunParams
    if dataclasses.is_dataclass(fields):
        wire = {f.metadata.get("wire", f.name) for f in dataclasses.fields(fields)}
        assert wire >= case.properties


def part_of(value: Any, other: Any) -> Any:
    """Return a value without the properties that `other` lacks: structs keep the declared ones only."""
    if isinstance(value, dict) and isinstance(other, dict):
        return {k: part_of(v, other[k]) for k, v in value.items() if k in other}
    if isinstance(value, list) and isinstance(other, list):
        return [part_of(v, o) for v, o in zip(value, other, strict=True)]
    return value

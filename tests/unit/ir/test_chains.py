"""Types that refer to types, too many for what follows them: one line says which, and what to do."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from fuzzing.schema_fuzzer import bundle

import codexwire
from codexwire.errors import IngestError
from codexwire.ingest import load
from codexwire.ir.chains import following_chains, heights
from codexwire.normalize import normalize


def ref(name: str) -> dict[str, Any]:
    return {"$ref": f"#/definitions/v2/{name}"}


def written(folder: Path, types: dict[str, Any]) -> str:
    path = folder / "schema.json"
    path.write_text(json.dumps(bundle(types)), "utf-8")
    return str(path)


def chain(length: int) -> dict[str, Any]:
    """Each type is one of the next, a string or an object."""
    nodes = {f"T{i}": {"oneOf": [ref(f"T{i + 1}"), {"type": "null"}]} for i in range(length)}
    return {"Subject": ref("T0"), **nodes, f"T{length}": {"type": "string"}}


def test_the_height_of_a_type_counts_the_longest_chain(tmp_path: Path) -> None:
    circle = {"type": "object", "properties": {"a": ref("There"), "b": ref("Leaf")}}
    types = {"There": {"type": "array", "items": ref("Subject")}, "Leaf": {"type": "string"}}
    found = heights(load(written(tmp_path, {"Subject": circle, **types})))
    assert (found["v2/Leaf"], found["v2/Subject"]) == (1, 2)
    assert heights(load(written(tmp_path, chain(2_000))))["v2/Subject"] == 2_002


@pytest.mark.parametrize("options", [{}, {"style": "msgspec"}, {"lang": "typescript"}], ids=str)
def test_a_chain_that_is_too_long_is_one_line(tmp_path: Path, options: dict[str, str]) -> None:
    source = written(tmp_path, chain(400))
    with pytest.raises(IngestError, match=r"^402 types .* begins with 'v2/Subject', too long"):
        codexwire.generate(source, out=tmp_path, project_rules=False, **options)


def test_open_unions_are_found_at_the_end_of_a_chain(tmp_path: Path) -> None:
    types = chain(2_000)
    types["Subject"] = {"anyOf": [ref("T0"), {"type": "string"}]}
    changed = normalize(load(written(tmp_path, types))).protocol
    assert changed.types["v2/Subject"].schema["x-open"] is True


def test_a_recursion_of_our_own_is_not_laid_at_the_schema(tmp_path: Path) -> None:
    protocol = load(written(tmp_path, chain(3)))
    with pytest.raises(RecursionError), following_chains(protocol, "a test"):
        raise RecursionError

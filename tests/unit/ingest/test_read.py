"""Every way in which a schema input can be bad: one class of error, its place, and what it says."""

from __future__ import annotations

import gzip
import io
import json
import sys
from pathlib import Path
from typing import Any

import pytest

from codexwire.errors import CodexwireWarning, IngestError, UsageError
from codexwire.ingest import load
from codexwire.ingest.available import archived_in_words
from codexwire.version import Version

GOLDEN = Path(__file__).parents[2] / "golden" / "stable.json"


def golden() -> dict[str, Any]:
    value: dict[str, Any] = json.loads(GOLDEN.read_text("utf-8"))
    return value


def with_branch(branch: object) -> dict[str, Any]:
    value = golden()
    value["definitions"]["ClientRequest"]["oneOf"][1] = branch
    return value


def with_definition(name: str, node: object) -> dict[str, Any]:
    value = golden()
    value["definitions"][name] = node
    return value


TEXTS: dict[str, tuple[bytes, str, str]] = {
    "empty": (b"", ":1", "not JSON: Expecting value at column 1"),
    "cut short": (GOLDEN.read_bytes()[:400], ":", "not JSON"),
    "line and column": (b'{\n  "a": 1,\n  b\n}', ":3", "at column 3"),
    "Latin-1": (b'{"a": "\xe9"}', "", "not UTF-8 at byte 7"),
    "UTF-16": ('{"a": 1}'.encode("utf-16"), "", "not UTF-8 at byte 0"),
    "binary": (b"\x7fELF\x02\x01\x01\x00", ":1", "not JSON"),
    "damaged gzip": (gzip.compress(GOLDEN.read_bytes())[:900], "", "damaged or cut short"),
    "gzip of rubbish": (b"\x1f\x8b rubbish", "", "damaged or cut short"),
    "too deep": (b"[" * 200_000, "", "nested deeper than 100 levels"),
    "too deep for a generator": (b'{"a":' * 150 + b"1" + b"}" * 150, "", "nested deeper than 100"),
    "a number of 5000 digits": (b'{"a": ' + b"9" * 5000 + b"}", "", "a number cannot be read"),
    "half a surrogate pair": (b'{"a": [{"b": "x\\uD83dy"}]}', "#/a/0/b", "no Unicode text"),
    "half a pair in a key": (b'{"a": {"\\udc00": 1}}', "#/a", "no Unicode text"),
    "array": (b"[]", "#", "must be a JSON object, not an array"),
    "string": (b'"schema"', "#", "must be a JSON object, not a string"),
    "number": (b"7", "#", "must be a JSON object, not a number"),
    "boolean": (b"true", "#", "must be a JSON object, not a boolean"),
    "null": (b"null", "#", "must be a JSON object, not null"),
    "unrelated": (b'{"openapi": "3.1.0"}', "#", "no definitions/ClientRequest"),
    "unrelated schema": (b'{"definitions": {"A": {}}}', "#/definitions", "ClientRequest"),
    "definitions no object": (b'{"definitions": []}', "#/definitions", "ClientRequest"),
}
VALUES: dict[str, tuple[dict[str, Any], str, str]] = {
    "alias of itself": (
        with_definition("Loop", {"$ref": "#/definitions/Loop"}),
        "#/definitions/Loop",
        "Loop consists of nothing but itself",
    ),
    "union of itself": (
        with_definition("Loop", {"anyOf": [{"type": "null"}, {"$ref": "#/definitions/Loop"}]}),
        "#/definitions/Loop/anyOf/1",
        "Loop consists of nothing but itself",
    ),
    "line break in the name of a type": (
        with_definition("Odd\nType", {}),
        "#/definitions/Odd\nType",
        "no type can be called",
    ),
    "union without branches": (
        with_definition("ClientRequest", {"type": "object"}),
        "#/definitions/ClientRequest",
        "ClientRequest is no union of methods",
    ),
    "union of branches without a method": (
        with_definition("ClientRequest", {"oneOf": [{"type": "object"}, True]}),
        "#/definitions/ClientRequest",
        "ClientRequest is no union of methods",
    ),
    "definition no schema": (
        with_definition("Odd/Name~", 7),
        "#/definitions/Odd~1Name~0",
        "a schema must be an object or a boolean",
    ),
}


@pytest.mark.parametrize("case", TEXTS)
def test_a_file_that_is_no_schema(case: str, tmp_path: Path) -> None:
    content, place, message = TEXTS[case]
    path = tmp_path / "schema.json"
    path.write_bytes(content)
    with pytest.raises(IngestError) as caught:
        load(path)
    assert message in caught.value.message
    assert str(caught.value.location).startswith(f"{path}{place}")
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("case", VALUES)
def test_a_schema_that_is_broken(case: str, tmp_path: Path) -> None:
    value, pointer, message = VALUES[case]
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(value), "utf-8")
    with pytest.raises(IngestError, match=message) as caught:
        load(path)
    assert str(caught.value.location) == f"{path}{pointer}"


def test_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    loop = tmp_path / "loop"
    loop.symlink_to(loop)
    with pytest.raises(IngestError, match="cannot read the schema") as caught:
        load(loop)
    assert caught.value.hint


def test_a_folder_without_a_schema(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("hello")
    with pytest.raises(IngestError, match="no Codex app-server schema in this folder") as caught:
        load(tmp_path)
    assert caught.value.location is not None
    assert caught.value.location.file == str(tmp_path)


@pytest.mark.parametrize("name", ["0.163", "latest", "no/such/file.json", "1.2.3.4", ""])
def test_a_name_that_is_nothing(name: str) -> None:
    with pytest.raises(UsageError, match="neither a version nor an existing file"):
        load(name or "?")


def test_a_version_that_is_not_available_tells_how_to_get_it() -> None:
    with pytest.raises(UsageError, match=r"0\.1\.0 is not available") as caught:
        load("0.1.0", exact=True)
    assert "schema pull 0.1.0" in (caught.value.hint or "")
    assert archived_in_words() in (caught.value.hint or "")


def test_for_a_version_that_is_not_available_the_nearest_is_taken_with_a_warning() -> None:
    with pytest.warns(CodexwireWarning, match=r"0\.144\.9 is not available: 0\.144\.6 is taken"):
        assert str(load("0.144.9").version) == "0.144.6"


def test_a_channel_that_is_none() -> None:
    with pytest.raises(UsageError, match="no channel 'beta'"):
        load("0.163.0", channel="beta")


def test_a_byte_order_mark_and_standard_input_are_fine(monkeypatch: pytest.MonkeyPatch) -> None:
    content = b"\xef\xbb\xbf" + GOLDEN.read_bytes()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert load("-").methods == load(GOLDEN).methods


def test_bad_standard_input_is_called_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"{")))
    with pytest.raises(IngestError) as caught:
        load("-")
    assert str(caught.value).startswith("<stdin>:1: not JSON")


def test_an_unknown_schema_has_the_version_that_it_is_given() -> None:
    assert load(GOLDEN).version is None
    assert load(GOLDEN, version=Version.parse("1.2.3")).version == Version.parse("1.2.3")

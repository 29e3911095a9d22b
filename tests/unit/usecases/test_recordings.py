"""Which files of a folder are recordings: by their names, or by what is in them."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from codexwire.errors import UsageError
from codexwire.usecases.recordings import recordings

MESSAGE = b'{"method": "initialized"}\n'


@pytest.mark.parametrize("packed", ["", ".gz", ".zst"])
@pytest.mark.parametrize("suffix", [".jsonl", ".ndjson", ".har", ".trace", ".JSONL"])
def test_some_names_say_that_it_is_one(suffix: str, packed: str, tmp_path: Path) -> None:
    path = tmp_path / f"a{suffix}{packed}"
    path.write_bytes(b"whatever it holds")
    assert recordings([str(tmp_path)]).paths == (path.as_posix(),)


@pytest.mark.parametrize("suffix", [".log", ".json", ".txt", ".log.gz"])
def test_other_names_say_little_and_the_content_decides(suffix: str, tmp_path: Path) -> None:
    pack = gzip.compress if suffix.endswith("gz") else bytes
    files = {name: tmp_path / f"{name}{suffix}" for name in ("messages", "prose")}
    files["messages"].write_bytes(pack(MESSAGE))
    files["prose"].write_bytes(pack(b"no message in here\n"))
    found = recordings([str(tmp_path)])
    assert found.paths == (files["messages"].as_posix(),)
    assert found.skipped == (files["prose"].as_posix(),)


@pytest.mark.parametrize("name", ["a.py", "a.md", "a", "a.gz"])
def test_no_other_file_is_one_unless_it_is_named(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_bytes(MESSAGE)
    with pytest.raises(UsageError, match="no recordings in the folder"):
        recordings([str(tmp_path)])
    assert recordings([str(tmp_path / name)]).paths == (str(tmp_path / name),)


def test_a_json_document_is_one_if_a_message_is_in_it(tmp_path: Path) -> None:
    bundle = tmp_path / "bundle.json"
    bundle.write_bytes(
        b'{\n  "title": "x",\n  "messages": [\n    {"method": "initialized"}\n  ]\n}\n'
    )
    others = {
        "array.json": b'[{"a": 1}, {"b": 2}]\n',
        "har.json": b'{"log": {"entries": []}}\n',
        "package.json": b'{\n  "name": "x",\n  "scripts": {"test": "y"}\n}\n',
    }
    for name, content in others.items():
        (tmp_path / name).write_bytes(content)
    found = recordings([str(tmp_path)])
    assert found.paths == (bundle.as_posix(),)
    assert found.skipped == tuple((tmp_path / name).as_posix() for name in others)

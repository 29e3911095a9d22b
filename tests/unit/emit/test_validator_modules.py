"""Methods are judged whatever their first word, which is the name of a module of validators."""

from __future__ import annotations

from pathlib import Path

import pytest
from probe import bundle, imported, normalized, plans

from codexwire.emit.write import write_folder

WORDS = ["shared", "more", "root", "import", "__init__"]
SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}


def test_a_word_may_be_the_name_of_a_module_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    methods = [f"{word}/{letter}" for word in WORDS for letter in "wxyz"]
    found = normalized(bundle(SCHEMA, methods=methods), tmp_path)
    write_folder(tmp_path / "probe_pydantic", plans(found, ["pydantic"])["pydantic"].files)
    monkeypatch.syspath_prepend(tmp_path)
    package = imported("probe_pydantic")
    for method in ("probe/run", *methods):
        for params, fits in (({"a": "b"}, True), ({"a": 7}, False)):
            message = {"id": 1, "method": method, "params": params}
            assert package.accepts_message(message, "client") is fits, message

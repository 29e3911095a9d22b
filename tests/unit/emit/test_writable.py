"""A name that would end the string in which it stands never reaches generated code."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from codexwire import ingest
from codexwire.emit.writable import check_writable
from codexwire.errors import EmitError

GOLDEN = Path(__file__).parents[2] / "golden" / "stable.json"


@pytest.mark.parametrize("name", ['a", x="', "a\\", "a\nb"])
def test_such_a_property_is_refused_by_name(name: str, tmp_path: Path) -> None:
    document = json.loads(GOLDEN.read_text("utf-8"))
    document["definitions"]["Odd"] = {"items": {"properties": {name: {}}}}
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(document), "utf-8")
    with pytest.raises(EmitError, match="of Odd#/items: its property"):
        check_writable(ingest.load(path))


def test_other_names_pass() -> None:
    check_writable(ingest.load(GOLDEN))

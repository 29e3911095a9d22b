"""JSON Schema is read in one place; everybody else works on types."""

from __future__ import annotations

import re
from fnmatch import fnmatch
from pathlib import Path

CODE = Path(__file__).parents[2] / "codegen" / "codexwire"
COMBINING = re.compile(r"""["'](\$ref|oneOf|anyOf|allOf)["']""")
# Who works on the text of a schema, and why.
TEXT = {
    "ir/*": "what a schema's text is, and how it is walked",
    "ingest/*": "makes one text of what is published",
    "normalize/*": "mends the text, and makes it plain for models",
    "profiles/*/rules/*": "normalization rules: what is wrong with the text",
    "model/read.py": "the one reader: text to types",
    "model/schema_text.py": "the one writer: types to text",
    "wire/explain*": "the independent judge of everything that is made of types",
    "probe/propose.py": "tells from the place of a violation which part of the text to mend",
    "emit/openrpc.py": "a document that has the text, at other places",
    "emit/sdk_schema.py": "writes the text that datamodel-code-generator reads for the official layout",
}


def _files() -> dict[str, str]:
    return {p.relative_to(CODE).as_posix(): p.read_text("utf-8") for p in CODE.rglob("*.py")}


def test_no_one_else_knows_how_schemas_are_combined() -> None:
    found = [name for name, text in _files().items() if COMBINING.search(text)]
    assert not [name for name in found if not any(fnmatch(name, place) for place in TEXT)]


def test_whoever_may_does() -> None:
    """An entry that is not needed any more goes."""
    files = _files()
    for place in TEXT:
        assert any(COMBINING.search(text) for name, text in files.items() if fnmatch(name, place))

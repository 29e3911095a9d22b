"""JSON Schema is read in one place; everybody else works on types."""

from __future__ import annotations

import re
from pathlib import Path

CODE = Path(__file__).parents[2] / "codegen" / "codexwire"
COMBINING = re.compile(r"""["'](\$ref|oneOf|anyOf|allOf)["']""")
# Who works on the text of a schema, and why.
TEXT = {
    "ir/": "what a schema's text is, and how it is walked",
    "ingest/": "makes one text of what is published",
    "normalize/": "mends the text, and makes it plain for models",
    "profiles/app_server/rules/": "the rules by which the text is mended",
    "profiles/shared/rules/": "those of every protocol",
    "model/read.py": "the one reader: text to types",
    "model/schema_text.py": "the one writer: types to text",
    "wire/explain": "the independent judge of everything that is made of types",
    "emit/sdk_schema.py": "writes the text that datamodel-code-generator reads for the official layout",
}


def _others() -> list[tuple[str, str]]:
    files = {p.relative_to(CODE).as_posix(): p.read_text("utf-8") for p in CODE.rglob("*.py")}
    return [(name, text) for name, text in files.items() if not name.startswith(tuple(TEXT))]


def test_no_one_else_knows_how_schemas_are_combined() -> None:
    assert not [name for name, text in _others() if COMBINING.search(text)]


def test_everyone_who_may_does() -> None:
    """An entry of the table that is not needed any more goes."""
    for place in TEXT:
        files = [p for p in CODE.rglob("*.py") if p.relative_to(CODE).as_posix().startswith(place)]
        texts = [p.read_text("utf-8") for p in files]
        named = any(COMBINING.search(text) or "ref_to" in text for text in texts)
        assert named, place

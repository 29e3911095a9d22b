"""Which rules change what lines a schema takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from codexwire.usecases.ladder import LineSchemas
from codexwire.usecases.project import rules_of

CONFIG = """\
[[tool.codexwire.rules]]
id = "invented"
type = "TurnContextItem"
effect = "{effect}"
patch = [
    {{ op = "add", path = "/properties/mood", value = {{ type = "string" }} }},
    {{ op = "add", path = "/required/-", value = "mood" }},
]
"""


@pytest.mark.parametrize(
    ("effect", "as_published", "asked"),
    [
        ("patch", False, True),
        ("patch", True, False),
        ("restore", False, True),
        ("restore", True, True),
    ],
)
def test_a_rule_counts_by_its_effect(
    effect: str, as_published: bool, asked: bool, tmp_path: Path
) -> None:
    (tmp_path / "pyproject.toml").write_text(CONFIG.format(effect=effect), "utf-8")
    schemas = LineSchemas(as_published, False, rules_of(tmp_path))
    protocol = schemas.validators("rollout@0.163.0", often=False).protocol
    schema = protocol.types["TurnContextItem"].schema
    assert isinstance(schema, dict)
    assert ("mood" in schema["required"]) is asked

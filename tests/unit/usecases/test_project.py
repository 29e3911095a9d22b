"""The rules of a project count where its folder is given, as they are written now."""

from __future__ import annotations

from pathlib import Path

import pytest

from codexwire.normalize.project import NONE
from codexwire.usecases.project import rules_of, schema_of
from codexwire.usecases.schema_choice import SchemaChoice

CONFIG = """\
[tool.codexwire]
schema = "0.163.0"

[tool.codexwire.responses]
"turn/start" = "v2/{response}"

[[tool.codexwire.rules]]
id = "turn-cost"
type = "v2/Turn"
patch = [{{ op = "add", path = "/properties/cost", value = {{ type = "{cost}" }} }}]
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    configure(tmp_path)
    return tmp_path


def configure(folder: Path, response: str = "TurnStartResponse", cost: str = "number") -> None:
    text = CONFIG.format(response=response, cost=cost)
    (folder / "pyproject.toml").write_text(text, "utf-8")


def cost_of(project: Path) -> str:
    """The type of the patched property in the schema that recordings are judged by."""
    turn = SchemaChoice("0.163.0", project=project).protocol("0.163.0").types["v2/Turn"].schema
    assert isinstance(turn, dict)
    return str(turn["properties"]["cost"]["type"])


def test_no_folder_no_rules(project: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(project)
    assert rules_of(None) is NONE
    assert schema_of(None) != schema_of(project) == "0.163.0"


def test_the_same_configuration_is_the_same_object(project: Path) -> None:
    known = rules_of(project)
    assert [rule.id for rule in known.all] == ["response:turn/start", "turn-cost"]
    configure(project)
    assert rules_of(project) is known


def test_other_rules_in_the_same_folder_count_at_once(project: Path) -> None:
    assert cost_of(project) == "number"
    configure(project, cost="string")
    assert cost_of(project) == "string"


def test_other_responses_in_the_same_folder_count_at_once(project: Path) -> None:
    before = rules_of(project)
    configure(project, response="Turn")
    assert rules_of(project) is not before
    assert rules_of(project).responses[0].title == "turn/start is answered by v2/Turn."


def test_the_same_text_in_another_folder_is_another_project(project: Path, tmp_path: Path) -> None:
    below = tmp_path / "below"
    below.mkdir()
    configure(below)
    assert rules_of(below) is not rules_of(project)

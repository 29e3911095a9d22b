"""What has to be judged again when a schema or a package of models was edited."""

from __future__ import annotations

from pathlib import Path

import pytest

from codexwire.archive.digests import settings_of
from codexwire.archive.work import Work

SCHEMA, MODELS = Path("mine.json"), Path("mine_models/__init__.py")


def settings(command: str) -> str:
    """The settings of a command in a process that has just begun."""
    settings_of.cache_clear()
    schema = str(SCHEMA) if command in ("validate", "coverage") else ""
    package = "mine_models" if command == "drift" else None
    return settings_of(Work(command, schema=schema, package=package))


@pytest.mark.parametrize(
    ("command", "judged_by"),
    [("validate", {SCHEMA}), ("coverage", {SCHEMA}), ("drift", {MODELS}), ("usage", set())],
)
def test_an_edited_file_changes_the_settings_of_what_is_judged_by_it(
    command: str, judged_by: set[Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(tmp_path)
    MODELS.parent.mkdir()
    for path in (SCHEMA, MODELS):
        path.write_text("1", "utf-8")
    before = settings(command)
    for path in (SCHEMA, MODELS):
        path.write_text("2", "utf-8")
        assert (settings(command) != before) is (path in judged_by)
        path.write_text("1", "utf-8")

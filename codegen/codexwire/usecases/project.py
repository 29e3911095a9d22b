"""The project whose rules and settings count: that of a folder, when a caller names one."""

from __future__ import annotations

from pathlib import Path

from codexwire.config import Config, load_config
from codexwire.ingest import DEFAULT_VERSION
from codexwire.normalize import ProjectRules, project_rules
from codexwire.normalize.project import NONE

__all__ = ["config_of", "rules_of", "schema_of"]

_KNOWN: dict[str, ProjectRules] = {}


def config_of(folder: Path | None) -> Config:
    """Return the settings for a folder, those of no project when there is no folder; UsageError."""
    return Config() if folder is None else load_config(folder)


def rules_of(folder: Path | None) -> ProjectRules:
    """Return the rules of the project of a folder and of installed packages; none without a folder.

    They are the same object for the same configuration. Raises UsageError for a wrong one.
    """
    if folder is None:
        return NONE
    config = load_config(folder)
    rows = [rule.value for rule in config.rules]
    key = repr((config.root, sorted(config.responses.items()), rows))
    if key not in _KNOWN:
        _KNOWN[key] = project_rules(config)
    return _KNOWN[key]


def schema_of(folder: Path | None) -> str:
    """Return the schema that the project of a folder names, else the default one; UsageError."""
    return config_of(folder).schema or str(DEFAULT_VERSION)

"""A finding report as GitHub workflow commands, which GitHub shows as annotations."""

from __future__ import annotations

from collections.abc import Mapping

from codexwire.finding import Level
from codexwire.report.findings import Group, Report, Row

__all__ = ["github_command", "to_github"]

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "notice"}
_IN_TEXT = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTY = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A", ":": "%3A", ",": "%2C"})


def to_github(report: Report) -> str:
    """Return one workflow command per finding, then the summary as a plain line."""
    lines = [_command(group, row) for group, row in report.rows()]
    return "\n".join([*lines, report.summary]) + "\n"


def _command(group: Group, row: Row) -> str:
    properties = {"file": group.path, "line": row.line, "title": row.rule}
    return github_command(row.level, row.text, properties)


def github_command(level: Level, text: str, properties: Mapping[str, object]) -> str:
    """Return the workflow command of one annotation; properties that are None are left out."""
    listed = ",".join(
        f"{key}={str(value).translate(_IN_PROPERTY)}"
        for key, value in properties.items()
        if value is not None
    )
    return f"::{_COMMANDS[level]} {listed}::{text.translate(_IN_TEXT)}"

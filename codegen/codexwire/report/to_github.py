"""A report as GitHub workflow commands, which GitHub shows as annotations."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from codexwire.finding import Finding, Level
from codexwire.report.report import Report
from codexwire.report.words import printable, sentence

__all__ = ["to_github"]

_COMMANDS = {Level.ERROR: "error", Level.WARNING: "warning", Level.INFO: "notice"}
_IN_TEXT = str.maketrans({"%": "%25"})
_IN_PROPERTY = str.maketrans({"%": "%25", ":": "%3A", ",": "%2C"})
_VERDICTS = {"breaks": "breaks", "conditional": "breaks if sent:", "unproven": "may break"}


def to_github(report: Report) -> str:
    """Return one workflow command per listed finding, and the summary as a notice."""
    lines = [
        _command(f.level, sentence(f) + _broken(report, f), dict(_properties(f)))
        for group in report.groups
        for f in report.listed(group)
    ]
    lines.append(_command(Level.INFO, "; ".join(report.summary), {"title": report.title}))
    return "\n".join(lines) + "\n"


def _properties(finding: Finding) -> Iterator[tuple[str, object]]:
    if finding.location.file is not None:
        yield "file", finding.location.file
    if finding.location.line is not None:
        yield "line", finding.location.line
    yield "title", finding.rule


def _broken(report: Report, finding: Finding) -> str:
    """Whom a change breaks, and what an ignore file calls it."""
    if report.versions is None:
        return ""
    verdicts = finding.facts["breaks"]
    broken = [
        f"{_VERDICTS[verdicts[skew]]} {title}"
        for skew, title in report.skews.items()
        if verdicts[skew] != "safe"
    ]
    return f" [{'; '.join(broken) or 'breaks nothing'}; {finding.facts['fingerprint']}]"


def _command(level: Level, text: str, properties: Mapping[str, object]) -> str:
    listed = ",".join(
        f"{k}={printable(str(v)).translate(_IN_PROPERTY)}" for k, v in properties.items()
    )
    return f"::{_COMMANDS[level]} {listed}::{printable(text).translate(_IN_TEXT)}"

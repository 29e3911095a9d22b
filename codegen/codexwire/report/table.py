"""The formats of a finding report."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from codexwire.report.findings import Report
from codexwire.report.to_github import to_github
from codexwire.report.to_json import to_json
from codexwire.report.to_junit import to_junit
from codexwire.report.to_markdown import to_markdown
from codexwire.report.to_sarif import to_sarif
from codexwire.report.to_text import to_text

__all__ = ["FORMATS"]

FORMATS: Mapping[str, Callable[[Report], str]] = {
    "text": to_text,
    "json": to_json,
    "github": to_github,
    "junit": to_junit,
    "sarif": to_sarif,
    "markdown": to_markdown,
}
"""Format name → the function that writes it."""

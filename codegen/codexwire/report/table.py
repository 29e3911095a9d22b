"""The formats of a report; a format's module is imported when it is asked for."""

from __future__ import annotations

from collections.abc import Mapping
from importlib import import_module

from codexwire.errors import UsageError, one_of
from codexwire.report.report import Report

__all__ = ["FORMATS", "check_format", "render"]

FORMATS: Mapping[str, str] = {
    "text": "to_text",
    "json": "to_json",
    "github": "to_github",
    "junit": "to_junit",
    "sarif": "to_sarif",
    "markdown": "to_markdown",
    "html": "to_html",
}
"""Format → the module below `codexwire.report` that writes it, by a function of the same name."""


def check_format(format: str) -> None:
    """Raise UsageError for a format that there is not."""
    one_of("format", format, FORMATS)


def render(format: str, report: Report, *, color: bool = False, links: bool = False) -> str:
    """Return the report in a format of `FORMATS`; `color` and `links` are for `to_text` alone.

    Raises UsageError where the format's library is not installed.
    """
    name = FORMATS[format]
    try:
        renderer = getattr(import_module(f"codexwire.report.{name}"), name)
    except ModuleNotFoundError as missing:
        raise UsageError(
            f"the format {format} needs {missing.name}",
            hint="python -m pip install 'codexwire[generate]'",
        ) from None
    options = {"color": color, "links": links} if format == "text" else {}
    text: str = renderer(report, **options)
    return text

"""Which formats a diff can be printed in; a renderer's module is imported when it is asked for."""

from __future__ import annotations

from importlib import import_module

from codexwire.errors import UsageError
from codexwire.report.diff_data import DiffReport

__all__ = ["FORMATS", "render"]

FORMATS = {
    "text": ("diff_text", "to_diff_text"),
    "json": ("diff_json", "to_diff_json"),
    "markdown": ("diff_markdown", "to_diff_markdown"),
    "sarif": ("diff_sarif", "to_diff_sarif"),
    "junit": ("diff_junit", "to_diff_junit"),
    "github": ("diff_github", "to_diff_github"),
    "html": ("to_html", "to_diff_html"),
}
"""Format → module below `codexwire.report` and its function."""


def render(
    format: str, report: DiffReport, *, everything: bool = False, colour: bool = False
) -> str:
    """Return the report in a format of `FORMATS`.

    `everything` lists harmless changes in the formats that otherwise only count them; `colour` is for
    text on a terminal. Raises UsageError where the format's library is not installed.
    """
    module, function = FORMATS[format]
    options = {"everything": everything, "colour": colour} if format == "text" else {}
    try:
        renderer = getattr(import_module(f"codexwire.report.{module}"), function)
    except ModuleNotFoundError as missing:
        raise UsageError(
            f"the format {format} needs {missing.name}",
            hint="python -m pip install 'codexwire[generate]'",
        ) from None
    text: str = renderer(report, **options)
    return text

"""Pages in HTML: one file each, nothing loaded from elsewhere, and no script but the page's own."""

from __future__ import annotations

import base64
import hashlib
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from codexwire.report.words import printable
from codexwire.resources import templates_root

__all__ = ["render_page"]


def render_page(template: str, title: str, **context: Any) -> str:
    """Return a page made of `templates/report/TEMPLATE.html.jinja`.

    Its content security policy names style and script by their digests, so that no other one runs,
    whatever stands in a recording.
    """
    folder = templates_root() / "report"
    environment = Environment(
        loader=FileSystemLoader(templates_root()),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["printable"] = printable
    return environment.get_template(f"report/{template}.html.jinja").render(
        title=title,
        style=(folder / "style.css").read_text("utf-8"),
        script=(folder / "script.js").read_text("utf-8"),
        digest=_digest,
        **context,
    )


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"

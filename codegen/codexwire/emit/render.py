"""The one place that renders Jinja templates. Templates only print; emitters compute the context."""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from codexwire.resources import templates_root

__all__ = ["render"]


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(templates_root()),
        undefined=StrictUndefined,
        trim_blocks=False,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )


def render(template: str, **context: Any) -> str:
    """Return the template filled with `context`; an undefined name is an error."""
    return _environment().get_template(template).render(**context)

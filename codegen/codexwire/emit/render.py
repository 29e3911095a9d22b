"""The one place that renders Jinja templates. Templates only print; emitters compute the context.

The filter `literal` writes a value as Python source: what a schema says stands nowhere without it.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from codexwire.emit.expressions import source
from codexwire.resources import templates_root

__all__ = ["render"]


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(templates_root()),
        undefined=StrictUndefined,
        trim_blocks=False,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters["literal"] = source
    return environment


def render(template: str, **context: Any) -> str:
    """Return the template filled with `context`; an undefined name is an error."""
    return _environment().get_template(template).render(**context)

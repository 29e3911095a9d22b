"""What a schema is read with even `--as-published`: what its bundle lost is put back."""

from __future__ import annotations

from collections.abc import Mapping

import typer

__all__ = ["Restored", "tell_restored"]

Restored = Mapping[str, tuple[str, ...]]
"""Schema → the ids of the rules that put something back, where there are any."""


def tell_restored(restored: Restored) -> None:
    """Say on standard error which schemas are more than what was published, and by which rules."""
    if restored:
        schemas = ", ".join(f"{name} ({', '.join(rules)})" for name, rules in restored.items())
        text = f"as published, but for what a bundle lost and a rule puts back: {schemas}"
        typer.echo(f"codexwire: note: {text}", err=True)

"""The notification registry of the generated package: models by method, and id extractors."""

from __future__ import annotations

from dataclasses import dataclass

from codexwire.emit.ids import id_tables
from codexwire.emit.render import render
from codexwire.ir.model import Protocol

__all__ = ["plan_notifications"]


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of id as the template prints it; rows and aliases are Python source."""

    kind: str
    rows: dict[str, str]
    aliases: dict[str, str]


def plan_notifications(protocol: Protocol) -> str:
    """Return the source of `notification_registry.py`; EmitError when a stated path is wrong."""
    tables = [
        Table(
            table.kind,
            {method: _row(*paths) for method, paths in table.rows.items()},
            {path: _tuple(others) for path, others in table.aliases.items()},
        )
        for table in id_tables(protocol)
    ]
    return render("notification_registry.py.jinja", tables=tables)


def _row(params: tuple[str, ...], result: tuple[str, ...]) -> str:
    found = [_tuple(params)] if params else []
    if result:
        found.append(f"result={_tuple(result)}")
    return ", ".join(found)


def _tuple(items: tuple[str, ...]) -> str:
    quoted = "".join(f'"{item}", ' for item in items)
    return f"({quoted.strip() if len(items) == 1 else quoted.strip(', ')})"

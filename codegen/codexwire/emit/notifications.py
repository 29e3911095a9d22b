"""The notification registry of the generated package: models by method, and id extractors."""

from __future__ import annotations

from dataclasses import dataclass

from codexwire.emit.ids import id_tables
from codexwire.emit.render import render
from codexwire.ir.model import Protocol

__all__ = ["plan_notifications", "registry_exports"]


_TYPES = {"request": "str | int", "seq": "int"}


@dataclass(frozen=True, slots=True)
class Table:
    """One kind of id as the template prints it; rows and aliases are Python source."""

    kind: str
    function: str
    noun: str
    type: str
    types: str
    rows: dict[str, str]
    aliases: dict[str, str]


def plan_notifications(protocol: Protocol) -> str:
    """Return the source of `notification_registry.py`; EmitError when a stated path is wrong."""
    tables = [
        Table(
            table.kind,
            table.function,
            table.function.replace("_", " "),
            _TYPES.get(table.kind, "str"),
            _TYPES.get(table.kind, "str").replace(" |", ","),
            {method: _row(*paths) for method, paths in table.rows.items()},
            {path: _tuple(others) for path, others in table.aliases.items()},
        )
        for table in id_tables(protocol)
    ]
    return render(
        "notification_registry.py.jinja",
        tables=tables,
        public=sorted([*registry_exports(protocol), *(f"{t.kind.upper()}_IDS" for t in tables)]),
        has_turns=any(table.kind == "turn" for table in tables),
    )


def registry_exports(protocol: Protocol) -> tuple[str, ...]:
    """Return the names that the package exports from its registry."""
    functions = [table.function for table in id_tables(protocol)]
    turns = ["notification_turn_id"] if "turn_id" in functions else []
    return tuple(sorted(["NOTIFICATION_MODELS", "locate_id", *functions, *turns]))


def _row(params: tuple[str, ...], result: tuple[str, ...]) -> str:
    found = [_tuple(params)] if params else []
    if result:
        found.append(f"result={_tuple(result)}")
    return ", ".join(found)


def _tuple(items: tuple[str, ...]) -> str:
    quoted = "".join(f'"{item}", ' for item in items)
    return f"({quoted.strip() if len(items) == 1 else quoted.strip(', ')})"

"""What the schema marks (experimental, deprecated, units) as tables of the generated package."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from codexwire.direction import Stability
from codexwire.emit.definitions import Definition, Marks
from codexwire.emit.render import render

__all__ = ["MARKS_MODULE", "marks_source"]

MARKS_MODULE = "marks"


def marks_source(definitions: Iterable[Definition]) -> str:
    """Return the source of `models/marks.py`: tables of marked types, fields and enum members."""
    found = sorted(definitions, key=lambda d: d.name)
    return render(
        "model_marks.py.jinja",
        experimental=_rows(found, lambda m: m.stability is Stability.EXPERIMENTAL),
        deprecated=_rows(found, lambda m: m.deprecated),
        units=_units(found),
    )


def _rows(
    definitions: Iterable[Definition], marked: Callable[[Marks], bool]
) -> dict[str, tuple[str, ...]]:
    """Return the marked parts of each type; of a type that is marked as a whole none are listed."""
    rows: dict[str, tuple[str, ...]] = {}
    for definition in definitions:
        fields = ((p.name, p.marks) for p in definition.properties)
        members = ((m.name, m.marks) for m in definition.members)
        names = tuple(name for name, marks in (*fields, *members) if marked(marks))
        if marked(definition.marks):
            rows[definition.name] = ()
        elif names:
            rows[definition.name] = names
    return rows


def _units(definitions: Iterable[Definition]) -> Mapping[str, Mapping[str, str]]:
    units = {
        d.name: {p.name: p.marks.unit for p in d.properties if p.marks.unit} for d in definitions
    }
    return {name: fields for name, fields in units.items() if fields}

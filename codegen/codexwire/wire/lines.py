"""The validators of a protocol of lines: what kind a line is, whether it is valid, what is undeclared.

Each kind is compiled when its first line comes, so that a release costs what its lines need.
"""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from codexwire.ir.closed import closed
from codexwire.ir.complete import complete
from codexwire.ir.line_kinds import LineKind, LineKinds
from codexwire.ir.model import Protocol, Schema, ref_to
from codexwire.location import JsonPath, join_pointer
from codexwire.model.choose import passed
from codexwire.model.profile import profile_of
from codexwire.model.read import types_of
from codexwire.model.types import Map, Object, Ref, Type, Union
from codexwire.runtime.accept import holds
from codexwire.wire.compile import Library
from codexwire.wire.envelope import too_deep
from codexwire.wire.explain import Spot, accepts, explain
from codexwire.wire.violation import Violation

__all__ = ["LineValidators"]


class LineValidators:
    """Everything that decides about the lines of one release. Values are decoded JSON.

    A release that is asked about few lines is not `compiled`: its schema is walked instead.
    """

    def __init__(self, protocol: Protocol, *, compiled: bool = True, formats: bool = False) -> None:
        self.protocol, _ = complete(protocol)
        self._compiled, self._formats = compiled, formats
        self._kinds = LineKinds(self.protocol, profile_of(protocol).nested)
        self._spot = Spot(self.protocol, formats=formats)
        self._library = Library(self.protocol, formats=formats)
        self._closed: LineValidators | None = None

    def kind(self, line: Any) -> LineKind:
        """Return the kind of a line."""
        return self._kinds.of(line)

    def accepts(self, line: Any) -> bool:
        """Whether a line is valid."""
        kind = self.kind(line)
        if kind.unknown is not None:
            return False
        if self._compiled:
            return holds(self._library.predicate(" ".join(kind.tags), kind.schema), line)
        return _walks(self._spot, kind.schema, line)

    def declares(self, line: Any) -> bool:
        """Whether a valid line has declared members only."""
        if not self._compiled:
            return not self.undeclared(line)
        if self._closed is None:
            self._closed = LineValidators(closed(self.protocol), formats=self._formats)
        return self._closed.accepts(line)

    def violations(self, line: Any, *, show_values: bool = False) -> tuple[Violation, ...]:
        """Return everything that makes a line invalid."""
        kind = self.kind(line)
        root = ref_to(self.protocol.layout.root)
        schema = root if kind.unknown is not None else kind.schema
        owner = self.protocol.layout.root
        spot = Spot(self.protocol, owner=owner, formats=self._formats, show_values=show_values)
        try:
            return tuple(explain(spot, schema, line))
        except RecursionError:
            return (too_deep(),)

    def undeclared(self, line: Any) -> tuple[str, ...]:
        """Return the pointers of the members of a valid line that nothing declares."""
        declared: defaultdict[JsonPath, set[str]] = defaultdict(set)
        objects: dict[JsonPath, dict[str, Any]] = {}
        anything: set[JsonPath] = set()
        for step in passed(
            types_of(self.protocol), Ref(self.protocol.layout.root), line, self._fits
        ):
            if isinstance(step.type, Map) or (isinstance(step.type, Union) and step.branch is None):
                anything.add(step.at)
            elif isinstance(step.type, Object) and isinstance(step.value, dict):
                objects[step.at] = step.value
                declared[step.at].update(step.type.properties)
                if step.type.rest is not None:
                    anything.add(step.at)
        return tuple(
            join_pointer((*at, key))
            for at, value in objects.items()
            if at not in anything
            for key in value
            if key not in declared[at]
        )

    def _fits(self, found: Type, value: Any) -> bool:
        return accepts(self._spot, found.text, value)


def _walks(spot: Spot, schema: Schema, line: Any) -> bool:
    try:
        return accepts(spot, schema, line)
    except RecursionError:
        return False

"""Types become TypeScript declarations that admit what a later release may send, too.

An enum of strings takes any string and completes the known ones; a union that is told apart by a tag
has one branch more, whose tag equals none of the known ones. Nothing is named but named types.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from codexwire.emit.typescript.source import doc, key, literal, notes_of
from codexwire.model.choose import told_apart
from codexwire.model.read import Types
from codexwire.model.types import (
    All,
    Anything,
    Enum,
    Limited,
    List,
    Map,
    Never,
    Object,
    Ref,
    Scalar,
    Tuple,
    Type,
    Union,
    values_of,
)

__all__ = ["TypeWriter"]

_ANY_STRING = "(string & {})"
_ANY_OBJECT = "{ [key: string]: unknown }"

_SCALARS = {
    "null": "null",
    "boolean": "boolean",
    "integer": "number",
    "number": "number",
    "string": "string",
}


@dataclass(frozen=True, slots=True)
class TypeWriter:
    """Writes types; `names` maps full names to those of declarations, `prefix` stands before them."""

    types: Types
    names: Mapping[str, str]
    prefix: str = ""

    def declaration(self, full: str) -> str:
        """Return the declaration of a named type."""
        found, name = self.types.named(full), self.names[full]
        said = doc(notes_of(found.facts))
        if isinstance(found, Object) and not isinstance(found, Map) and not found.others:
            return f"{said}export interface {name} {self._object(found, '')}\n"
        lone = isinstance(found, Enum) and all(isinstance(v, str) for v in found.values)
        written = [*self._alternatives(found, "")]
        if lone and _ANY_STRING not in written:
            written.append(_ANY_STRING)
        return f"{said}export type {name} = {_joined(written, '')};\n"

    def expression(self, found: Type, indent: str = "") -> str:
        """Return a type as it stands after a colon."""
        return _joined(self._alternatives(found, indent), indent)

    def _alternatives(self, found: Type, indent: str) -> list[str]:
        """Return what a type is one of; any value swallows the rest."""
        written = [*dict.fromkeys(self._parts(found, indent))]
        if "unknown" in written:
            return ["unknown"]
        if any(text.startswith('"') for text in written) and "string" in written:
            written[written.index("string")] = _ANY_STRING
        return written

    def _parts(self, found: Type, indent: str) -> list[str]:
        if isinstance(found, Ref):
            return [self.prefix + self.names[found.name]]
        if isinstance(found, Enum):
            return self._enum(found)
        if isinstance(found, Union):
            return self._union(found, indent)
        if isinstance(found, All):
            return [self._all(found, indent)]
        if isinstance(found, Never):
            return []
        if not isinstance(found, Limited) or found.others or isinstance(found, Anything):
            return ["unknown"]
        if isinstance(found, Scalar):
            return [_SCALARS[found.kind]]
        if isinstance(found, List):
            return [f"{self._nested(found.items, indent)}[]"]
        if isinstance(found, Tuple):
            return [self._tuple(found, indent)]
        assert isinstance(found, Object)
        return [self._object(found, indent)]

    def _enum(self, found: Enum) -> list[str]:
        written = [self._value(value) for value in found.values]
        texts = [value for value in found.values if isinstance(value, str)]
        return [*written, *([_ANY_STRING] if len(texts) > 1 else [])]

    @staticmethod
    def _value(value: object) -> str:
        """Return the type of one value: what a double cannot hold is a number, and a part any value."""
        if isinstance(value, list | dict):
            return "unknown"
        return "number" if isinstance(value, int | float) and _is_vast(value) else literal(value)

    def _union(self, found: Union, indent: str) -> list[str]:
        indent += "  "
        if (values := values_of(found)) is not None:
            return self._enum(Enum(values))
        written = [text for b in found.branches for text in self._parts(b, indent)]
        if found.is_open or found.by_kind:
            return written
        tag = told_apart(self.types, found).tag
        if any(text.startswith('"') for text in written):
            written.append(_ANY_STRING)
        if tag:
            written.append(f"open.UnknownVariant<{literal(tag)}>")
        elif tag == "":
            written.append("open.UnknownObject")
        return written

    def _all(self, found: All, indent: str) -> str:
        """Return the intersection of what is said; a part that says nothing about types is left out."""
        parts = [self._nested(part, indent) for part in found.members]
        return " & ".join(dict.fromkeys(p for p in parts if p != "unknown")) or "unknown"

    def _tuple(self, found: Tuple, indent: str) -> str:
        least = found.limits.get("minItems", 0)
        items = [
            self._nested(item, indent) + "?" * (index >= least)
            for index, item in enumerate(found.items)
        ]
        if not isinstance(found.rest, Never):
            items.append(f"...{self._nested(found.rest, indent)}[]")
        return f"[{', '.join(items)}]"

    def _nested(self, found: Type, indent: str) -> str:
        written = self._alternatives(found, indent)
        text = _joined(written, indent)
        return f"({text})" if len(written) > 1 or isinstance(found, All) else text

    def _object(self, found: Object, indent: str) -> str:
        if not found.properties and not found.required and found.rest is None:
            return _ANY_OBJECT
        inside = f"{indent}  "
        lines = [
            doc(notes_of(inner.facts), inside)
            + f"{inside}{key(name)}{'' if name in found.required else '?'}:"
            f" {self.expression(inner, inside)};\n"
            for name, inner in found.properties.items()
        ]
        unnamed = [name for name in found.required if name not in found.properties]
        lines += [f"{inside}{key(name)}: unknown;\n" for name in unnamed]
        if found.patterns or not (found.rest is None or found.is_closed):
            alone = not (found.properties or found.required or found.patterns)
            rest = self.expression(found.rest, inside) if alone and found.rest else "unknown"
            lines.append(f"{inside}[key: string]: {rest};\n")
        return f"{{\n{''.join(lines)}{indent}}}" if lines else "{ [key: string]: never }"


def _joined(written: list[str], indent: str) -> str:
    """Return a union, each branch on a line of its own where one takes several."""
    if len(written) > 1 and any("\n" in text for text in written):
        return "".join(f"\n{indent}  | {text}" for text in written)
    return " | ".join(written) or "never"


def _is_vast(value: float) -> bool:
    return abs(value) >= 2**53

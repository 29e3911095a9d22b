"""Modules of definitions become pydantic models."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from codexwire.emit.definitions import Definition, DefinitionKind, ModelProperty
from codexwire.emit.docs import docstring, unit_note
from codexwire.emit.expressions import expression, source, words
from codexwire.emit.modules import Module
from codexwire.emit.render import render
from codexwire.model.spelling import wire_name
from codexwire.model.types import Anything, Enum, Type, Union, is_null, references

__all__ = ["Printer", "index_source"]

# What a module may use, and where it comes from.
_SYMBOLS = {
    **dict.fromkeys(("Annotated", "Any", "Literal", "TypeAlias"), "typing"),
    "TypeAliasType": "typing_extensions",
    **dict.fromkeys(("Field", "NonNegativeInt", "PositiveInt"), "pydantic"),
    **dict.fromkeys(
        (
            "CatchAllModel",
            "ExactLiteral",
            "OpenStrEnum",
            "OpenUnion",
            "UnknownVariant",
            "WireModel",
            "WireRoot",
            "tag",
        ),
        "codexwire.runtime.model",
    ),
}


@dataclass(frozen=True, slots=True)
class ClassLine:
    """One line of a class body with the docstring below it; `types` are in quotes in `code`."""

    code: str
    doc: str = ""
    types: str = ""


@dataclass(frozen=True, slots=True)
class Block:
    """One class (its head, and lines below it) or alias (only a head) as the template prints it.

    `types` are in quotes in `head`.
    """

    head: str
    doc: str
    lines: tuple[ClassLine, ...] = ()
    types: str = ""


class Printer:
    """Prints definitions of one plan.

    `uses` has sentences on the messages that a definition is the payload of.
    """

    def __init__(
        self, definitions: Mapping[str, Definition], uses: Mapping[str, tuple[str, ...]]
    ) -> None:
        self.uses = uses
        self.told_by = {
            (name, d.tag) for d in definitions.values() if d.tag for name in d.references()
        }

    def module(self, module: Module) -> str:
        """Return the source of a module."""
        blocks: list[Block] = []
        later = {d.name for d in module.definitions}
        for definition in module.definitions:
            blocks.append(self.block(definition, later))
            later.discard(definition.name)
        used = {word for block in blocks for word in _words(block)}
        imports: dict[bool, dict[str, list[str]]] = {True: {}, False: {}}
        for symbol in sorted(used & set(_SYMBOLS)):
            origin = _SYMBOLS[symbol]
            group = imports[origin in sys.stdlib_module_names]
            group.setdefault(origin, []).append(symbol)
        text = render(
            "model_module.py.jinja",
            title=module.title,
            imports=[*imports.values(), {f".{m}": n for m, n in module.imports.items()}],
            blocks=blocks,
        )
        return text.rstrip() + "\n"

    def block(self, definition: Definition, later: Collection[str] = ()) -> Block:
        """Return one definition as a class or an alias.

        `later` has the names that are not defined yet where it stands, its own among them.
        """
        notes = self.uses.get(definition.name, ())
        doc = docstring(definition.marks, notes=notes)
        if definition.kind is DefinitionKind.MODEL:
            return self._model(definition, doc, later)
        if definition.kind is DefinitionKind.ENUM:
            lines = (
                ClassLine(f"{m.name} = {source(m.value)}", docstring(m.marks))
                for m in definition.members
            )
            return Block(f"class {definition.name}(OpenStrEnum):", doc, tuple(lines))
        value = _value(definition)
        ahead = any(name in later for name in definition.references())
        if definition.kind is DefinitionKind.ROOT:
            head = f"class {definition.name}(WireRoot[{'Any' if ahead else value}]):"
            own = ClassLine(f"root: {source(value)}", types=value)
            return Block(head, doc, (own,) if ahead else ())
        outer = docstring(definition.marks, indent=0, notes=notes)
        if ahead:
            name = source(definition.name)
            head = f"{definition.name} = TypeAliasType({name}, {source(value)})"
            return Block(head, outer, types=value)
        return Block(f"{definition.name}: TypeAlias = {value}", outer)

    def _model(self, definition: Definition, doc: str, later: Collection[str]) -> Block:
        plain = _reads_as_it_stands(definition)
        lines = [self._field(definition.name, p, plain, later) for p in definition.properties]
        if not isinstance(definition.extra, Anything):
            extra = _type(definition.extra)
            annotation = source(f"dict[str, {extra}]")
            lines.append(
                ClassLine(f"__pydantic_extra__: {annotation} = Field(init=False)", types=extra)
            )
        base = "CatchAllModel" if definition.catch_all else "WireModel"
        rename = ", alias_generator=None" if plain else ""
        return Block(f"class {definition.name}({base}{rename}):", doc, tuple(lines))

    def _field(
        self, owner: str, prop: ModelProperty, plain: bool, later: Collection[str]
    ) -> ClassLine:
        """Return the line of a field; `plain` is for classes whose wire names are as they stand."""
        own = _type(prop.type, exact=(owner, prop.name) not in self.told_by)
        default = ""
        if prop.constant is not None:
            default = f"tag({source(prop.constant)})"
        elif not prop.required:
            default = "None" if prop.default is None else prop.default.source
        open_to_none = default == "None" and own != "Any" and not _admits_null(prop.type)
        annotation = f"{own} | None" if open_to_none else own
        if any(name in later for name in references(prop.type)):
            annotation = repr(annotation)
        if prop.wire != (prop.name if plain else wire_name(prop.name)):
            annotation = f"Annotated[{annotation}, Field(alias={source(prop.wire)})]"
        code = f"{prop.name}: {annotation}" + (f" = {default}" if default else "")
        return ClassLine(code, docstring(prop.marks, notes=unit_note(prop)), own)


def index_source(modules: Sequence[Module]) -> str:
    """Return the source of `models/__init__.py`, which loads the modules on first use."""
    rows = [{"name": m.name, "names": sorted(d.name for d in m.definitions)} for m in modules]
    public = sorted(d.name for m in modules for d in m.definitions)
    return render("models_init.py.jinja", modules=rows, public=public)


def _type(found: Type, exact: bool = True) -> str:
    return expression(found, bounds=True, exact=exact)


def _value(definition: Definition) -> str:
    value = _type(definition.type)
    if definition.tag is None:
        return value
    if definition.catch_all:
        return f'Annotated[{value}, Field(union_mode="left_to_right")]'
    how = f"discriminator={source(definition.tag)}" if definition.tag else ""
    if value.endswith(" | None"):
        inner = f"{value.removesuffix(' | None')} | UnknownVariant"
        return f"Annotated[{inner}, OpenUnion({how})] | None"
    return f"Annotated[{value} | UnknownVariant, OpenUnion({how})]"


def _reads_as_it_stands(definition: Definition) -> bool:
    """Whether more wire names of a model equal the field names than follow from them in camelCase."""
    same = sum(p.wire == p.name != wire_name(p.name) for p in definition.properties)
    return same > sum(p.wire == wire_name(p.name) != p.name for p in definition.properties)


def _admits_null(found: Type) -> bool:
    if isinstance(found, Union):
        return any(map(_admits_null, found.branches))
    listed = isinstance(found, Enum) and None in found.values
    return listed or is_null(found) or isinstance(found, Anything)


def _words(block: Block) -> Iterator[str]:
    code = [block.head, block.types, *(text for x in block.lines for text in (x.code, x.types))]
    for text in code:
        yield from words(text)

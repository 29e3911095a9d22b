"""Modules of definitions become Python source in one of the styles."""

from __future__ import annotations

import keyword
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from unicodedata import normalize

from codexwire.emit.definitions import Definition, DefinitionKind, Property
from codexwire.emit.docs import docstring
from codexwire.emit.expressions import expression, source, words
from codexwire.emit.format import LINE_LENGTH
from codexwire.emit.modules import Module
from codexwire.emit.render import render
from codexwire.emit.styles import STYLES, Field, Style
from codexwire.ir.model import Schema
from codexwire.ir.walk import references
from codexwire.runtime.model import wire_name

__all__ = ["Printer"]

_UNITS = {"s": "In seconds.", "ms": "In milliseconds."}


@dataclass(frozen=True, slots=True)
class Line:
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
    lines: tuple[Line, ...] = ()
    types: str = ""


class Printer:
    """Prints definitions of one plan in one style.

    `uses` has sentences on the messages that a definition is the payload of.
    """

    def __init__(
        self,
        definitions: Mapping[str, Definition],
        uses: Mapping[str, tuple[str, ...]],
        style: Style,
    ) -> None:
        self.definitions = definitions
        self.uses = uses
        self.rules = STYLES[style]
        self.style = style
        self.told_by = {
            (name, d.tag) for d in definitions.values() if d.tag for name in d.references()
        }
        self.tags = dict(self._tags())

    def module(self, module: Module) -> str:
        """Return the source of a module."""
        blocks: list[Block] = []
        later = {d.name for d in module.definitions}
        for definition in module.definitions:
            blocks.append(self.block(definition, later))
            later.discard(definition.name)
        used = {word for block in blocks for word in _words(block)}
        symbols = sorted(used & set(self.rules.symbols))
        imports: dict[bool, dict[str, list[str]]] = {True: {}, False: {}}
        for symbol in symbols:
            origin = self.rules.symbols[symbol]
            group = imports[origin in sys.stdlib_module_names]
            group.setdefault(origin, []).append(symbol)
        text = render(
            "model_module.py.jinja",
            title=module.title,
            imports=[*imports.values(), {f".{m}": n for m, n in module.imports.items()}],
            blocks=blocks,
        )
        return text.rstrip() + "\n"

    def index(self, modules: Iterable[Module]) -> str:
        """Return the source of `models/__init__.py`, which loads the modules on first use."""
        names = {m.name: sorted(d.name for d in m.definitions) for m in modules}
        rows = [
            {
                "name": module,
                "imports": _rows((f"{n} as {n}" for n in found), 8),
                "names": _rows((f'"{n}"' for n in found), 8),
            }
            for module, found in names.items()
        ]
        public = _rows((f'"{n}"' for n in sorted(self.definitions)), 4)
        return render("models_init.py.jinja", modules=rows, public=public)

    def block(self, definition: Definition, later: Collection[str] = ()) -> Block:
        """Return one definition as a class or an alias.

        `later` has the names that are not defined yet where it stands, its own among them.
        """
        notes = self.uses.get(definition.name, ())
        doc = docstring(definition.marks, notes=notes)
        if definition.kind is DefinitionKind.MODEL:
            return self._model(definition, doc, later)
        if definition.kind is DefinitionKind.ENUM:
            return self._enum(definition, doc)
        value = self._value(definition)
        ahead = any(name in later for name in definition.references())
        if definition.kind is DefinitionKind.ROOT and self.rules.root:
            head = f"class {definition.name}({self.rules.root}[{'Any' if ahead else value}]):"
            own = Line(f"root: {source(value)}", types=value)
            return Block(head, doc, (own,) if ahead else ())
        outer = docstring(definition.marks, indent=0, notes=notes)
        if ahead:
            name = source(definition.name)
            head = f"{definition.name} = TypeAliasType({name}, {source(value)})"
            return Block(head, outer, types=value)
        return Block(f"{definition.name}: TypeAlias = {value}", outer)

    def _model(self, definition: Definition, doc: str, later: Collection[str]) -> Block:
        name, rules = definition.name, self.rules
        snake = rules.snake is not None and _reads_as_it_stands(definition)
        fields = [(p, self._field(name, p, snake, later)) for p in definition.properties]
        if self.style == "typeddict" and any(not _is_key(f.wire) for _, f in fields):
            return self._functional(name, fields, definition)
        tag = self.tags.get(name)
        lines = []
        for prop, field in fields:
            if tag is not None and prop.wire == tag.wire:
                continue
            annotation, default = rules.field(field)
            shown = field.wire if self.style == "typeddict" else field.name
            code = f"{shown}: {annotation}" + ("" if default is None else f" = {default}")
            lines.append(Line(code, docstring(prop.marks, notes=_unit(prop)), field.type))
        if rules.extra and definition.extra is not True:
            extra = self._type(definition.extra)
            lines.append(Line(rules.extra.format(type=source(f"dict[str, {extra}]")), types=extra))
        head = rules.head.format(
            name=name,
            base="CatchAllModel" if definition.catch_all else "WireModel",
            rename=rules.snake if snake else rules.camel,
            tag="" if tag is None else rules.tag.format(field=source(tag.wire), value=tag.constant),
        )
        return Block(f"{rules.decorator}\n{head}".lstrip(), doc, tuple(lines))

    def _functional(
        self, name: str, fields: Sequence[tuple[Property, Field]], definition: Definition
    ) -> Block:
        """A TypedDict with keys that are no identifiers."""
        entries = ", ".join(f"{source(f.wire)}: {self.rules.field(f)[0]}" for _, f in fields)
        doc = docstring(definition.marks, indent=0)
        types = " ".join(f.type for _, f in fields)
        return Block(f"{name} = TypedDict({source(name)}, {{{entries}}})", doc, types=types)

    def _enum(self, definition: Definition, doc: str) -> Block:
        name = definition.name
        if self.rules.enum is None:
            values = ", ".join(source(m.value) for m in definition.members)
            outer = docstring(definition.marks, indent=0)
            return Block(f"{name}: TypeAlias = Literal[{values}]", outer)
        lines = tuple(
            Line(f"{m.name} = {source(m.value)}", docstring(m.marks)) for m in definition.members
        )
        return Block(f"class {name}({self.rules.enum}):", doc, lines)

    def _type(self, schema: Schema, exact: bool = True) -> str:
        pydantic = self.style == "pydantic"
        return expression(schema, bounds=pydantic, exact=pydantic and exact)

    def _value(self, definition: Definition) -> str:
        value = self._type(definition.schema)
        if not self.rules.open_unions or definition.tag is None:
            return value
        if definition.catch_all:
            return f'Annotated[{value}, Field(union_mode="left_to_right")]'
        how = f"discriminator={source(definition.tag)}" if definition.tag else ""
        if value.endswith(" | None"):
            inner = f"{value.removesuffix(' | None')} | UnknownVariant"
            return f"Annotated[{inner}, OpenUnion({how})] | None"
        return f"Annotated[{value} | UnknownVariant, OpenUnion({how})]"

    def _field(
        self, owner: str, prop: Property, snake: bool = False, later: Collection[str] = ()
    ) -> Field:
        return Field(
            name=prop.name,
            wire=prop.wire,
            type=self._type(prop.schema, exact=(owner, prop.name) not in self.told_by),
            required=prop.required,
            nullable=_admits_null(prop.schema),
            says_wire=prop.wire != (prop.name if snake else self.rules.camel_case(prop.name)),
            ahead=any(name in later for name in references(prop.schema)),
            default=None if prop.default is None else prop.default.source,
            constant=None if prop.constant is None else source(prop.constant),
        )

    def _tags(self) -> Iterator[tuple[str, Field]]:
        """Yield the models that the style tags by their class, each with the field of the tag."""
        if not self.rules.tag:
            return
        for definition in self.definitions.values():
            if not definition.tag:
                continue
            for name in definition.references():
                for prop in self.definitions[name].properties:
                    if prop.name == definition.tag:
                        yield name, self._field(name, prop)


def _rows(items: Iterable[str], indent: int) -> list[str]:
    """Return the items as rows of source, each item followed by a comma."""
    rows: list[str] = []
    for item in items:
        if rows and len(rows[-1]) + len(item) + indent + 2 <= LINE_LENGTH:
            rows[-1] += f" {item},"
        else:
            rows.append(f"{item},")
    return rows


def _reads_as_it_stands(definition: Definition) -> bool:
    """Whether more wire names of a model equal the field names than follow from them in camelCase."""
    same = sum(p.wire == p.name != wire_name(p.name) for p in definition.properties)
    return same > sum(p.wire == wire_name(p.name) != p.name for p in definition.properties)


def _unit(prop: Property) -> tuple[str, ...]:
    """Say the unit of a time where neither name nor description does."""
    known = prop.name.endswith(("_ms", "_sec", "_secs", "_seconds"))
    known = known or "seconds" in prop.marks.description.lower()
    return () if known or not prop.marks.unit else (_UNITS[prop.marks.unit],)


def _admits_null(schema: Schema) -> bool:
    if not isinstance(schema, dict):
        return True
    kind = schema.get("type", ())
    nulls = kind == "null" or "null" in kind or None in schema.get("enum", ())
    return nulls or any(map(_admits_null, schema.get("anyOf", ())))


def _is_key(name: str) -> bool:
    """Whether a key can be written as an attribute, which Python reads in normal form."""
    plain = name.isidentifier() and not keyword.iskeyword(name) and not name.startswith("__")
    return plain and normalize("NFKC", name) == name


def _words(block: Block) -> Iterator[str]:
    code = [block.head, block.types, *(text for x in block.lines for text in (x.code, x.types))]
    for text in code:
        yield from words(text)

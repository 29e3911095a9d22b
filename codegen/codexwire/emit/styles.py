"""The styles that datamodel-code-generator writes: typed dictionaries, structs and dataclasses.

It gets every class and alias under its final name, with nothing nested in another and each in the
module that it is assigned to, so that nothing is left for it to name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Literal
from unicodedata import normalize

from codexwire.emit.definitions import Definition, DefinitionKind, ModelProperty
from codexwire.emit.docs import documented, unit_note
from codexwire.emit.generator import Kind, generated_models
from codexwire.emit.modules import Module, circles
from codexwire.ir.model import Schema
from codexwire.ir.walk import transform
from codexwire.location import JsonPath
from codexwire.model.schema_text import schema_text
from codexwire.model.types import Type
from codexwire.resources import templates_root

__all__ = ["STYLES", "Style", "style_sources"]

Style = Literal["pydantic", "typeddict", "msgspec", "dataclass"]

_KINDS: Mapping[Style, Kind] = {
    "typeddict": "typing.TypedDict",
    "msgspec": "msgspec.Struct",
    "dataclass": "dataclasses.dataclass",
}
_OPTIONS: Mapping[Style, Mapping[str, Any]] = {
    "typeddict": {"custom_template_dir": templates_root() / "styles"},
    "msgspec": {"use_field_description": False},  # it stands in `Meta`
    "dataclass": {"field_extra_keys": {"metadata"}},
}
STYLES: tuple[Style, ...] = ("pydantic", *_OPTIONS)


def style_sources(
    modules: Iterable[Module], uses: Mapping[str, tuple[str, ...]], style: Style
) -> dict[str, str]:
    """Return the source of each module in one of the styles, by the module's name.

    `uses` has sentences on the messages that a definition is the payload of.
    """
    document = _Document(tuple(modules), uses, style)
    # An alias that leads to itself is an object of its own, which `isinstance` does not take.
    alias = "use_type_alias_type" if circles(document.definitions) else "use_type_alias"
    found = generated_models(
        document.schema(),
        lambda name: name,
        _KINDS[style],
        aliases=document.field_names(),
        extra_template_data=document.template_data(),
        keyword_only=True,
        use_exact_imports=True,
        apply_default_values_for_required_fields=True,
        disable_future_imports=True,
        **{alias: True, **_OPTIONS[style]},
    )
    return {m.name: _titled(m, found[f"{m.name}.py",]) for m in document.modules}


def _titled(module: Module, source: str) -> str:
    _, _, body = source.partition("\n\n")  # the generator's own head is a comment
    return f'"""{module.title}"""\n\n{body}'


def _reads_otherwise(name: str) -> bool:
    """Whether an identifier means another name where it stands in a class."""
    return name.isidentifier() and (name.startswith("__") or normalize("NFKC", name) != name)


class _Document:
    """The JSON Schema document of flat definitions, each called `module.Name`."""

    def __init__(
        self, modules: tuple[Module, ...], uses: Mapping[str, tuple[str, ...]], style: Style
    ) -> None:
        self.modules = modules
        self.uses = uses
        self.keys = style == "typeddict"  # fields are keys, and enums literals
        self.definitions = {d.name: d for m in modules for d in m.definitions}
        self.tags = {}  # structs have their tags in the head of the class
        if style == "msgspec":
            unions = self.definitions.values()
            self.tags = {v: p for d in unions for v, p in d.tags(self.definitions).items()}
        self.names = {d.name: f"{m.name}.{d.name}" for m in modules for d in m.definitions}

    def schema(self) -> dict[str, Any]:
        """Return the document."""
        types = {self.names[name]: self.type(d) for name, d in self.definitions.items()}
        return {"title": "Unused", "type": "object", "definitions": types}

    def field_names(self) -> dict[str, str]:
        """Return the field of each property, by class and wire name."""
        return {
            f"{self.names[d.name]}.{p.wire}": p.wire if self.keys else p.name
            for d in self.definitions.values()
            for p in d.properties
            if (p.wire.startswith("_") and p.wire.isidentifier() if self.keys else p.name != p.wire)
        }

    def template_data(self) -> dict[str, dict[str, Any]]:
        """Return what the templates of classes are told besides."""
        found: dict[str, dict[str, Any]] = {
            self.names[d.name]: {"read_otherwise": True}
            for d in self.definitions.values()
            if any(_reads_otherwise(p.wire) for p in d.properties)
        }
        for name, prop in self.tags.items():
            tag = {"kw_only": True, "tag_field": prop.wire, "tag": prop.constant}
            found.setdefault(self.names[name], {})["base_class_kwargs"] = tag
        return found

    def type(self, definition: Definition) -> dict[str, Any]:
        """Return the schema of one definition."""
        text = documented(definition.marks, notes=self.uses.get(definition.name, ()))
        return {**dict(self.shape(definition)), **({"description": text} if text else {})}

    def shape(self, definition: Definition) -> Iterator[tuple[str, Any]]:
        """Yield the keywords of one definition."""
        if definition.kind is DefinitionKind.MODEL:
            fields = [p for p in definition.properties if p != self.tags.get(definition.name)]
            yield "type", "object"
            yield "properties", {p.wire: self.property(p) for p in fields}
            yield "required", [p.wire for p in fields if p.required]
        elif definition.kind is DefinitionKind.ENUM:
            yield "type", "string"
            yield "enum", [m.value for m in definition.members]
            yield "x-enum-field-as-literal", self.keys
            yield "x-enum-varnames", [m.name for m in definition.members]
            yield "x-enum-descriptions", [documented(m.marks) for m in definition.members]
        else:
            yield from self.plain(definition.type).items()

    def property(self, prop: ModelProperty) -> dict[str, Any]:
        """Return the schema of one property."""
        schema = self.plain(prop.type)
        if prop.constant is not None:
            schema = {"const": prop.constant, "default": prop.constant}
        if prop.name != prop.wire:
            schema["metadata"] = {"wire": prop.wire}
        text = documented(prop.marks, notes=unit_note(prop))
        return {**schema, **({"description": text} if text else {})}

    def plain(self, found: Type) -> dict[str, Any]:
        """Return a flat type as a schema, with the names of the document."""
        schema = transform(schema_text(found, self.names.__getitem__), _literal)
        return schema if isinstance(schema, dict) else {}


def _literal(_: JsonPath, node: Schema) -> Schema:
    """Return a node with a note that its values are a literal type, not a class."""
    if isinstance(node, dict) and "enum" in node:
        return {**node, "x-enum-field-as-literal": True}
    return node

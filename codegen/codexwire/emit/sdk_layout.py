"""Models and registry in the layout of the official Python SDK, to take the place of its own.

The official files are one module of models and one registry that import nothing but pydantic. The
models come from datamodel-code-generator, as the SDK's do, with the options of the SDK's own build.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from unicodedata import normalize

from codexwire.direction import Kind, Side
from codexwire.emit.format import format_python
from codexwire.emit.generator import generated_models
from codexwire.emit.header import Stamp
from codexwire.emit.ids import id_tables
from codexwire.emit.methods import params_class
from codexwire.emit.names import class_name, class_names, field_names
from codexwire.emit.render import render
from codexwire.emit.sdk_schema import UNKNOWN, sdk_schema
from codexwire.ir.model import Protocol, Schema
from codexwire.ir.names import pascal
from codexwire.ir.walk import subschemas
from codexwire.normalize.plain import prepared
from codexwire.resources import templates_root

__all__ = ["plan_sdk_layout"]


def plan_sdk_layout(protocol: Protocol, stamp: Stamp, sdk: Protocol) -> dict[str, bytes]:
    """Return `v2_all.py` and `notification_registry.py` for a normalized protocol.

    `sdk` is the protocol of the SDK's own release: what the SDK imports and `protocol` does not
    have, or has as something else, is taken from there, so that the SDK imports with any release.
    """
    protocol, sdk = prepared(protocol), prepared(sdk)
    sources = {
        "v2_all.py": _models(protocol, sdk),
        "notification_registry.py": _registry(protocol, class_names(protocol)),
    }
    formatted = format_python(sources, f"{stamp.comment()}\n")
    return {name: text.encode() for name, text in formatted.items()}


def _models(protocol: Protocol, sdk: Protocol) -> str:
    schema = sdk_schema(protocol, sdk)
    found = generated_models(
        schema,
        _class_name,
        "pydantic_v2.BaseModel",
        # as the SDK's own build has it
        literals="one",
        field_constraints=True,
        snake_case_field=True,
        use_title_as_name=True,
        use_annotated=True,
        aliases=dict(_read_otherwise(schema)),
        # and what makes the models open
        custom_template_dir=templates_root() / "sdk",
    )
    source = found[()]
    title = f"codex {protocol.version} protocol" if protocol.version else protocol.name
    classes = source[source.index("\nclass ") :].split("\n\n\n")
    body = "\n\n\n".join(c for c in classes if not c.endswith(".model_rebuild()"))
    return render("sdk_models.py.jinja", title=title, body=body)


def _read_otherwise(schema: Schema) -> Iterator[tuple[str, str]]:
    """Yield the properties that Python would read as another name, with a field name that no other has."""
    nodes = (node for _, node in subschemas(schema) if isinstance(node, dict))
    fields = field_names(sorted({key for node in nodes for key in node.get("properties", ())}))
    yield from ((key, name) for key, name in fields.items() if normalize("NFKC", key) != key)


def _class_name(name: str) -> str:
    """Return a name of the schema as the name of a class: a title, a definition's, or a property's."""
    return name if name == UNKNOWN else class_name(name if name[:1].isupper() else pascal(name))


def _registry(protocol: Protocol, names: Mapping[str, str]) -> str:
    found = {
        method.name: params_class(protocol, method, names)[0]
        for method in protocol.table(Side.SERVER, Kind.NOTIFICATION)
    }
    methods = sorted((method, name) for method, name in found.items() if name is not None)
    turns = {t.kind: t.rows for t in id_tables(protocol)}.get("turn", {})
    at = {method: turns[method][0] for method, _ in methods if method in turns}
    return render(
        "sdk_registry.py.jinja",
        methods=methods,
        models=sorted({name for _, name in methods}),
        direct=sorted({name for method, name in methods if "turnId" in at.get(method, ())}),
        nested=sorted({name for method, name in methods if "turn.id" in at.get(method, ())}),
    )

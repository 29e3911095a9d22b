"""A normalized protocol becomes an ESM package: JavaScript that runs as it is, and its declarations."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from codexwire.direction import Kind, Side
from codexwire.emit.emitter import Emitted, EmitterInput
from codexwire.emit.names import class_names
from codexwire.emit.render import render
from codexwire.emit.typescript.ids import KINDS, places_of
from codexwire.emit.typescript.source import doc, key, literal, notes_of
from codexwire.emit.typescript.types import TypeWriter
from codexwire.emit.typescript.validators import CHECKS, ValidatorWriter
from codexwire.errors import IngestError
from codexwire.ir.complete import complete
from codexwire.ir.envelope import envelope_schema, message_schemas
from codexwire.ir.model import UNIONS, Method, Protocol
from codexwire.model.read import Types, read, types_of
from codexwire.model.types import Ref
from codexwire.resources import templates_root
from codexwire.wire.naming import Names

__all__ = ["emit"]

_RUNTIME = (
    *("checks.js", "json.js", "json.d.ts", "open.d.ts", "places.js"),
    *("client.js", "transport.d.ts", "stdio.js", "stdio.d.ts", "websocket.js", "websocket.d.ts"),
    *("require.cjs", "require.d.cts"),
)
_REFUSED = ("runtime/require.cjs", "runtime/require.d.cts")
"""What `require` gets: an error that says what to write, and no names."""


@dataclass(frozen=True, slots=True)
class _Row:
    """One method as a member of its map."""

    name: str
    said: str
    params: str
    result: str | None


def emit(given: EmitterInput) -> Emitted:
    """Return the files of an npm package.

    Raises IngestError for types that refer to each other in a chain too long to be written.
    """
    protocol, _ = complete(given.protocol)
    refusals = {e.name: e.refusal for e in given.methods if e.refusal is not None}
    try:
        files = dict(_sources(protocol, given.stamp.digest))
    except RecursionError:
        raise IngestError(
            "types refer to each other in too long a chain for a TypeScript package",
            hint="a chain of a hundred types is no problem",
        ) from None
    for name in ("client.js", "client.d.ts"):
        files[name] = _filled(name, refusals=refusals)
    files["package.json"] = json.dumps(_package_json(protocol, given.package), indent=2) + "\n"
    classes = dict.fromkeys(class_names(protocol).values(), "types.d.ts")
    return Emitted({path: text.encode() for path, text in sorted(files.items())}, classes)


def _sources(protocol: Protocol, digest: str) -> Iterator[tuple[str, str]]:
    types, names = types_of(protocol), class_names(protocol)
    runtime = templates_root() / "typescript" / "runtime"
    for name in _RUNTIME:
        yield f"runtime/{name}", (runtime / name).read_text("utf-8")
    plain = TypeWriter(types, names)
    declared = [plain.declaration(full) for full in sorted(names, key=lambda full: names[full])]
    yield "types.d.ts", _filled("types.d.ts", declarations=declared)
    tables = [
        (f"{u.union}s", _rows(types, names, protocol.table(u.sender, u.kind))) for u in UNIONS
    ]
    for name in ("methods.d.ts", "methods.js"):
        yield name, _filled(name, tables=tables)
    kinds = {kind: [*places_of(kind)] for kind in KINDS}
    for name in ("ids.js", "ids.d.ts"):
        yield name, _filled(name, kinds=kinds)
    yield from _validators(protocol, types, names)
    version = str(protocol.version) if protocol.version else None
    for name in ("index.js", "index.d.ts"):
        yield name, _filled(name, version=version, digest=digest, kinds=KINDS)


def _filled(name: str, **context: Any) -> str:
    return render(f"typescript/{name}.jinja", key=key, quoted=literal, **context)


def _rows(types: Types, names: Mapping[str, str], methods: tuple[Method, ...]) -> list[_Row]:
    writer = TypeWriter(types, names, prefix="types.")

    def row(method: Method) -> _Row:
        params = types.params(method)
        said = doc(notes_of(types.message(method).facts), "  ")
        mark = "" if method.params_required else "?"
        result = "unknown" if method.result is None else writer.expression(Ref(method.result))
        return _Row(
            method.name,
            said,
            f"params{mark}: {'undefined' if params is None else writer.expression(params, '    ')}",
            result if method.kind is Kind.REQUEST else None,
        )

    return [row(method) for method in methods]


def _validators(
    protocol: Protocol, types: Types, names: Mapping[str, str]
) -> Iterator[tuple[str, str]]:
    exported = {full: f"is{names[full]}" for full in sorted(names, key=lambda full: names[full])}
    given = Names("is_")
    for reserved in CHECKS:
        given.fresh(reserved)
    writer = ValidatorWriter(types, {full: given.fresh(name) for full, name in exported.items()})
    functions = {writer.named(full): name for full, name in exported.items()}
    messages = {
        side: [
            (method, writer.function(f"{side}_{method}", read(schema)))
            for method, schema in message_schemas(protocol, side).items()
        ]
        for side in Side
    }
    results = {
        side: [
            (m.name, "isAnything" if m.result is None else writer.names[m.result])
            for m in protocol.table(side, Kind.REQUEST)
        ]
        for side in Side
    }
    yield (
        "validators.js",
        _filled(
            "validators.js",
            checks=CHECKS,
            response=writer.function(
                "response", read(envelope_schema(protocol, "JSONRPCResponse"))
            ),
            exported=functions,
            writer=writer,
            messages=messages,
            results=results,
        ),
    )
    declared = {name: names[full] for full, name in exported.items()}
    yield "validators.d.ts", _filled("validators.d.ts", declared=declared)


def _package_json(protocol: Protocol, package: str) -> dict[str, Any]:
    def files(module: str, types: str) -> dict[str, str]:
        return {"types": f"./{types}", "default": f"./{module}"}

    def entry(path: str) -> dict[str, dict[str, str]]:
        return {"import": files(f"{path}.js", f"{path}.d.ts"), "require": files(*_REFUSED)}

    return {
        "name": package.replace("_", "-").lower(),
        "version": str(protocol.version or "0.0.0"),
        "description": f"Types, ids and validators of the {protocol.name} protocol",
        "type": "module",
        "engines": {"node": ">=20"},
        "sideEffects": False,
        "exports": {
            ".": entry("index"),
            "./client": entry("client"),
            "./stdio": entry("runtime/stdio"),
            "./validators": entry("validators"),
            "./json": entry("runtime/json"),
            "./package.json": "./package.json",
        },
    }

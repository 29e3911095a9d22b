"""A normalized protocol becomes an ESM package: JavaScript that runs as it is, and its declarations."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from codexwire.direction import Kind, Side
from codexwire.emit.decoder_table import decoder_table
from codexwire.emit.emitter import Emitted, EmitterInput
from codexwire.emit.names import class_names
from codexwire.emit.render import render
from codexwire.emit.typescript.ids import KINDS, places_of
from codexwire.emit.typescript.source import doc, key, literal, notes_of
from codexwire.emit.typescript.types import TypeWriter
from codexwire.emit.typescript.validators import CHECKS, ValidatorWriter
from codexwire.ir.complete import complete
from codexwire.ir.envelope import envelope_schema, message_schemas
from codexwire.ir.model import UNIONS, Method, Protocol
from codexwire.model.read import Types, read, types_of
from codexwire.model.types import Ref
from codexwire.profiles.ids import PLACES
from codexwire.resources import templates_root
from codexwire.wire.naming import FreshNames

__all__ = ["emit"]

_FILES = (
    *("index.js", "index.d.ts", "types.d.ts", "methods.js", "methods.d.ts", "ids.js", "ids.d.ts"),
    *("places.js", "validators.js", "validators.d.ts"),
    *("runtime/checks.js", "runtime/json.js", "runtime/json.d.ts", "runtime/open.d.ts"),
    *("runtime/places.js", "runtime/require.cjs", "runtime/require.d.cts"),
)
_OF_METHODS = (
    *("client.js", "client.d.ts", "runtime/client.js", "runtime/transport.d.ts"),
    *("runtime/stdio.js", "runtime/stdio.d.ts", "runtime/websocket.js", "runtime/websocket.d.ts"),
    *(
        "tables.js",
        "runtime/decode.js",
        "runtime/decode.d.ts",
        "runtime/exact.js",
        "runtime/keep.js",
    ),
    *("runtime/near.js", "runtime/rules.js", "runtime/shapes.js", "runtime/tolerant.js"),
)
"""The files of a protocol that has methods."""
_OF_TURNS = (
    *("turn_tables.js", "runtime/turns.js", "runtime/turns.d.ts"),
    *(f"runtime/turn_{part}.js" for part in ("acts", "items", "run", "state", "usage")),
)
"""The files of a protocol that has turns."""

_ENTRIES = {
    ".": "index",
    "./client": "client",
    "./decode": "runtime/decode",
    "./stdio": "runtime/stdio",
    "./turns": "runtime/turns",
    "./validators": "validators",
    "./json": "runtime/json",
}
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

    Raises RecursionError for types that refer to each other in a chain too long to be written.
    """
    protocol, _ = complete(given.protocol)
    listed = [*_FILES, *(_OF_METHODS if protocol.methods else ())]
    listed += _OF_TURNS if given.profile.turns else ()
    context = _context(protocol, given)
    files = {name: _text(name, context) for name in listed}
    files["package.json"] = (
        json.dumps(_package_json(protocol, given.package, files), indent=2) + "\n"
    )
    classes = dict.fromkeys(class_names(protocol).values(), "types.d.ts")
    return Emitted({path: text.encode() for path, text in sorted(files.items())}, classes)


def _text(name: str, context: Mapping[str, Any]) -> str:
    """Return a file: one of the runtime as it is, any other by its template."""
    if name.startswith("runtime/"):
        return (templates_root() / "typescript" / name).read_text("utf-8")
    return render(f"typescript/{name}.jinja", key=key, quoted=literal, **context)


def _context(protocol: Protocol, given: EmitterInput) -> dict[str, Any]:
    """Return what the templates print."""
    types, names = types_of(protocol), class_names(protocol)
    plain, ordered = TypeWriter(types, names), sorted(names, key=lambda full: names[full])
    return {
        "version": str(protocol.version) if protocol.version else None,
        "digest": given.stamp.digest,
        "turn_tables": given.profile.turns,
        "declarations": [plain.declaration(full) for full in ordered],
        "tables": {
            f"{u.union}s": _rows(types, names, protocol.table(u.sender, u.kind)) for u in UNIONS
        },
        "decoder": decoder_table(given.protocol),
        "kinds": KINDS,
        "places": {kind: [*places_of(kind)] for kind in PLACES},
        "refusals": {e.name: e.refusal for e in given.methods if e.refusal is not None},
        **_validators(protocol, types, {full: names[full] for full in ordered}),
    }


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


def _validators(protocol: Protocol, types: Types, names: Mapping[str, str]) -> dict[str, Any]:
    exported = {full: f"is{name}" for full, name in names.items()}
    given = FreshNames("is_")
    for reserved in CHECKS:
        given.fresh(reserved)
    writer = ValidatorWriter(types, {full: given.fresh(name) for full, name in exported.items()})
    response = read(envelope_schema(protocol, "JSONRPCResponse"))
    return {
        "checks": CHECKS,
        "writer": writer,
        "exported": {writer.named(full): name for full, name in exported.items()},
        "declared": {name: names[full] for full, name in exported.items()},
        "response": writer.function("response", response),
        "messages": {
            side: {
                method: writer.function(f"{side}_{method}", read(schema))
                for method, schema in message_schemas(protocol, side).items()
            }
            for side in Side
        },
        "results": {
            side: {
                m.name: "isAnything" if m.result is None else writer.names[m.result]
                for m in protocol.table(side, Kind.REQUEST)
            }
            for side in Side
        },
    }


def _package_json(protocol: Protocol, package: str, files: Collection[str]) -> dict[str, Any]:
    def found(module: str, types: str) -> dict[str, str]:
        return {"types": f"./{types}", "default": f"./{module}"}

    def entry(path: str) -> dict[str, dict[str, str]]:
        return {"import": found(f"{path}.js", f"{path}.d.ts"), "require": found(*_REFUSED)}

    return {
        "name": package.replace("_", "-").lower(),
        "version": str(protocol.version or "0.0.0"),
        "description": f"Types, ids and validators of the {protocol.name} protocol",
        "type": "module",
        "engines": {"node": ">=20"},
        "sideEffects": False,
        "exports": {
            **{name: entry(path) for name, path in _ENTRIES.items() if f"{path}.js" in files},
            "./package.json": "./package.json",
        },
    }

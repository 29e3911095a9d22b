"""TypeScript's emitter: a package with types of its own, or one that completes those of upstream.

A companion has what `codex app-server generate-ts` lacks: results, ids, validators, refusals, a client. Its
`types.d.ts` passes upstream's types on, and declares those alone that upstream does not have.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from codexwire.emit.emitter import Emitted, EmitterInput
from codexwire.emit.names import class_names
from codexwire.emit.render import render
from codexwire.emit.typescript import package
from codexwire.emit.typescript.source import literal
from codexwire.emit.typescript.types import TypeWriter
from codexwire.ir.complete import complete
from codexwire.ir.layout import Namespaces
from codexwire.model.read import types_of

__all__ = ["emit"]

_INDEX = b'export { refusals } from "./refusals.js";\n'


def emit(given: EmitterInput) -> Emitted:
    """Return the files of an npm package, on the types from elsewhere if there are any."""
    whole = package.emit(given)
    if not given.elsewhere:
        return whole
    protocol, _ = complete(given.protocol)
    names = class_names(protocol)
    modules = {full: _module(full, protocol.namespaces, given.elsewhere) for full in names}
    ordered = sorted(names, key=lambda full: names[full])
    writer = TypeWriter(types_of(protocol), names)
    context = {
        "quoted": literal,
        "borrowed": [
            (protocol.namespaces.bare(full), names[full], module)
            for full in ordered
            if (module := modules[full]) is not None
        ],
        "declarations": [writer.declaration(full) for full in ordered if modules[full] is None],
        "refusals": {e.name: _said(e.name, e.refusal) for e in given.methods if e.refusal},
    }
    made = {
        name: render(f"companion/{name}.jinja", **context).encode()
        for name in ("types.d.ts", "refusals.js", "refusals.d.ts")
    }
    index = {name: whole.files[name] + _INDEX for name in ("index.js", "index.d.ts")}
    return Emitted(dict(sorted({**whole.files, **made, **index}.items())), whole.classes)


def _module(full: str, spaces: Namespaces, elsewhere: Mapping[str, str]) -> str | None:
    """Return the module that has a type: under its full name, or the only one under its bare name."""
    if full in elsewhere:
        return elsewhere[full]
    bare = spaces.bare(full)
    modules = [module for path, module in elsewhere.items() if path.rpartition("/")[2] == bare]
    return modules[0] if len(modules) == 1 else None


def _said(method: str, refusal: Mapping[str, Any]) -> Mapping[str, Any]:
    if "error" not in refusal:
        return refusal
    return {"error": {**refusal["error"], "message": f"this client does not answer {method}"}}

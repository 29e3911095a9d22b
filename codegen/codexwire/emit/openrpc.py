"""The emitter `openrpc`: one OpenRPC document of all methods, in both directions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from codexwire.direction import Kind, Side
from codexwire.emit.emitter import Emitted, EmitterInput
from codexwire.emit.entries import MethodEntry, method_entries
from codexwire.emit.names import class_names
from codexwire.emit.plan import json_bytes
from codexwire.errors import UsageError
from codexwire.ir.complete import complete, standard
from codexwire.ir.model import Schema, full_name, ref_to
from codexwire.ir.walk import transform
from codexwire.model.error_kind import ErrorKind
from codexwire.model.read import Types, types_of
from codexwire.model.types import All, Facts, Object, Type, Union, split_nullable
from codexwire.resources import recorded_examples
from codexwire.runtime import errors
from codexwire.wire import Validators

__all__ = ["emit"]

_FILE = "openrpc.json"
_VERSION = "1.3.2"
_SAID = """\
JSON-RPC without the member `jsonrpc`: no message has it. Messages go both ways. `x-sender` says who sends a
method, the `client` or the `server`, and `x-kind` whether it is a `request` or a `notification`, which has no
`result`. `params` lists the members of the object `params`, of all its variants; `x-params` is its exact
schema. `x-stability` says whether the stable schema has a method, `x-refusal` how a client refuses a request
of the server. No schema says which errors a request may get: all that are known of servers are listed."""


def emit(given: EmitterInput) -> Emitted:
    """Return the document; UsageError for a protocol of lines, which has no methods."""
    protocol, _ = complete(given.protocol)
    entries, names = method_entries(protocol), class_names(protocol)
    if not entries:
        raise UsageError(
            f"{protocol.name} has no methods, of which an OpenRPC document consists",
            hint="--lang typescript writes its types",
        )
    kinds = {f"{kind.name}{kind.code}": kind for kind in given.profile.errors}
    shared = {name for name, count in Counter(e.name for e in entries).items() if count > 1}
    writer = _Writer(types_of(protocol), names, Validators(protocol), recorded_examples(), shared)
    document = {
        "openrpc": _VERSION,
        "info": {
            "title": f"{protocol.name} protocol",
            "version": str(protocol.version or "unknown"),
            "description": _SAID.replace("\n", " "),
            "x-digest": given.stamp.digest,
        },
        "methods": [writer.method(entry, kinds) for entry in entries],
        "components": {
            "schemas": {
                name: writer.schema(protocol.types[full].schema)
                for name, full in sorted((name, full) for full, name in names.items())
            },
            "errors": {key: _error(kind) for key, kind in kinds.items()},
        },
    }
    return Emitted({_FILE: json_bytes(document)}, dict.fromkeys(names.values(), _FILE))


def _error(kind: ErrorKind) -> dict[str, Any]:
    said = getattr(errors, f"{kind.name}Error").__doc__  # none under `python -OO`
    return {"code": kind.code, "message": said or kind.name}


def _stated(members: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value is not None}


def _notes(facts: Facts) -> dict[str, Any]:
    return {
        "description": facts.description or None,
        "deprecated": facts.deprecated or None,
        "x-stability": facts.stability,
    }


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes parts of the document; `names` maps full names of types to those of components.

    `shared` are the names of several methods, which OpenRPC forbids: those go by their labels.
    """

    types: Types
    names: Mapping[str, str]
    validators: Validators
    examples: Mapping[str, Any]
    shared: Collection[str]

    def schema(self, schema: Schema) -> Any:
        """Return a schema whose references lead to the components."""
        return standard(transform(schema, lambda _, node: self._moved(node)))

    def _moved(self, node: Schema) -> Schema:
        if isinstance(node, bool) or "$ref" not in node:
            return node
        name = quote(self.names[full_name(node["$ref"])])
        return {**node, "$ref": f"#/components/schemas/{name}"}

    def method(self, entry: MethodEntry, errors: Collection[str]) -> dict[str, Any]:
        """Return a method; a request of a client may get `errors`."""
        is_shared, params = entry.name in self.shared, entry.method.params
        is_request = entry.kind is Kind.REQUEST
        known = [{"$ref": f"#/components/errors/{key}"} for key in errors]
        return _stated(
            {
                "name": entry.method.label if is_shared else entry.name,
                "x-method": entry.name if is_shared else None,
                **_notes(self.types.message(entry.method).facts),
                "x-sender": entry.sender,
                "x-kind": entry.kind,
                "x-stability": entry.stability,
                "paramStructure": "by-name",
                "params": [*self._params(entry)],
                "x-params": None if params is None else self.schema(params),
                "result": self._result(entry) if is_request else None,
                "errors": known if is_request and entry.sender is Side.CLIENT else None,
                "x-refusal": entry.refusal,
                "examples": [*self._examples(entry)] or None,
            }
        )

    def _params(self, entry: MethodEntry) -> Iterator[dict[str, Any]]:
        """Yield the members of params; one without a name, which OpenRPC forbids, has `x-params` alone."""
        found: dict[str, list[Type]] = {}
        for name, inner in self.types.members(entry.params) if entry.params else ():
            found.setdefault(name, []).append(inner)
        always = self._always(entry.params) if entry.params and entry.params_required else set()
        for name in filter(None, found):
            schemas = [self.schema(inner.text) for inner in found[name]]
            alike = all(schema == schemas[0] for schema in schemas)
            schema = schemas[0] if alike else {"anyOf": schemas}
            about = {"name": name, "required": name in always, "schema": schema}
            yield _stated({**about, **_notes(found[name][0].facts)})

    def _always(self, params: Type) -> set[str]:
        """Return the members that params have whatever their variant."""
        found, may_be_null = split_nullable(self.types.resolve(params))
        found = self.types.resolve(found)
        if may_be_null:
            return set()
        if isinstance(found, Union | All):
            join = set.intersection if isinstance(found, Union) else set.union
            return join(*map(self._always, found.parts()))
        return set(found.required) if isinstance(found, Object) else set()

    def _result(self, entry: MethodEntry) -> dict[str, Any]:
        schema = True if entry.result is None else self.schema(ref_to(entry.result.name))
        return {"name": "result", "required": True, "schema": schema}

    def _examples(self, entry: MethodEntry) -> Iterator[dict[str, Any]]:
        """Yield the recorded message and its answer, where this release still takes both."""
        kept = self.examples.get(entry.name, {})
        message, answer, params = kept.get("message"), kept.get("answer"), []
        if message is None or not self.validators.accepts_message(message, entry.sender):
            return
        for name, value in (message.get("params") or {}).items():
            params.append({"name": name, "value": value})
        pair = {"name": f"recorded {kept['release']}", "params": params}
        if entry.kind is Kind.NOTIFICATION:
            yield pair
        elif answer and self.validators.accepts_response(answer, entry.name, entry.sender):
            yield {**pair, "result": {"name": "result", "value": answer["result"]}}

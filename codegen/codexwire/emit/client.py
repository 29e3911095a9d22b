"""The clients of a generated package: one typed method for each request of the client.

Methods are dealt out by the first word of their wire name; words with few methods share a module.
"""

from __future__ import annotations

import keyword
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from codexwire.direction import Kind, Side, Stability
from codexwire.emit.definitions import Definition, DefinitionKind, Marks, Property
from codexwire.emit.docs import docstring
from codexwire.emit.methods import params_class
from codexwire.emit.names import snake
from codexwire.emit.render import render
from codexwire.emit.shape import shape
from codexwire.errors import EmitError
from codexwire.ir.model import Method, Protocol, Schema, full_name
from codexwire.runtime.client import typed
from codexwire.runtime.exec_client import typed as exec_typed

__all__ = ["client_classes", "plan_client"]

_OWN_MODULE = 4  # methods
_ROOT, _REST = "root", "more"
_OPTIONS = frozenset({"self", "timeout"})
_SCALARS = {
    "string": "str",
    "integer": "int",
    "number": "float",
    "boolean": "bool",
    "null": "None",
}


@dataclass(frozen=True, slots=True)
class Argument:
    """A keyword of a method: its name, type and what is said about it."""

    name: str
    annotation: str
    required: bool
    marks: Marks


@dataclass(frozen=True, slots=True)
class Call:
    """One request as a method: the wire's name and ours, what goes in and comes out.

    `whole` is the class of params that are no object with fields, given as they are.
    """

    wire: str
    name: str
    result: str
    doc: str
    arguments: tuple[Argument, ...] = ()
    whole: str | None = None


@dataclass(frozen=True, slots=True)
class Peer:
    """A protocol's client: its class, and where in the runtime its bases are.

    The async names have `Async` in front. `core` is the base without types, `taken` the names that the
    bases have.
    """

    name: str
    module: str
    base: str
    core: str
    taken: frozenset[str]

    @property
    def classes(self) -> tuple[str, str]:
        """The two classes that the package exports."""
        return self.name, f"Async{self.name}"


_PEERS = {
    "codex-app-server": Peer(
        "AppServerClient",
        typed.__name__,
        "TypedClient",
        "Client",
        frozenset({*dir(typed.AsyncTypedClient), *dir(typed.TypedClient)}),
    ),
    "codex-exec-server": Peer(
        "ExecServerClient",
        exec_typed.__name__,
        "TypedExecClient",
        "ExecClient",
        frozenset({*dir(exec_typed.AsyncTypedExecClient), *dir(exec_typed.TypedExecClient)}),
    ),
}


def client_classes(protocol: Protocol) -> tuple[str, ...]:
    """Return the classes that the package of a protocol exports from its `client`."""
    return tuple(sorted(_PEERS[protocol.name].classes))


@dataclass(frozen=True, slots=True)
class Flavour:
    """What differs between the async and the sync module."""

    package: str
    prefix: str = ""
    head: str = "def"
    wait: str = ""
    title: str = "The blocking client."
    answer: str = "{result} | Mapping[str, Any]"
    imports: str = "Callable, Mapping"


_FLAVOURS = (
    Flavour("sync"),
    Flavour(
        "aio",
        "Async",
        "async def",
        "await ",
        "The client for asyncio and trio.",
        "{result} | Mapping[str, Any] | Awaitable[Any]",
        "Awaitable, Callable, Mapping",
    ),
)


def plan_client(protocol: Protocol, class_of: Mapping[str, str]) -> dict[str, str]:
    """Return the sources of `client/`, by path below the package; they need no formatting.

    `class_of` maps full type names to class names. Raises EmitError when a method's argument has the
    name of an option of ours.
    """
    peer = _PEERS[protocol.name]
    requests = protocol.table(Side.CLIENT, Kind.REQUEST)
    definitions = shape(protocol, frozenset(_payloads(protocol, class_of)))
    calls = {m.name: _call(protocol, m, class_of, definitions, peer.taken) for m in requests}
    domains = _domains(requests)
    groups = {domain: _group(domain) for domain in domains}
    handled = list(_handled(protocol, class_of))
    files = {"client/__init__.py": render("client_package.py.jinja", peer=peer)}
    for flavour in _FLAVOURS:
        for domain, methods in domains.items():
            own = [calls[method] for method in methods]
            types = " ".join(a.annotation for call in own for a in call.arguments)
            files[f"client/{flavour.package}/{domain}.py"] = render(
                "client.py.jinja",
                peer=peer,
                flavour=flavour,
                group=groups[domain],
                title=_title(domain, flavour),
                calls=own,
                uses_any=re.search(r"\bAny\b", types) is not None,
                uses_unset="Unset" in types,
            )
        files[f"client/{flavour.package}/__init__.py"] = render(
            "client_class.py.jinja",
            peer=peer,
            flavour=flavour,
            title=flavour.title,
            groups=groups,
            handled=handled,
        )
    return files


def _handled(protocol: Protocol, class_of: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield the server's requests with the types of their params and results."""
    for method in protocol.table(Side.SERVER, Kind.REQUEST):
        if method.result is None:
            continue
        params, _ = params_class(protocol, method, class_of)
        typed = "Any" if params is None else f"models.{params}"
        yield method.name, typed, f"models.{class_of[method.result]}"


def _payloads(protocol: Protocol, class_of: Mapping[str, str]) -> Iterator[str]:
    for method in protocol.methods:
        params, _ = params_class(protocol, method, class_of)
        if params is not None:
            yield params
        if method.result is not None:
            yield class_of[method.result]


def _call(
    protocol: Protocol,
    method: Method,
    class_of: Mapping[str, str],
    definitions: Mapping[str, Definition],
    taken: frozenset[str],
) -> Call:
    if method.result is None:
        raise EmitError(f"{method.name!r} has no result type")
    params, _ = params_class(protocol, method, class_of)
    call = Call(method.name, _name(method.name, taken), f"models.{class_of[method.result]}", "")
    definition = None if params is None else definitions[params]
    if definition is not None and definition.kind is not DefinitionKind.MODEL:
        call = replace(call, whole=f"models.{params}")
    elif definition is not None:
        call = replace(call, arguments=tuple(_arguments(method, definition)))
    return replace(call, doc=_doc(method, call.arguments))


def _arguments(method: Method, definition: Definition) -> Iterator[Argument]:
    """Yield the arguments, required ones first."""
    for prop in sorted(definition.properties, key=lambda p: not p.required):
        if prop.name in _OPTIONS:
            raise EmitError(f"{method.name!r} has an argument {prop.name!r}, which is an option")
        yield Argument(prop.name, _type(prop), prop.required, prop.marks)


def _type(prop: Property) -> str:
    annotation = _annotation(prop.schema)
    return annotation if prop.required or annotation == "Any" else f"{annotation} | Unset"


def _annotation(schema: Schema) -> str:
    """Return the type expression for a flat schema."""
    if not isinstance(schema, dict):
        return "Any"
    if "$ref" in schema:
        return f"models.{full_name(schema['$ref'])}"
    for keyword_ in ("anyOf", "oneOf"):
        if keyword_ in schema:
            return " | ".join(dict.fromkeys(_annotation(s) for s in schema[keyword_]))
    if "allOf" in schema and len(schema["allOf"]) == 1:
        return _annotation(schema["allOf"][0])
    kinds = schema.get("type", ())
    kinds = [kinds] if isinstance(kinds, str) else kinds
    return " | ".join(_kind(kind, schema) for kind in kinds) or "Any"


def _kind(kind: str, schema: dict[str, Any]) -> str:
    if kind == "array":
        return f"list[{_annotation(schema.get('items', True))}]"
    if kind == "object":
        return f"dict[str, {_annotation(schema.get('additionalProperties', True))}]"
    return _SCALARS[kind]


def _doc(method: Method, arguments: Iterable[Argument]) -> str:
    """Return the docstring: what the request does, and what is said about its arguments."""
    lines = []
    for argument in arguments:
        text = " ".join(argument.marks.description.split("\n\n")[0].split())
        if argument.marks.stability is Stability.EXPERIMENTAL:
            text = f"{text} (Experimental.)".lstrip()
        if text:
            lines.append(f"- `{argument.name}`: {text}")
    deprecated = "x-deprecated" in method.branch
    parts = (f"Request `{method.name}`.", method.description)
    marks = Marks("\n\n".join(p for p in parts if p), method.stability, deprecated)
    return docstring(marks, indent=8, notes=["\n".join(lines)] if lines else [])


def _name(method: str, taken: frozenset[str]) -> str:
    name = "_".join(snake(part) for part in method.split("/"))
    return f"{name}_" if name in taken or keyword.iskeyword(name) else name


def _domains(requests: Iterable[Method]) -> dict[str, list[str]]:
    """Return module name → methods, in alphabetical order of the modules."""
    names = [m.name for m in requests]
    sizes = Counter(map(_word, names))
    dealt: dict[str, list[str]] = {}
    for name in names:
        word = _word(name)
        own = sizes[word] >= _OWN_MODULE or word == _ROOT
        dealt.setdefault(word if own else _REST, []).append(name)
    return dict(sorted(dealt.items()))


def _word(method: str) -> str:
    word, slash, _ = method.partition("/")
    return snake(word) if slash else _ROOT


def _group(domain: str) -> str:
    """Return the name of a module's class."""
    return "".join(word.capitalize() for word in domain.split("_")) + "Methods"


def _title(domain: str, flavour: Flavour) -> str:
    what = {_ROOT: "Requests without a slash", _REST: "Requests of small groups"}
    kind = "async" if flavour.prefix else "blocking"
    return f"{what.get(domain, f'Requests of `{domain}`')}, {kind}."

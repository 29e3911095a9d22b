"""The clients of a generated package: one typed method for each request of the client.

Methods are assigned to modules by the first word of their wire name; words with few methods share a module.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from importlib import import_module

from codexwire.direction import Kind, Side, Stability
from codexwire.emit.definitions import Definition, DefinitionKind, Marks, ModelProperty
from codexwire.emit.docs import docstring
from codexwire.emit.expressions import expression, words
from codexwire.emit.flatten import shape
from codexwire.emit.methods import params_class
from codexwire.emit.names import distinct, identifier, snake
from codexwire.emit.render import render
from codexwire.ir.model import Method, Protocol
from codexwire.model.profile import ClientBase, profile_of
from codexwire.model.spelling import wire_name
from codexwire.model.types import List

__all__ = ["client_classes", "plan_client", "request_names"]

_OWN_MODULE = 4  # methods
_ROOT, _REST = "root", "more"
_ANY = "Any"
# What the methods of a client use besides their arguments.
_TAKEN = frozenset({"models", "result", "self", "timeout"})


@dataclass(frozen=True, slots=True)
class Argument:
    """A keyword of a method: its name, the field that it sets, its type and what is said about it."""

    name: str
    field: str
    annotation: str
    required: bool
    marks: Marks


@dataclass(frozen=True, slots=True)
class ClientMethod:
    """One request as a method: the wire's name and ours, what goes in and comes out.

    `whole` is the class of params that are no object with fields, given as they are. `result` is Any
    where it is not known. `entry` is the type of what the request lists in pages, and `all` the name of
    the method that yields them from every page; both are empty for a request that does not.
    """

    wire: str
    name: str
    result: str
    doc: str
    arguments: tuple[Argument, ...] = ()
    whole: str | None = None
    entry: str = ""
    all: str = ""


def _taken(base: ClientBase) -> frozenset[str]:
    """Return the names that the bases of a client have."""
    module = import_module(base.module)
    classes = (getattr(module, f"{prefix}{base.base}") for prefix in ("Async", ""))
    return frozenset(name for found in classes for name in dir(found))


def client_classes(protocol: Protocol) -> tuple[str, ...]:
    """Return the classes that the package of a protocol exports from its `client`."""
    base = profile_of(protocol).client
    return () if base is None else tuple(sorted(base.classes))


def request_names(protocol: Protocol) -> dict[str, str]:
    """Return the name of the client's method for each request; none where there is no client."""
    base = profile_of(protocol).client
    requests = protocol.table(Side.CLIENT, Kind.REQUEST)
    return {} if base is None else _names(requests, _taken(base))


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
    iterator: str = "Iterator"


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
        "AsyncIterator",
    ),
)


def plan_client(protocol: Protocol, class_of: Mapping[str, str]) -> dict[str, str]:
    """Return the sources of `client/`, by path below the package.

    The protocol is a prepared one; `class_of` maps full type names to class names. There are none where
    the runtime has no client for the protocol.
    """
    peer = profile_of(protocol).client
    if peer is None:
        return {}
    requests = protocol.table(Side.CLIENT, Kind.REQUEST)
    definitions = shape(protocol, frozenset(_payloads(protocol, class_of)))
    taken = _taken(peer)
    names = _names(requests, taken)
    calls = {m.name: _call(protocol, m, names[m.name], class_of, definitions) for m in requests}
    calls = _with_lists(calls, taken)
    domains = _domains(requests)
    groups = {domain: _group(domain) for domain in domains}
    handled = list(_handled(protocol, class_of))
    files = {"client/__init__.py": render("client_package.py.jinja", peer=peer)}
    for flavour in _FLAVOURS:
        for domain, methods in domains.items():
            own = [calls[method] for method in methods]
            source = _module(domain, own, group=groups[domain], peer=peer, flavour=flavour)
            files[f"client/{flavour.package}/{domain}.py"] = source
        files[f"client/{flavour.package}/__init__.py"] = render(
            "client_class.py.jinja",
            peer=peer,
            flavour=flavour,
            title=flavour.title,
            groups=groups,
            handled=handled,
        )
    return files


def _module(
    domain: str, calls: Sequence[ClientMethod], *, group: str, peer: ClientBase, flavour: Flavour
) -> str:
    """Return the source of the module of one domain."""
    types = [c.result for c in calls] + [c.entry for c in calls]
    types += [a.annotation for c in calls for a in c.arguments]
    used = {word for text in types for word in words(text)}
    return render(
        "client.py.jinja",
        peer=peer,
        flavour=flavour,
        group=group,
        title=_title(domain, flavour),
        calls=calls,
        lists=any(call.entry for call in calls),
        typing=sorted(used & {_ANY, "Literal"}),
        unset=["UNSET"] * any(not a.required for c in calls for a in c.arguments)
        + ["Unset"] * ("Unset" in used),
    )


def _handled(protocol: Protocol, class_of: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield the server's requests with the types of their params and results."""
    for method in protocol.table(Side.SERVER, Kind.REQUEST):
        params, _ = params_class(protocol, method, class_of)
        typed = _ANY if params is None else f"models.{params}"
        yield method.name, typed, _result(method, class_of)


def _result(method: Method, class_of: Mapping[str, str]) -> str:
    return _ANY if method.result is None else f"models.{class_of[method.result]}"


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
    name: str,
    class_of: Mapping[str, str],
    definitions: Mapping[str, Definition],
) -> ClientMethod:
    params, _ = params_class(protocol, method, class_of)
    call = ClientMethod(method.name, name, _result(method, class_of), "")
    definition = None if params is None else definitions[params]
    if definition is not None and definition.kind is not DefinitionKind.MODEL:
        call = replace(call, whole=f"models.{params}")
    elif definition is not None:
        call = replace(call, arguments=tuple(_arguments(definition)))
    page = None if method.result is None else definitions[class_of[method.result]]
    if definition is not None and page is not None:
        call = replace(call, entry=_entry(definition, page))
    return replace(call, doc=_doc(method, call.arguments))


def _entry(params: Definition, page: Definition) -> str:
    """Return the type of what a request lists in pages; empty for one that does not."""
    found = {p.wire: p.type for p in page.properties}
    listed = found.get("data")
    if not isinstance(listed, List) or "nextCursor" not in found:
        return ""
    if "cursor" not in {p.wire for p in params.properties}:
        return ""
    return expression(listed.items, prefix="models.")


def _with_lists(
    calls: Mapping[str, ClientMethod], taken: frozenset[str]
) -> dict[str, ClientMethod]:
    """Return the calls with the names of the methods that yield what they list."""
    used = taken | {call.name for call in calls.values()}
    named = {}
    for wire, call in calls.items():
        name = f"{call.name}_all"
        while name in used:
            name += "_"
        named[wire] = replace(call, all=name) if call.entry else call
    return named


def _arguments(definition: Definition) -> Iterator[Argument]:
    """Yield the arguments, required ones first."""
    fields = {p.name for p in definition.properties}
    for prop in sorted(definition.properties, key=lambda p: not p.required):
        name = prop.name
        while name in _TAKEN or (name != prop.name and name in fields):
            name += "_"
        yield Argument(name, prop.name, _type(prop), prop.required, prop.marks)


def _type(prop: ModelProperty) -> str:
    annotation = expression(prop.type, prefix="models.")
    return annotation if prop.required or annotation == _ANY else f"{annotation} | Unset"


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
    unknown = "" if method.result else "The type of its result is not known."
    parts = (f"Request `{method.name}`.", method.description, unknown)
    marks = Marks("\n\n".join(p for p in parts if p), method.stability, deprecated)
    return docstring(marks, indent=8, notes=["\n".join(lines)] if lines else [])


def _names(requests: Iterable[Method], taken: frozenset[str]) -> dict[str, str]:
    """Return the name of the method for each request, all different."""
    names = {m.name: "_".join(filter(None, map(snake, m.name.split("/")))) for m in requests}
    return distinct(
        {wire: identifier(name, taken, "request_") for wire, name in names.items()},
        lambda wire, name: wire == name.replace("_", "/"),
        lambda wire, _: all(wire_name(snake(part)) == part for part in wire.split("/")),
    )


def _domains(requests: Iterable[Method]) -> dict[str, list[str]]:
    """Return module name → methods, in alphabetical order of the modules."""
    names = [m.name for m in requests]
    sizes = Counter(map(_word, names))
    assigned: dict[str, list[str]] = {}
    for name in names:
        word = _word(name)
        own = sizes[word] >= _OWN_MODULE or word == _ROOT
        assigned.setdefault(word if own else _REST, []).append(name)
    return dict(sorted(assigned.items()))


def _word(method: str) -> str:
    word, slash, _ = method.partition("/")
    return identifier(snake(word), prefix="group_") if slash else _ROOT


def _group(domain: str) -> str:
    """Return the name of a module's class."""
    return "".join(word.capitalize() for word in domain.split("_")) + "Methods"


def _title(domain: str, flavour: Flavour) -> str:
    what = {_ROOT: "Requests without a slash", _REST: "Requests of small groups"}
    kind = "async" if flavour.prefix else "blocking"
    return f"{what.get(domain, f'Requests of `{domain}`')}, {kind}."

"""Definitions are assigned to modules that import one way, and ordered within them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from codexwire.emit.definitions import Definition, DefinitionKind
from codexwire.emit.domains import domain_index
from codexwire.ir.layout import Namespaces
from codexwire.model.profile import Domain, Profile

__all__ = ["Module", "assign_modules", "circles", "looking_ahead", "strongly_connected"]


@dataclass(frozen=True, slots=True)
class Module:
    """One module of models: its definitions in the order in which they are printed.

    `imports` maps earlier modules to the names that this one takes from them.
    """

    name: str
    title: str
    definitions: tuple[Definition, ...]
    imports: Mapping[str, tuple[str, ...]]


def assign_modules(
    definitions: Mapping[str, Definition], profile: Profile, spaces: Namespaces
) -> tuple[Module, ...]:
    """Return the modules in import order, without empty ones: the domains of the profile.

    Definitions that refer to each other share a module; a definition stands after what it refers
    to, unless they are aliases of each other.
    """
    domains = profile.domains
    own = {
        name: domain_index(domains, spaces.bare(definition.owner))
        for name, definition in definitions.items()
    }
    graph = {name: sorted(set(d.references())) for name, d in definitions.items()}
    place: dict[str, int] = {}
    content: dict[int, list[Definition]] = {}
    for group in strongly_connected(graph):
        index = max(
            max(own[name] for name in group),
            max((place[r] for name in group for r in graph[name] if r in place), default=0),
        )
        for name in _by_need(group, definitions, graph):
            place[name] = index
            content.setdefault(index, []).append(definitions[name])
    return tuple(
        _module(domains, index, found, graph, place) for index, found in sorted(content.items())
    )


def circles(definitions: Mapping[str, Definition]) -> frozenset[str]:
    """Return the aliases that lead to themselves without a class in between."""
    graph = {
        name: () if d.kind is DefinitionKind.MODEL else sorted(set(d.references()))
        for name, d in definitions.items()
    }
    groups = strongly_connected(graph)
    return frozenset(n for g in groups for n in g if len(g) > 1 or n in graph[n])


def looking_ahead(modules: Iterable[Module]) -> Iterator[str]:
    """Yield the names of definitions that refer to one that stands after them, or to themselves."""
    for module in modules:
        later = {definition.name for definition in module.definitions}
        for definition in module.definitions:
            if not later.isdisjoint(definition.references()):
                yield definition.name
            later.discard(definition.name)


def _module(
    domains: tuple[Domain, ...],
    index: int,
    found: list[Definition],
    graph: Mapping[str, Iterable[str]],
    place: Mapping[str, int],
) -> Module:
    imports: dict[int, set[str]] = {}
    for definition in found:
        for name in graph[definition.name]:
            if place[name] != index:
                imports.setdefault(place[name], set()).add(name)
    domain = domains[index]
    return Module(
        domain.name,
        domain.title,
        tuple(found),
        {domains[i].name: tuple(sorted(names)) for i, names in sorted(imports.items())},
    )


def _by_need(
    group: tuple[str, ...],
    definitions: Mapping[str, Definition],
    graph: Mapping[str, Iterable[str]],
) -> Iterator[str]:
    """Order a cycle so that aliases come after what they name; the fields of models may look ahead."""
    if len(group) == 1 and group[0] not in graph[group[0]]:
        yield from group
        return
    eager = {
        name: []
        if definitions[name].kind is DefinitionKind.MODEL
        else [other for other in graph[name] if other in group]
        for name in group
    }
    for inner in strongly_connected(eager):
        yield from inner


def strongly_connected(graph: Mapping[str, Iterable[str]]) -> Iterator[tuple[str, ...]]:
    """Yield the strongly connected groups of a graph, what is referred to first.

    Names and references are visited in the order given (Tarjan's algorithm without recursion).
    """
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    on_stack: set[str] = set()
    for root in graph:
        if root in index:
            continue
        work = [(root, iter(graph[root]))]
        index[root] = low[root] = len(index)
        stack.append(root)
        on_stack.add(root)
        while work:
            node, edges = work[-1]
            for target in edges:
                if target not in index:
                    index[target] = low[target] = len(index)
                    stack.append(target)
                    on_stack.add(target)
                    work.append((target, iter(graph[target])))
                    break
                if target in on_stack:
                    low[node] = min(low[node], index[target])
            else:
                work.pop()
                if work:
                    low[work[-1][0]] = min(low[work[-1][0]], low[node])
                if low[node] == index[node]:
                    at = stack.index(node)
                    group = stack[at:]
                    del stack[at:]
                    on_stack.difference_update(group)
                    yield tuple(sorted(group))

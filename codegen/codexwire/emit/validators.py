"""The validators of the generated package: one module for each first word of the methods.

The source of every function and Struct comes from `codexwire.wire`, which compiles the same in memory.
Here it is split: what serves methods of one word goes to that word's module, what serves several
to `shared`; words with few methods share a module.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from codexwire.direction import Kind, Side
from codexwire.emit.names import snake
from codexwire.emit.render import render
from codexwire.ir.complete import complete
from codexwire.ir.envelope import envelope_schema, members_beside, message_schemas
from codexwire.ir.model import Method, Protocol, Schema, ref_to
from codexwire.ir.walk import references
from codexwire.runtime import checks, gates
from codexwire.wire.fast_path import FastPathWriter, has_plain_envelope
from codexwire.wire.naming import python_name
from codexwire.wire.predicates import PredicateWriter

__all__ = ["VALIDATOR_EXPORTS", "plan_validators"]

VALIDATOR_EXPORTS = ("accepts_line", "accepts_message", "accepts_result", "accepts_value")
"""The functions that the module `validators` offers."""

_SHARED, _ROOT, _REST = "shared", "root", "more"
_OWN_MODULE = 4  # methods
_WORD = re.compile(r"[A-Za-z_]\w*")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"|\'(?:[^\'\\]|\\.)*\'')
_DEFINED = re.compile(r"^(?:def |class )?(\w+)(?=[ (])", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class _Module:
    """The source of one module: functions and tables, Structs, and the rows of its two tables.

    A row is a side, a method, and the names of what judges its messages.
    """

    name: str
    title: str
    predicates: str
    structs: str
    messages: tuple[tuple[str, ...], ...] = ()
    results: tuple[tuple[str, ...], ...] = ()

    def uses(self, names: Iterable[str]) -> list[str]:
        """Return which of the names occur in the module, sorted."""
        words = set(_WORD.findall(_STRING.sub("", f"{self.predicates}\n{self.structs}")))
        words.update(name for row in (*self.messages, *self.results) for name in row[2:])
        return sorted(words.intersection(names))


def plan_validators(protocol: Protocol, package: str) -> dict[str, str]:
    """Return the files of the subpackage `validators`, by path below the package folder.

    `package` is the import name of the generated package. Raises RecursionError for types that refer to
    each other in a chain too long to be written.
    """
    protocol, _ = complete(protocol)
    module_of = _modules_of_methods(protocol)
    writer = _Writer(protocol, module_of)
    shared = writer.shared(_types_of_several(protocol, module_of))
    defined = _DEFINED.findall(f"{shared.predicates}\n{shared.structs}")
    modules = [writer.module(name) for name in sorted(set(module_of.values()))]
    files = {f"validators/{m.name}.py": _print(m, defined) for m in modules}
    files[f"validators/{_SHARED}.py"] = _print(shared, ())
    files["validators/__init__.py"] = render(
        "validators.py.jinja",
        package=package,
        envelope=writer.envelope,
        exports=VALIDATOR_EXPORTS,
        sides=[
            (side, sorted((m, module_of[m]) for m in message_schemas(protocol, side)))
            for side in Side
        ],
    )
    return dict(sorted(files.items()))


def _print(module: _Module, shared: Iterable[str]) -> str:
    entries = ["MessageEntry"] * bool(module.messages) + ["ResultEntry"] * bool(module.results)
    imports = {
        "codexwire.runtime.accept": entries,
        "codexwire.runtime.checks": module.uses(checks.__all__),
        "codexwire.runtime.gates": module.uses(gates.__all__),
        ".shared": module.uses(shared),
    }
    used = {origin: names for origin, names in imports.items() if names}
    return render("validators_module.py.jinja", module=module, imports=used)


def _modules_of_methods(protocol: Protocol) -> dict[str, str]:
    """Return the module of every method."""
    word = {m.name: _module_name(m.name) for m in protocol.methods}
    counts = Counter(word.values())
    return {
        name: found if counts[found] >= _OWN_MODULE or found == _ROOT else _REST
        for name, found in word.items()
    }


def _module_name(method: str) -> str:
    if "/" not in method:
        return _ROOT
    name = python_name(snake(method.split("/")[0]))
    return f"{name}_" if name == _SHARED else name


def _types_of_several(protocol: Protocol, module_of: Mapping[str, str]) -> list[str]:
    """Return the types that methods of more than one module lead to."""
    users: defaultdict[str, set[str]] = defaultdict(set)
    for method in protocol.methods:
        for name in _reachable(protocol, method):
            users[name].add(module_of[method.name])
    return sorted(name for name, found in users.items() if len(found) > 1)


def _reachable(protocol: Protocol, method: Method) -> set[str]:
    found: set[str] = set()
    waiting = [*references(method.branch), *([method.result] if method.result else [])]
    for schema in members_beside(protocol, method).values():
        waiting += references(schema)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            waiting += references(protocol.types[name].schema)
    return found


@dataclass(slots=True)
class _Writer:
    """Writes modules one after the other; what an earlier one has, the later ones import."""

    protocol: Protocol
    module_of: Mapping[str, str]
    predicates: PredicateWriter = field(init=False)
    structs: FastPathWriter = field(init=False)
    plain_envelope: bool = field(init=False)
    envelope: str = ""

    def __post_init__(self) -> None:
        self.predicates = PredicateWriter(self.protocol)
        self.structs = FastPathWriter(self.protocol)
        self.plain_envelope = has_plain_envelope(self.protocol)

    def shared(self, types: list[str]) -> _Module:
        """Return the module of types that several modules need."""
        roots: dict[str, Schema] = {name: ref_to(name) for name in types}
        roots["response"] = envelope_schema(self.protocol, "JSONRPCResponse")
        chunk = self.predicates.write(roots)
        self.envelope = chunk.roots["response"]
        title = "Types that messages of several modules hold."
        return _Module(_SHARED, title, chunk.text, self.structs.write_types(types))

    def module(self, name: str) -> _Module:
        """Return the module of the methods that are assigned to a name."""
        messages = {
            (side, method): schema
            for side in Side
            for method, schema in message_schemas(self.protocol, side).items()
            if self.module_of[method] == name
        }
        results = {
            (m.sender, m.name): m.result
            for m in self.protocol.methods
            if m.kind is Kind.REQUEST and self.module_of[m.name] == name
        }
        known = [full for full in results.values() if full is not None]
        chunk = self.predicates.write(
            {f"{side} {method}": schema for (side, method), schema in messages.items()}
            | {f"result {full}": ref_to(full) for full in known}
        )
        structs = {key: self._struct(key, schema) for key, schema in messages.items()}
        answers = {full: self._result(full) for full in sorted({*known})}
        unknown = ("Raw" if self.plain_envelope else "None", "is_anything")
        judges = {full: (answers[full][0], chunk.roots[f"result {full}"]) for full in answers}
        return _Module(
            name,
            f"Validators of the methods of `{name}`.",
            chunk.text,
            "\n\n".join(s for _, s in (*structs.values(), *answers.values()) if s),
            tuple(
                (side.value, method, structs[side, method][0], chunk.roots[f"{side} {method}"])
                for side, method in messages
            ),
            tuple(
                (side.value, method, *(unknown if full is None else judges[full]))
                for (side, method), full in results.items()
            ),
        )

    def _struct(self, key: tuple[Side, str], schema: Schema) -> tuple[str, str]:
        return self.structs.write_message(f"{key[0]} {key[1]}", key[1], schema) or ("None", "")

    def _result(self, full: str) -> tuple[str, str]:
        """Return the annotation of a result, and the source that defines what is in it."""
        if not self.plain_envelope:
            return ("None", "")
        source = self.structs.write_types([full])
        return self.structs.annotation(full) or "None", source

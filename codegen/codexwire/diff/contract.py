"""What one client sends and reads: a contract that a comparison can be narrowed to.

    version = 1
    release = "0.163.0"

    [methods]
    ClientRequest = ["initialize", "turn/start"]
    ServerNotification = ["turn/completed"]

    [sends."v2/TurnStartParams"]
    fields = [".input", ".threadId"]

    [reads."v2/Turn"]
    fields = [".id", ".status"]

    [reads."v2/TurnStatus"]
    values = ["=completed"]

Places are written as in the findings: `.name` a property, `[]` items, `{}` map values, `<tag>` a variant,
`=text` a string of a small set, or `=null`, `=true`, `=false`. A contract without `sends` and `reads` stands
for all that the messages of its methods contain; `codexwire.diff.refusal`, which asks for what is sent,
takes it for their required fields.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, NamedTuple

import msgspec
from msgspec import Struct

from codexwire.diff.usage import TypeUsage, inventory, set_at
from codexwire.diff.value_sets import ValueSets
from codexwire.errors import ContractError
from codexwire.ir.model import UNIONS, Protocol
from codexwire.location import Location
from codexwire.model.cached import cached
from codexwire.toml import TomlValue, quoted, read_toml

__all__ = ["Contract", "ContractEntry", "ContractFile", "format_contract", "read_contract"]

_UNIONS = {u.union: u for u in UNIONS}
_PARTS = ("fields", "variants", "values")
_WIDTH = 80
_READS = "# What it reads is an upper bound: all that it was sent. Delete what the client does not look at."


class Contract(Struct, frozen=True):
    """The methods by union, and the used parts of types by who writes them, by full name."""

    methods: Mapping[str, frozenset[str]]
    sends: Mapping[str, TypeUsage]
    reads: Mapping[str, TypeUsage]
    release: str = ""


def format_contract(contract: Contract) -> str:
    """Return the contract as TOML, sorted."""
    lines = ["version = 1"]
    if contract.release:
        lines.append(f"release = {quoted(contract.release)}")
    if contract.reads:
        lines.append(_READS)
    lines += ["", "[methods]"]
    lines += [f"{u} = {_array(contract.methods[u])}" for u in _UNIONS if contract.methods.get(u)]
    for section, types in (("sends", contract.sends), ("reads", contract.reads)):
        for name, usage in sorted(types.items()):
            lines += ["", f"[{section}.{quoted(name)}]"]
            for part in _PARTS:
                if found := getattr(usage, part):
                    lines.append(f"{part} = {_array(found)}")
    return "\n".join(lines) + "\n"


def _array(values: Iterable[str]) -> str:
    """An array on one line when it is short, else with an entry on each line."""
    entries = [quoted(v) for v in sorted(values)]
    line = f"[{', '.join(entries)}]"
    return line if len(line) <= _WIDTH else "\n".join(["[", *(f"  {e}," for e in entries), "]"])


class ContractEntry(NamedTuple):
    """An entry of a contract as it is written, what it names, and what it could have named."""

    written: TomlValue
    what: str
    name: str
    known: Iterable[str]


class ContractFile(Struct, frozen=True):
    """A contract, and the document that it was read from."""

    contract: Contract
    document: TomlValue

    def missing(self, protocols: Iterable[Protocol]) -> Iterator[ContractEntry]:
        """Yield every entry that none of the protocols has."""
        return _missing(self.document, [cached(ValueSets, p) for p in protocols])


def read_contract(path: Path) -> ContractFile:
    """Return the contract in a file; ContractError for one that is not as described or names nothing."""
    document = read_toml(path, "contract", error=ContractError)
    contract = _contract(document)
    if not (any(contract.methods.values()) or contract.sends or contract.reads):
        raise ContractError(
            "the contract names no method and no type",
            location=Location(str(path)),
            hint="every comparison would pass; `codexwire contract from` writes one",
        )
    return ContractFile(contract, document)


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A contract as it is written."""

    version: Literal[1]
    release: str = ""
    methods: dict[str, Any] = {}
    sends: dict[str, Any] = {}
    reads: dict[str, Any] = {}


class _Parts(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is used of one type, as it is written."""

    fields: tuple[str, ...] = ()
    variants: tuple[str, ...] = ()
    values: tuple[str, ...] = ()


def _contract(document: TomlValue) -> Contract:
    table = document.read(_Table)
    for union, names in document.entries("methods"):
        if union not in _UNIONS:
            raise names.problem(f"no union {union!r}", hint=f"one of {', '.join(_UNIONS)}")
    return Contract(
        {u: frozenset(names.read(tuple[str, ...])) for u, names in document.entries("methods")},
        {name: _usage(parts) for name, parts in document.entries("sends")},
        {name: _usage(parts) for name, parts in document.entries("reads")},
        table.release,
    )


def _usage(table: TomlValue) -> TypeUsage:
    parts = table.read(_Parts)
    return TypeUsage(set(parts.fields), set(parts.variants), set(parts.values))


def _missing(document: TomlValue, versions: list[ValueSets]) -> Iterator[ContractEntry]:
    for union, names in document.entries("methods"):
        table = _UNIONS[union]
        known = {m.name for v in versions for m in v.protocol.table(table.sender, table.kind)}
        for name in names.items():
            if name.value not in known:
                yield ContractEntry(name, f"the {union} method {name.value!r}", name.value, known)
    for section in ("sends", "reads"):
        for type_name, usage in document.entries(section):
            types = {name for v in versions for name in v.protocol.types}
            if type_name not in types:
                yield ContractEntry(usage, f"the type {type_name!r}", type_name, types)
                continue
            parts = [inventory(v, type_name) for v in versions]
            for part in _PARTS:
                have = set().union(*(getattr(p, part) for p in parts))
                for place in usage.items(part):
                    known_value = part == "values" and _takes(versions, type_name, place.value)
                    if place.value not in have and not known_value:
                        yield ContractEntry(
                            place, f"{place.value!r} in {type_name}", place.value, have
                        )


_LITERALS = {"null": "null", "true": "boolean", "false": "boolean"}


def _takes(versions: Iterable[ValueSets], type_name: str, value: str) -> bool:
    """Whether a value that no version lists is one that a version takes at its place."""
    place, _, text = value.partition("=")
    value_sets = [set_at(v, type_name, place) for v in versions]
    kind = _LITERALS.get(text)
    return any(
        value_set.any
        or kind in value_set.kinds
        or (value_set.string is not None and value_set.string.values is None)
        for value_set in value_sets
    )

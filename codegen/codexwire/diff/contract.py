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
`=text` a value of a closed set of strings. A contract without `sends` and `reads` stands for all that the
messages of its methods contain.
"""

from __future__ import annotations

import json
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codexwire.diff.once import once
from codexwire.diff.shapes import Shapes
from codexwire.diff.usage import Usage, inventory
from codexwire.errors import ContractError
from codexwire.ir.model import UNIONS, Protocol
from codexwire.location import Location

__all__ = ["Contract", "contract_release", "format_contract", "read_contract"]

_UNIONS = {u.union: u for u in UNIONS}
_PARTS = ("fields", "variants", "values")
_WIDTH = 80


@dataclass(frozen=True, slots=True)
class Contract:
    """The methods by union, and the used parts of types by who writes them, by full name."""

    methods: Mapping[str, frozenset[str]]
    sends: Mapping[str, Usage]
    reads: Mapping[str, Usage]
    release: str = ""


def format_contract(contract: Contract) -> str:
    """Return the contract as TOML, sorted."""
    lines = ["version = 1"]
    if contract.release:
        lines.append(f"release = {_toml(contract.release)}")
    lines += ["", "[methods]"]
    lines += [f"{u} = {_array(contract.methods[u])}" for u in _UNIONS if contract.methods.get(u)]
    for section, types in (("sends", contract.sends), ("reads", contract.reads)):
        for name, usage in sorted(types.items()):
            lines += ["", f"[{section}.{_toml(name)}]"]
            for part in _PARTS:
                if found := getattr(usage, part):
                    lines.append(f"{part} = {_array(found)}")
    return "\n".join(lines) + "\n"


def _array(values: Iterable[str]) -> str:
    """An array on one line when it is short, else with an entry on each line."""
    entries = [_toml(v) for v in sorted(values)]
    line = f"[{', '.join(entries)}]"
    return line if len(line) <= _WIDTH else "\n".join(["[", *(f"  {e}," for e in entries), "]"])


def _toml(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def read_contract(path: Path, protocols: Iterable[Protocol]) -> Contract:
    """Return the contract in a file.

    Raises ContractError for a file that is not as described or names nothing, and for an entry that
    none of the protocols has.
    """
    text, table = _read(path)
    reader = _Reader(path, text)
    contract = reader.contract(table)
    if not (any(contract.methods.values()) or contract.sends or contract.reads):
        raise ContractError(
            "the contract names no method and no type",
            location=Location(str(path)),
            hint="every comparison would pass; `codexwire contract from` writes one",
        )
    for entry, what in _missing(contract, [once(Shapes, p) for p in protocols]):
        raise ContractError(
            f"no version has {what}",
            location=reader.at(entry),
            hint="is it spelled as in the schema?",
        )
    return contract


def contract_release(path: Path) -> str:
    """Return the release that a contract was made for, empty when it names none."""
    return str(_read(path)[1].get("release", ""))


def _read(path: Path) -> tuple[str, dict[str, Any]]:
    try:
        text = path.read_text("utf-8")
        return text, tomllib.loads(text)
    except OSError as error:
        raise ContractError(
            f"cannot read the contract: {error.strerror}", location=Location(str(path))
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContractError(f"not TOML: {error}", location=Location(str(path))) from None


class _Reader:
    """One contract file: its table, and where an entry stands in its text."""

    def __init__(self, path: Path, text: str) -> None:
        self._path = path
        self._lines = text.splitlines()

    def at(self, entry: str) -> Location:
        """Return the place of the first line that has an entry in quotes or as a key."""
        for number, line in enumerate(self._lines, 1):
            if _toml(entry) in line or line.split("=")[0].strip() == entry:
                return Location(str(self._path), number)
        return Location(str(self._path))

    def error(self, message: str, entry: str, hint: str | None = None) -> ContractError:
        """Return an error at an entry."""
        return ContractError(message, location=self.at(entry), hint=hint)

    def contract(self, table: dict[str, Any]) -> Contract:
        """Return the contract that a table describes."""
        known = {"version", "release", "methods", "sends", "reads"}
        for key in table.keys() - known:
            raise self.error(f"unknown key {key!r}", key, f"known: {', '.join(sorted(known))}")
        if table.get("version") != 1:
            raise self.error("the contract has no version 1", "version", "write version = 1")
        methods = self._table(table, "methods")
        for union in methods.keys() - _UNIONS.keys():
            raise self.error(f"no union {union!r}", union, f"one of {', '.join(_UNIONS)}")
        return Contract(
            {union: frozenset(self._strings(methods, union)) for union in methods},
            self._usages(table, "sends"),
            self._usages(table, "reads"),
            str(table.get("release", "")),
        )

    def _usages(self, table: dict[str, Any], section: str) -> dict[str, Usage]:
        found = {}
        for name, parts in self._table(table, section).items():
            if not isinstance(parts, dict) or parts.keys() - set(_PARTS):
                raise self.error(
                    f"{section} of {name} is not made of {', '.join(_PARTS)}", name, None
                )
            found[name] = Usage(*(set(self._strings(parts, part)) for part in _PARTS))
        return found

    def _table(self, table: dict[str, Any], key: str) -> dict[str, Any]:
        value = table.get(key, {})
        if not isinstance(value, dict):
            raise self.error(f"{key!r} is no table", key)
        return value

    def _strings(self, table: dict[str, Any], key: str) -> list[str]:
        value = table.get(key, [])
        if not isinstance(value, list) or not all(isinstance(v, str) for v in value):
            raise self.error(f"{key!r} is no list of strings", key)
        return value


def _missing(contract: Contract, versions: list[Shapes]) -> Iterator[tuple[str, str]]:
    """Yield (entry, what it is) for everything that no version has."""
    for union, names in contract.methods.items():
        table = _UNIONS[union]
        known = {m.name for v in versions for m in v.protocol.table(table.sender, table.kind)}
        for name in sorted(names - known):
            yield name, f"the {union} method {name!r}"
    for types in (contract.sends, contract.reads):
        for name, usage in sorted(types.items()):
            if not any(name in v.protocol.types for v in versions):
                yield name, f"the type {name!r}"
                continue
            parts = [inventory(v, name) for v in versions]
            for part in _PARTS:
                have = set().union(*(getattr(p, part) for p in parts))
                for place in sorted(getattr(usage, part) - have):
                    yield place, f"{place!r} in {name}"

"""Response types and rules that a project or an installed package adds to codexwire's own.

In pyproject.toml:

    [tool.codexwire.responses]
    "modelProvider/default/set" = "v2/ConfigWriteResponse"

    [[tool.codexwire.rules]]
    id = "acme-turn-cost"
    title = "Our server adds the cost to a turn."
    versions = "0.171.0.."
    evidence = ["recorded with 0.171.0"]
    type = "v2/Turn"                     # or: method = "turn/start"
    patch = [{ op = "add", path = "/properties/cost", value = { type = "number" } }]

    [[tool.codexwire.rules]]
    id = "acme-wait-name"
    type = "v2/WaitParams"
    property = "timeout"                 # without it, the class of the type is named
    python-name = "time_limit"

A package gives rules by an entry point of the group `codexwire.rules` that is a `Rule` or an iterable of
them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgspec

from codexwire.config import Config
from codexwire.direction import Kind
from codexwire.errors import CodexwireError, UsageError
from codexwire.ir.model import Protocol
from codexwire.model.normalization import Effect, NormalizationRule
from codexwire.model.profile import profile_of
from codexwire.normalize.json_patch import patch_functions
from codexwire.profiles.table import RULES
from codexwire.toml import TomlValue
from codexwire.version import VersionRange

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

__all__ = ["ENTRY_POINTS", "NONE", "PROJECT", "ProjectRules", "project_rules"]

ENTRY_POINTS = "codexwire.rules"
"""The group of entry points that give rules."""

PROJECT = "project"
"""The origin of what pyproject.toml says, and how a result that it states was found."""

_FORM = "it has an id, a type or a method, and a patch (RFC 6902) or a python-name"


@dataclass(frozen=True, slots=True)
class ProjectRules:
    """Rules that are not codexwire's own.

    `responses` state the result of one request each and run before the built-in response map; `rules`
    run after the built-in corrections of shapes.
    """

    responses: tuple[NormalizationRule, ...] = ()
    rules: tuple[NormalizationRule, ...] = ()

    @property
    def all(self) -> tuple[NormalizationRule, ...]:
        """Every rule, in the order in which they run."""
        return (*self.responses, *self.rules)


NONE = ProjectRules()
"""No rules but the built-in ones."""


class _Row(msgspec.Struct, frozen=True, rename="kebab", forbid_unknown_fields=True):
    """One [[tool.codexwire.rules]] table as it is written."""

    id: str
    title: str = ""
    versions: str = "*"
    evidence: tuple[str, ...] = ()
    effect: Effect = Effect.PATCH
    type: str | None = None
    method: str | None = None
    patch: tuple[dict[str, Any], ...] = ()
    property: str | None = None
    python_name: str | None = None


def project_rules(config: Config) -> ProjectRules:
    """Return what a project's configuration and the installed packages add to the built-in rules.

    Raises UsageError for a table that is no rule, an id that is taken, and a package whose rules
    cannot be loaded.
    """
    rules = [*(_rule(table) for table in config.rules), *_installed()]
    found = ProjectRules(
        tuple(_response(method, name) for method, name in config.responses.items()), tuple(rules)
    )
    taken = {rule.id for rule in RULES}
    for rule in found.all:
        if rule.id in taken:
            raise _taken(rule, config)
        taken.add(rule.id)
    return found


def _taken(rule: NormalizationRule, config: Config) -> CodexwireError:
    message = f"two rules are called {rule.id!r}"
    hint = "`codexwire rules list` has the names that are taken"
    for table in reversed(config.rules if rule.origin == PROJECT else ()):
        if table.value["id"] == rule.id:
            return table.problem(message, "id", hint=hint)
    return UsageError(message, hint=hint)


def _response(method: str, name: str) -> NormalizationRule:
    """Return the rule that states the response type of one request.

    It does not apply, and so goes stale, where the release has no such request or type, and where
    the built-in rules find the same type.
    """

    def apply(protocol: Protocol) -> Protocol | None:
        spaces = protocol.namespaces
        full = (name, spaces.full(spaces.newest, name))
        names = [n for n in full if n in protocol.types]
        known = {m.label: m.result for m in _resolved(protocol).methods}
        methods = tuple(
            replace(m, result=names[0], result_by=PROJECT)
            if names and _is_request(m, method) and known[m.label] != names[0]
            else m
            for m in protocol.methods
        )
        return replace(protocol, methods=methods) if methods != protocol.methods else None

    return NormalizationRule(
        id=f"response:{method}",
        title=f"{method} is answered by {name}.",
        effect=Effect.ANNOTATE,
        versions=VersionRange(),
        evidence=("pyproject.toml, [tool.codexwire.responses]",),
        origin=PROJECT,
        protocol=apply,
    )


def _resolved(protocol: Protocol) -> Protocol:
    """Return the protocol with the results that the built-in rule finds."""
    rule = profile_of(protocol).rules.responses
    found = None if rule is None or rule.protocol is None else rule.protocol(protocol)
    return protocol if found is None else found


def _is_request(method: Any, name: str) -> bool:
    return method.kind is Kind.REQUEST and method.name == name


def _rule(table: TomlValue) -> NormalizationRule:
    row = table.read(_Row)
    try:
        versions = VersionRange.parse(row.versions)
        patch = patch_functions(of_type=row.type, of_method=row.method, patch=_operations(row))
    except ValueError as error:
        raise table.problem(f"{row.id!r} is no rule: {error}", hint=_FORM) from None
    return NormalizationRule(
        id=row.id,
        title=row.title or f"{row.type or row.method} as the project says.",
        effect=Effect.ANNOTATE if row.python_name else row.effect,
        versions=versions,
        evidence=row.evidence,
        origin=PROJECT,
        typedef=patch.typedef,
        protocol=patch.protocol,
    )


def _operations(row: _Row) -> list[dict[str, Any]]:
    """Return the JSON Patch of a rule; ValueError for one that says too little or too much."""
    if bool(row.patch) is (row.python_name is not None):
        raise ValueError("it needs either a patch or a python-name")
    if row.python_name is None:
        if row.property is not None:
            raise ValueError("property goes with python-name")
        return list(row.patch)
    if not row.python_name.isidentifier():
        raise ValueError(f"{row.python_name!r} is no Python name")
    if row.method is not None:
        raise ValueError("python-name goes with type")
    if row.property is None:
        return [{"op": "add", "path": "/x-name", "value": row.python_name}]
    pointer = row.property.replace("~", "~0").replace("/", "~1")
    path = f"/properties/{pointer}/x-python-name"
    return [{"op": "add", "path": path, "value": row.python_name}]


def _installed() -> Iterator[NormalizationRule]:
    from importlib.metadata import entry_points  # only who normalizes pays for it

    for entry in sorted(entry_points(group=ENTRY_POINTS), key=lambda e: (e.name, e.value)):
        package = entry.dist.name if entry.dist else entry.value
        try:
            found = _loaded(entry)
        except Exception as error:
            raise UsageError(
                f"the rules of the package {package} cannot be loaded: "
                f"{type(error).__name__}: {error}",
                hint="--no-project-rules leaves them out",
            ) from None
        yield from (replace(rule, origin=package) for rule in found)


def _loaded(entry: EntryPoint) -> tuple[NormalizationRule, ...]:
    value = entry.load()
    rules = (value,) if isinstance(value, NormalizationRule) else tuple(_iterable(value))
    for rule in rules:
        if not isinstance(rule, NormalizationRule):
            raise TypeError(f"{entry.value} holds {rule!r}, which is no Rule")
    return rules


def _iterable(value: Any) -> Iterable[Any]:
    if not isinstance(value, Iterable):
        raise TypeError("it is no Rule and no iterable of Rules")
    return value

"""`codexwire schema show`: one method or type, or the whole neutral map."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer

from codexwire.cli import complete
from codexwire.cli.command import NoProjectRules, choice, project_here, tell
from codexwire.cli.console import steps
from codexwire.emit.neutral import Since, neutral_map
from codexwire.errors import UsageError
from codexwire.ingest import load
from codexwire.ingest.described import described_versions, load_described
from codexwire.ingest.embedded import CHANNELS
from codexwire.ir.model import UNIONS, Protocol
from codexwire.model.profile import Profile, profile_of
from codexwire.model.read import Types, read, types_of
from codexwire.model.types import All, Object, Opaque, Type, Union, values_of
from codexwire.model.words import words
from codexwire.near import did_you_mean
from codexwire.normalize import normalize
from codexwire.normalize.holes import UNKNOWN
from codexwire.profiles.table import DEFAULT, of_source
from codexwire.usecases.notices import holes_of, stale_rules_of
from codexwire.usecases.project import rules_of, schema_of
from codexwire.usecases.releases import since_in
from codexwire.usecases.sightings import Sighting, sightings
from codexwire.version import Version

__all__ = ["show_schema"]


def show_schema(
    name: Annotated[
        str | None, typer.Argument(metavar="METHOD|TYPE", autocompletion=complete.name)
    ] = None,
    schema: Annotated[
        str | None,
        typer.Option(help="Version, bundle file or folder.", autocompletion=complete.release),
    ] = None,
    channel: Annotated[str, choice(*CHANNELS)] = "experimental",
    format: Annotated[
        str,
        choice(
            "text", "json", "schema", help="json: a neutral map; schema: normalized JSON Schema."
        ),
    ] = "text",
    no_project_rules: NoProjectRules = False,
) -> None:
    """Show a method or a type: fields, ids, since when, rules.

    Without a name: all methods, and what is not known of them.
    """
    if format not in ("text", "json", "schema"):
        raise UsageError(f"no format {format!r}", hint="text, json or schema")
    if name is not None and schema is None and of_source(name) is not None:
        name, schema = None, name
    if format == "schema" and name is not None:
        raise UsageError("--format schema is of the whole protocol", hint="leave the name away")
    source = schema or schema_of(Path.cwd())
    with steps() as say:
        say("reading the schema")
        rules = rules_of(project_here(no_project_rules))
        normalized = normalize(load(source, channel=channel), project=rules)
    protocol = normalized.protocol
    tell([*holes_of(protocol), *stale_rules_of(normalized)])
    if format == "schema":
        _print_json(protocol.document())
        return
    if name is not None:
        _check_name(protocol, name)
    shown = neutral_map(normalized, _since(protocol), only=None if name is None else [name])
    for entry in (*shown["methods"], *shown["types"]) if name is not None else ():
        entry["observed"] = [seen.as_json() for seen in _seen(protocol, entry["name"])]
    if format == "json":
        _print_json(shown)
    elif name is None:
        sys.stdout.writelines(f"{line}\n" for line in _overview(protocol))
    else:
        sys.stdout.writelines(f"{line}\n" for line in _details(shown, protocol))


def _since(protocol: Protocol) -> Since:
    """Return since when this protocol's methods and types are there."""
    version = protocol.version
    if version is None:
        return Since()
    profile = profile_of(protocol)
    if profile.described:
        return _described_since(profile, version)
    since = since_in(version, profile)
    methods = {
        (m.sender.value, m.kind.value, m.name): str(first)
        for m in protocol.methods
        if (first := since(m))
    }
    types = {name: str(first) for name in protocol.types if (first := since(name))}
    return Since(methods, types)


def _described_since(profile: Profile, version: Version) -> Since:
    """Return the first described release with each method and type."""
    methods: dict[tuple[str, str, str], str] = {}
    types: dict[str, str] = {}
    for release in (v for v in described_versions(profile) if v <= version):
        protocol = load_described(profile, release)
        for m in protocol.methods:
            methods.setdefault((m.sender.value, m.kind.value, m.name), str(release))
        for name in protocol.types:
            types.setdefault(name, str(release))
    return Since(methods, types)


def _print_json(value: Any) -> None:
    sys.stdout.write(json.dumps(value, indent=2, ensure_ascii=False) + "\n")


def _check_name(protocol: Protocol, name: str) -> None:
    known = {m.name for m in protocol.methods} | set(protocol.types)
    known |= {protocol.namespaces.bare(name) for name in protocol.types}
    if name not in known:
        raise UsageError(
            f"codex {protocol.version or ''} has no method or type {name!r}".replace("  ", " "),
            hint=did_you_mean(name, known, 3) or "`schema show` lists the methods",
        )


def _overview(protocol: Protocol) -> Iterator[str]:
    yield f"{protocol.name} {protocol.version or 'of an unknown version'}"
    if root := protocol.layout.root:
        yield f"\n{root}, the type of every line"
        yield from _members(types_of(protocol).named(root), "  ")
    for union in () if root else UNIONS:
        methods = protocol.table(union.sender, union.kind)
        yield f"\n{union.sender} {union.kind}s ({len(methods)})"
        for method in methods:
            params, result = method.params_type or "-", f"  {method.result or ''}".rstrip()
            yield f"  {method.name:40}  {method.stability:12}  {params}{result}"
    yield f"\n{len(protocol.types)} types"


def _details(shown: dict[str, Any], protocol: Protocol) -> Iterator[str]:
    for method in shown["methods"]:
        yield from _method_lines(method, types_of(protocol))
        yield from (f"  {seen}" for seen in _seen(protocol, method["name"]))
        yield ""
    for entry in shown["types"]:
        yield f"{entry['name']}  {_facts(entry)}"
        yield from _members(read(entry["schema"]), "  ")
        yield from (f"  {seen}" for seen in _seen(protocol, entry["name"]))
        yield ""
    yield "rules" if shown["rules"] else "no rule touches it"
    for rule in shown["rules"]:
        yield f"  {rule['id']}  {rule['effect']}  {', '.join(rule['places'][:4])}"


def _seen(protocol: Protocol, name: str) -> tuple[Sighting, ...]:
    """Return what app-servers, which alone are probed, did with a method or type."""
    return sightings(name) if profile_of(protocol) is DEFAULT else ()


def _facts(entry: dict[str, Any]) -> str:
    since = f", since {entry['since']}" if entry["since"] else ""
    namespace = f"{entry['namespace']}, " if entry["namespace"] else ""
    return f"{namespace}{entry['stability']}{since}"


def _method_lines(method: dict[str, Any], types: Types) -> Iterator[str]:
    published = "" if method["published"] else ", not in the published schema"
    yield f"{method['name']}  {method['sender']} {method['kind']}, {_facts(method)}{published}"
    params = method["params"]
    if params is None:
        yield "  params  none"
    else:
        needed = "required" if params["required"] else "optional"
        found = read(params["schema"])
        yield f"  params  {_text(found)}, {needed}"
        yield from _members(types.resolve(found), "    ")
    if method["result_by"] == UNKNOWN:
        yield "  result  not known: any JSON"
    if method["result"] is not None:
        yield f"  result  {method['result']}, by {method['result_by']}"
        yield from _members(types.named(method["result"]), "    ")
    for kind, places in method["ids"].items():
        paths = [f"params.{p}" for p in places["params"]]
        paths += [f"result.{p}" for p in places["result"]]
        yield f"  {kind} id  {', '.join(paths)}"


def _members(found: Type, indent: str) -> Iterator[str]:
    """Yield the properties of an object, the branches of a union, or the values of an enum."""
    if isinstance(found, All):
        for part in found.members:
            yield from _members(part, indent)
    elif (values := values_of(found)) is not None:
        yield f"{indent}{' | '.join(map(str, values))}"
    elif isinstance(found, Object):
        for key, inner in found.properties.items():
            marked = "  experimental" if inner.facts.is_experimental else ""
            yield f"{indent}{_member(found, key)}{marked}"
    elif isinstance(found, Union) and not found.by_kind:
        for branch in found.branches:
            yield f"{indent}| {_branch(branch)}"
    elif isinstance(found, Opaque):
        yield f"{indent}opaque: a condition, decided by exact evaluation alone"


def _member(found: Object, key: str) -> str:
    needed = "" if key in found.required else "?"
    return f"{key}{needed}: {_text(found.properties[key])}"


def _branch(found: Type) -> str:
    if isinstance(found, Object) and found.properties:
        return f"{{{', '.join(_member(found, key) for key in found.properties)}}}"
    return _text(found)


def _text(found: Type) -> str:
    return words(found, most=sys.maxsize, quoted=True)

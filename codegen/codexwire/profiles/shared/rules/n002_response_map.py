"""The schema has no method→response map.

A request's response type is found by its params definition: `XParams` answers with `XResponse`. Where
the params are null or the pair is named differently, a table of the profile says which type it is; each
row was confirmed by a valid answer of a real server. Where neither says it, what servers of the release
were seen to answer does (its observed profile). For a release that the table does not know yet, a
response type that no method uses and whose name is made of the same words as the method is taken, and
reported as such. What is left has an unknown result, which any JSON fits; a project states such a
result in pyproject.toml, under [tool.codexwire.responses].
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from codexwire.direction import Kind
from codexwire.ir.layout import Namespaces
from codexwire.ir.model import Method, Protocol
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.model.profile import profile_of
from codexwire.version import VersionRange


def apply(protocol: Protocol) -> Protocol:
    """Return the protocol with `result` set on every request that can be resolved."""
    return resolve(protocol, profile_of(protocol).responses)


def resolve(protocol: Protocol, table: Mapping[str, tuple[str, ...]]) -> Protocol:
    """Do so by a table: method → the types that may be its response, best first."""
    methods = [_named(protocol, method, table) for method in protocol.methods]
    used = {m.result for m in methods}
    unused = [n for n in protocol.types if n.endswith("Response") and n not in used]
    spaces = protocol.namespaces
    return replace(protocol, methods=tuple(_by_words(spaces, m, unused) for m in methods))


def _named(protocol: Protocol, method: Method, table: Mapping[str, tuple[str, ...]]) -> Method:
    if method.kind is not Kind.REQUEST or method.result is not None:
        return method
    params = method.params_type or ""
    spaces = protocol.namespaces
    stem = params.removesuffix("Params").replace("/Nullable", "/")
    rows = table.get(method.name, ())
    newest = (spaces.full(spaces.newest, spaces.bare(name)) for name in rows)
    candidates = [("table", name) for name in (*rows, *newest)]
    if params.endswith("Params"):
        bare = f"{spaces.bare(stem)}Response"
        names = (f"{stem}Response", spaces.full(spaces.newest, bare), bare)
        candidates += [("params", name) for name in names]
    if method.name in protocol.observed.responses:
        candidates.append(("observed", protocol.observed.responses[method.name]))
    for how, name in candidates:
        if name in protocol.types:
            return replace(method, result=name, result_by=how)
    return method


def _by_words(spaces: Namespaces, method: Method, unused: list[str]) -> Method:
    if method.kind is not Kind.REQUEST or method.result is not None:
        return method
    words = _words(method.name)
    found = [n for n in unused if _words(spaces.bare(n).removesuffix("Response")) == words]
    return replace(method, result=found[0], result_by="words") if len(found) == 1 else method


def _words(name: str) -> list[str]:
    return sorted(w.lower() for w in re.findall(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])", name))


RULE = NormalizationRule(
    id="n002-response-map",
    title="Every request gets the type of its response, which the schema does not state.",
    effect=Effect.ANNOTATE,
    compared=Compared.ALWAYS,
    versions=VersionRange(),
    evidence=(
        "name rule and table confirmed by 153 valid answers of the 0.169.0 server (recorded)",
        "modelProvider/default/set: the 0.171.0 server answered `{status, version, filePath, "
        "overriddenMetadata}`, which is the ConfigWriteResponse",
        "v1 rows: answers of the 0.58.0–0.107.0 servers (recorded)",
        "review/start of 0.63.0: two answers of that server, each `{turn: {id, items, status}}`",
    ),
    protocol=apply,
)

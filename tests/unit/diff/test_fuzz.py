"""Small random protocols: no verdict contradicted, both directions agree, every witness is one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from types import MappingProxyType
from typing import Any

from amount import times
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from codexwire.diff import diff
from codexwire.diff.collect import apply_rules
from codexwire.diff.delta import compare
from codexwire.diff.version_pair import Pair, VersionPair
from codexwire.direction import Kind, Side, Stability
from codexwire.ir.model import Method, Protocol, Source, TypeDef, ref_to
from codexwire.profiles.app_server.profile import APP_SERVER

NAMES = ("a", "b", "c")
TYPES = ("T", "U", "v2/W")
LEAVES = (
    True,
    {"type": "string"},
    {"type": "null"},
    {"type": "boolean"},
    {"type": "integer", "format": "int32"},
    {"type": "integer", "format": "uint8", "minimum": 0},
    {"type": "number"},
    {"type": ["string", "null"]},
    {"type": "string", "minLength": 1},
    {"type": "string", "enum": ["x"]},
    {"type": "string", "enum": ["x", "y"]},
    {"oneOf": [{"type": "string", "enum": ["x"]}, {"type": "string", "enum": ["z"]}]},
    {"anyOf": [{"type": "string", "enum": ["x"]}, {"type": "string"}]},
    *({"type": "array", "items": ref_to(name)} for name in TYPES),
)


def objects(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda properties, required, extra: {
            "type": "object",
            "properties": properties,
            "required": sorted(required & properties.keys()),
            **extra,
        },
        st.dictionaries(st.sampled_from(NAMES), inner, max_size=3),
        st.sets(st.sampled_from(NAMES)),
        st.sampled_from([{}, {}, {}, {"additionalProperties": False}]),
    )


def tagged(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    def variant(tag: str, body: dict[str, Any]) -> dict[str, Any]:
        tags = {"type": {"type": "string", "enum": [tag]}}
        return {
            **body,
            "properties": {**body["properties"], **tags},
            "required": ["type", *body["required"]],
        }

    return st.builds(
        lambda bodies: {"oneOf": [variant(tag, body) for tag, body in sorted(bodies.items())]},
        st.dictionaries(st.sampled_from(("k", "l", "m")), objects(inner), min_size=1, max_size=3),
    )


def keyed(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.builds(
        lambda values, parts: {
            "oneOf": [
                *([{"type": "string", "enum": sorted(values)}] if values else []),
                *(
                    {
                        "type": "object",
                        "properties": {key: node},
                        "required": [key],
                        "additionalProperties": False,
                    }
                    for key, node in sorted(parts.items())
                    if key not in values
                ),
            ]
        },
        st.sets(st.sampled_from(("p", "q"))),
        st.dictionaries(st.sampled_from(("p", "q", "r")), inner, min_size=1, max_size=2),
    ).filter(lambda node: bool(node["oneOf"]))


def schemas(*types: str) -> st.SearchStrategy[Any]:
    """Nodes that refer to `types`, and through arrays to every type."""
    references = [ref_to(name) for name in types]
    leaves = [*LEAVES, *references, *({"allOf": [ref]} for ref in references)]
    return st.recursive(
        st.sampled_from(leaves),
        lambda inner: st.one_of(
            objects(inner),
            tagged(inner),
            keyed(inner),
            st.builds(lambda items: {"type": "array", "items": items}, inner),
            st.builds(lambda values: {"type": "object", "additionalProperties": values}, inner),
            st.builds(lambda node: {"anyOf": [node, {"type": "null"}]}, inner),
            st.builds(lambda a, b: {"anyOf": [a, b]}, inner, inner),
        ),
        max_leaves=6,
    )


SCHEMAS = {name: schemas(*TYPES[index + 1 :]) for index, name in enumerate(TYPES)}
VERSIONS = st.fixed_dictionaries(SCHEMAS)


@st.composite
def changed(draw: st.DrawFn) -> tuple[dict[str, Any], dict[str, Any]]:
    """Two versions, of which the second shares what it does not redraw."""
    old = draw(VERSIONS)
    redrawn = draw(st.sets(st.sampled_from(TYPES), min_size=1, max_size=2))
    return old, {name: draw(SCHEMAS[name]) if name in redrawn else old[name] for name in TYPES}


def protocol(types: dict[str, Any]) -> Protocol:
    sent = {"name": "t/sent", "params": ref_to("T")}
    branch = {
        "type": "object",
        "properties": {"method": {"type": "string", "enum": [sent["name"]]}, "params": ref_to("T")},
        "required": ["method", "params"],
    }
    return Protocol(
        "fuzz",
        None,
        (Source("unknown", ""),),
        MappingProxyType({n: TypeDef(n, s, Stability.UNKNOWN) for n, s in types.items()}),
        tuple(Method("t/sent", side, Kind.NOTIFICATION, branch) for side in Side),
        layout=APP_SERVER,
    )


def claims(old: Protocol, new: Protocol) -> tuple[bool, bool]:
    """Whether the type T, with all that it refers to, narrows and widens."""
    sides, seen, pending = VersionPair(old, new), set(), [Pair("T", "T")]
    narrows = widens = False
    while pending:
        pair = pending.pop()
        if pair in seen:
            continue
        seen.add(pair)
        delta = compare(sides, pair)
        pending += delta.edges
        for found in apply_rules(pair, pair, (), delta.matches):
            narrows |= found.effect.narrows
            widens |= found.effect.widens
    return narrows, widens


quick = settings(max_examples=times(100, 5000), suppress_health_check=list(HealthCheck))


@quick
@given(changed())
def test_no_verdict_is_contradicted(
    oracle_of: Callable[[Protocol], Any], versions: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    old, new = map(protocol, versions)
    narrows, widens = claims(old, new)
    before, after = oracle_of(old), oracle_of(new)
    for claimed, sender, taker in ((narrows, before, after), (widens, after, before)):
        if not claimed:
            sent = [v for v in sender.values("T") if sender.accepts("T", v)]
            assert [v for v in sent if not taker.accepts("T", v)] == []


@quick
@given(changed())
def test_the_mirror_image_holds(versions: tuple[dict[str, Any], dict[str, Any]]) -> None:
    old, new = map(protocol, versions)
    swap = {"narrows": "widens", "widens": "narrows"}
    forth = Counter(
        (frozenset((f.type, f.old_type)), f.path, f.effect.value)
        for f in diff(old, new, witnesses=False).findings
    )
    back = Counter(
        (frozenset((f.type, f.old_type)), f.path, swap.get(f.effect.value, f.effect.value))
        for f in diff(new, old, witnesses=False).findings
    )
    assert forth == back
    assert diff(old, old).findings == ()


@quick
@given(changed())
def test_a_witness_is_sent_by_one_and_refused_by_the_other(
    oracle_of: Callable[[Protocol], Any], versions: tuple[dict[str, Any], dict[str, Any]]
) -> None:
    old, new = map(protocol, versions)
    before, after = oracle_of(old), oracle_of(new)
    for finding in diff(old, new).findings:
        for skew, witness in (finding.witness or {}).items():
            from_old = (skew == "old_client_new_server") == (witness.sender is Side.CLIENT)
            sender, taker = (before, after) if from_old else (after, before)
            assert witness.kind == "message"
            assert sender.accepts("T", witness.value["params"])
            assert not taker.accepts("T", witness.value["params"])

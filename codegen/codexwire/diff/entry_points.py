"""Where messages enter: the methods of both versions, and the types that are sent without one."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from codexwire.diff.delta import Delta
from codexwire.diff.match import (
    EnvelopeMatch,
    KindMatch,
    Match,
    MatchPlace,
    MethodMatch,
    NullMatch,
    ParamsMatch,
    ResultMatch,
    StabilityMatch,
    VersionPlace,
)
from codexwire.diff.value_set import ObjectSet, Property
from codexwire.diff.value_sets import ValueSets
from codexwire.diff.version_pair import Pair, PairDelta, VersionPair
from codexwire.direction import Kind, Side, Stability
from codexwire.ir.canonical import canonical_json
from codexwire.ir.layout import Namespaces
from codexwire.ir.model import UNIONS, MessageUnion, Method, Protocol, Schema
from codexwire.ir.walk import references
from codexwire.model.profile import profile_of
from codexwire.model.types import Never, Object, Type

__all__ = ["ENVELOPE", "Root", "method_roots", "sent_types"]

ENVELOPE = "*"
"""The method name of a finding about what every message of a union has."""

_PAYLOAD = frozenset({"method", "params"})


class Root(Struct, frozen=True):
    """An entry point of both versions.

    `owner` is the union (or empty for a bare type), `method` the method's name (`*` for the envelope),
    `senders` who writes the values, `delta` what differs at the entry itself and where it leads.
    `part` is `params` or `result`; `union` and the two methods are there for messages.
    """

    senders: tuple[Side, ...]
    delta: PairDelta
    owner: str = ""
    method: str = ""
    part: str = ""
    old: Method | None = None
    new: Method | None = None


def method_roots(versions: VersionPair, only: tuple[str, str] | None = None) -> Iterator[Root]:
    """Yield the roots that have a method: its params, and the response of a request.

    `only` names a union and the one method of it that is wanted.
    """
    for union in UNIONS:
        if only is not None and only[0] != union.union:
            continue
        old = {m.name: m for m in versions.old.protocol.table(union.sender, union.kind)}
        new = {m.name: m for m in versions.new.protocol.table(union.sender, union.kind)}
        names = old.keys() | new.keys() if only is None else {only[1]}
        both = [(old[name], new[name]) for name in sorted(names & old.keys() & new.keys())]
        for name in sorted(names & (old.keys() ^ new.keys())):
            yield _one_sided(versions, union, old.get(name), new.get(name))
        if both and only is None:
            yield from _envelopes(versions, union, both)
        for before, after in both:
            yield _params(versions, union, before, after)
            if before.result is not None and after.result is not None:
                yield _result(versions.namespaces, union, before, after)


def _one_sided(
    versions: VersionPair, union: MessageUnion, old: Method | None, new: Method | None
) -> Root:
    method = old or new
    assert method is not None
    place = MatchPlace(
        VersionPlace(versions.old.types.place(old) if old else ()),
        VersionPlace(versions.new.types.place(new) if new else ()),
        (method.name,),
    )
    delta = PairDelta(((place, MethodMatch(old, new)),), ())
    return Root((union.sender,), delta, union.union, method.name, "params", old, new)


def _envelopes(
    versions: VersionPair, union: MessageUnion, both: list[tuple[Method, Method]]
) -> Iterator[Root]:
    """Yield the root of what most messages of a union have, and one for each method with something else."""
    own = [canonical_json([_own(old), _own(new)]) for old, new in both]
    usual, _ = Counter(own).most_common(1)[0]
    yield _envelope(versions, union, *both[own.index(usual)], ENVELOPE)
    for (old, new), has in zip(both, own, strict=True):
        if has != usual:
            yield _envelope(versions, union, old, new, old.name)


def _own(method: Method) -> tuple[dict[str, Schema], list[str]]:
    """What the branch of a method has beside method and params, and what of it is required."""
    beside = {n: node for n, node in method.branch["properties"].items() if n not in _PAYLOAD}
    return beside, sorted({*method.branch.get("required", ())} - _PAYLOAD)


def _envelope(
    versions: VersionPair, union: MessageUnion, old: Method, new: Method, method: str
) -> Root:
    """The root of what messages have beside method and params: those of a union, or of one method."""
    walk = Delta(versions)
    before, after = _beside(versions.old, old), _beside(versions.new, new)
    matches: list[tuple[MatchPlace, Match]] = []
    whose = () if method == ENVELOPE else (method,)
    for name in sorted(before.properties.keys() | after.properties.keys()):
        a, b = before.properties.get(name), after.properties.get(name)
        left = replace(before, properties={name: a} if a else {})
        right = replace(after, properties={name: b} if b else {})
        narrows = not versions.forward.object(left, right)
        widens = not versions.backward.object(right, left)
        place = MatchPlace(
            VersionPlace(a.path if a else ()),
            VersionPlace(b.path if b else ()),
            (*whose, f".{name}"),
        )
        if narrows or widens or (a is None) != (b is None):
            matches.append((place, EnvelopeMatch(name, a, b, narrows, widens, before, after)))
        if a and b:
            walk.types(a.type, b.type, place)
    found = walk.result()
    delta = PairDelta((*matches, *(m for m in found.matches if not matches)), found.edges)
    return Root((union.sender,), delta, union.union, method, "params", old, new)


def _beside(value_sets: ValueSets, method: Method) -> ObjectSet:
    branch = value_sets.types.message(method)
    members = branch.properties if isinstance(branch, Object) else {}
    required = method.branch.get("required", ())
    own = {
        name: Property(found, name in required, found.path)
        for name, found in members.items()
        if name not in _PAYLOAD
    }
    beside = value_sets.types.beside(method).items()
    return ObjectSet(own | {name: Property(found, False, found.path) for name, found in beside})


def _params(versions: VersionPair, union: MessageUnion, old: Method, new: Method) -> Root:
    paths = versions.old.types.place(old), versions.new.types.place(new)
    there, here = (VersionPlace((*path, "properties", "params")) for path in paths)
    place = MatchPlace(there, here, (old.name, ".params"))
    matches: list[tuple[MatchPlace, Match]] = []
    if _differ(old.stability, new.stability):
        whole = MatchPlace(VersionPlace(paths[0]), VersionPlace(paths[1]), (old.name,))
        matches.append((whole, StabilityMatch("method", old.name, old.stability, new.stability)))
    referred = tuple(dict.fromkeys(references(old.params or True)))
    if old.branch == new.branch and versions.alike.issuperset(referred):
        delta = PairDelta(tuple(matches), tuple(Pair(name, name) for name in referred))
        return Root((union.sender,), delta, union.union, old.name, "params", old, new)
    params = versions.old.types.params(old), versions.new.types.params(new)
    before, after = _only_params(old, params[0]), _only_params(new, params[1])
    walk = Delta(versions)
    presence = _presence_match(versions, old, new, before, after)
    if presence is not None:
        matches.append((place, presence))
    if params[0] is not None and params[1] is not None:
        walk.types(params[0], params[1], place)
    found = walk.result()
    matches += [
        (where, match)
        for where, match in found.matches
        if presence is None
        or where.label != place.label
        or not isinstance(match, (NullMatch, KindMatch))
    ]
    delta = PairDelta(tuple(matches), found.edges)
    return Root((union.sender,), delta, union.union, old.name, "params", old, new)


def _only_params(method: Method, params: Type | None) -> ObjectSet:
    if params is None:
        return ObjectSet({})
    return ObjectSet({"params": Property(params, method.params_required, ())})


def _presence_match(
    versions: VersionPair, old: Method, new: Method, before: ObjectSet, after: ObjectSet
) -> ParamsMatch | None:
    """The match of params that may be absent, null or of a kind that they might not be before."""
    nodes = versions.old.types.params(old) or Never(), versions.new.types.params(new) or Never()
    (olds, old_null), (news, new_null) = (
        versions.old.branches(nodes[0]),
        versions.new.branches(nodes[1]),
    )
    if len(olds) == 1 == len(news) and olds[0].ref is not None and news[0].ref is not None:
        # The types that they refer to are compared on their own: only null is said here.
        kinds = frozenset({"null"} if old_null else ()), frozenset({"null"} if new_null else ())
    else:
        kinds = versions.old.of(nodes[0]).kinds, versions.new.of(nodes[1]).kinds
    if kinds[0] == kinds[1] and old.params_required == new.params_required:
        return None
    value_sets = versions.old.of(nodes[0]), versions.new.of(nodes[1])
    lost = kinds[0] - kinds[1] if new.params is not None else frozenset()
    gained = kinds[1] - kinds[0] if old.params is not None else frozenset()
    narrows = bool(lost) or (new.params_required and not old.params_required)
    widens = bool(gained) or (old.params_required and not new.params_required)
    return ParamsMatch(old, new, narrows, widens, before, after, *value_sets)


def _result(spaces: Namespaces, union: MessageUnion, old: Method, new: Method) -> Root:
    assert old.result is not None
    assert new.result is not None
    place = MatchPlace(label=(old.name, ".result"))
    renamed = spaces.bare(old.result) != spaces.bare(new.result)
    matches = ((place, ResultMatch(old, new)),) if renamed else ()
    delta = PairDelta(matches, (Pair(old.result, new.result),))
    return Root((union.sender.other,), delta, union.union, old.name, "result", old, new)


def _differ(old: Stability, new: Stability) -> bool:
    return Stability.UNKNOWN not in (old, new) and old is not new


def sent_types(versions: VersionPair) -> Iterator[Root]:
    """Yield the types that are sent without a method of the unions, in both versions.

    These are the responses (a release may omit a request that its server still answers), the legacy
    event payload, and the JSON-RPC envelopes, which both sides write. The lines of a protocol of lines
    are all written by codex, which is the server here.
    """
    old, new = versions.old.protocol, versions.new.protocol
    if (root := new.layout.root) in old.types.keys() & new.types.keys():
        yield Root((Side.SERVER,), PairDelta((), (Pair(root, root),)))
    answers = _answers(old) | _answers(new)
    events = profile_of(new).events
    for name in sorted(old.types.keys() & new.types.keys()):
        bare = versions.namespaces.bare(name)
        if name.startswith("JSONRPC"):
            senders: tuple[Side, ...] = (Side.CLIENT, Side.SERVER)
        elif bare.endswith("Response"):
            stem = bare.removesuffix("Response")
            senders = (Side.CLIENT,) if stem in answers else (Side.SERVER,)
        elif name in events:
            senders = (Side.SERVER,)
        else:
            continue
        yield Root(senders, PairDelta((), (Pair(name, name),)))


def _answers(protocol: Protocol) -> set[str]:
    """The stems of the params of server requests: `XParams` is answered by `XResponse`."""
    return {
        protocol.namespaces.bare(m.params_type).removesuffix("Params")
        for m in protocol.table(Side.SERVER, Kind.REQUEST)
        if m.params_type is not None
    }

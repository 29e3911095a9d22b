"""A union with a catch-all branch takes values that the schema does not list: `x-open: true`.

`CodexErrorInfo` ends with `{"type": ["string", "object"]}` since 0.161.0. A branch counts as a catch-all when
it takes any string or any object beside branches that list strings or objects; the string of
`RequestId` (beside an integer) or of `FunctionCallOutputBody` (beside an array) is an ordinary branch.
"""

from __future__ import annotations

from codexwire.ir.model import Protocol, Schema
from codexwire.ir.nodes import is_catch_all, unwrap
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange


def apply(protocol: Protocol, node: Schema) -> Schema | None:
    """Return a union marked as open, when a branch takes what the others list some of."""
    if not isinstance(node, dict):
        return None
    for keyword in ("oneOf", "anyOf"):
        branches = node.get(keyword)
        if not isinstance(branches, list):
            continue
        caught = [_kinds(protocol, b) for b in branches if is_catch_all(b)]
        listed = [_kinds(protocol, b) for b in branches if not is_catch_all(b)]
        if set().union(*caught) & set().union(*listed):
            return {**node, "x-open": True}
    return None


def _kinds(protocol: Protocol, branch: Schema) -> set[str]:
    """Return which of `string` and `object` a branch admits some value of."""
    found: set[str] = set()
    waiting = [branch]
    while waiting:
        node = unwrap(protocol.resolve(unwrap(waiting.pop())))
        kinds = ["string", "object"] if node else []
        if isinstance(node, dict):
            inner = node.get("oneOf", node.get("anyOf"))
            if "type" not in node and isinstance(inner, list):
                waiting += inner
                continue
            kinds = node.get("type", ["string", "object"])
        found.update(kinds if isinstance(kinds, list) else [kinds])
    return found & {"string", "object"}


RULE = NormalizationRule(
    id="n016-open-unions",
    title="A union with a catch-all branch is open.",
    effect=Effect.ANNOTATE,
    compared=Compared.NEVER,
    versions=VersionRange.parse("0.161.0.."),
    evidence=(
        "0.161.0 and later: CodexErrorInfo has a branch for any string and any object",
        "0.160.0 and before: no union of any bundle has a catch-all beside branches it covers",
    ),
    node=apply,
)

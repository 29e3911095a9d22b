"""An object of a union lacks the tag, or has it under another name.

`DynamicToolSpec` was one plain object and got variants with a `type` at 0.145.0; sandbox policies had
their tag in `mode` at 0.58.0. The tag is taken from another tag-like property, or from the one variant
whose required properties are all there.
"""

from __future__ import annotations

from typing import Any

from codexwire.runtime.tolerance.rule import TAGS, Hook, Spot, ToleranceRule
from codexwire.runtime.unknown import ABSENT
from codexwire.version import VersionRange


def apply(spot: Spot, raw: Any) -> Any:
    """Return the object with the tag that it must mean."""
    tag, variants = spot.facts.tag, spot.facts.variants
    if not isinstance(raw, dict) or tag is None or variants is None or tag in raw:
        return ABSENT
    named = [v for v in (raw.get(name) for name in TAGS) if isinstance(v, str) and v in variants]
    fitting = [v for v, needs in variants.items() if len(needs) > 1 and needs - {tag} <= raw.keys()]
    meant = named[:1] or fitting
    return {**raw, tag: meant[0]} if len(meant) == 1 else ABSENT


RULE = ToleranceRule(
    id="t037-tag-absent",
    title="An object of a union lacks its tag, which follows from its properties.",
    versions=VersionRange.parse("*"),
    evidence=(
        "schemas: DynamicToolSpec without `type` up to 0.140.0, with it from 0.145.0",
        "0.140.0: thread/start with dynamicTools[*].type, which its schema does not have (recorded)",
        "schemas: SandboxPolicy tagged by `mode` at 0.58.0, by `type` from 0.63.0",
    ),
    hook=Hook.MISFIT,
    apply=apply,
)

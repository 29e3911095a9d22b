"""What a normalization rule is: a frozen value with an id, evidence, and one function."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from codexwire.ir.model import Protocol, Schema, TypeDef
from codexwire.version import VersionRange

__all__ = [
    "AS_PUBLISHED",
    "BUILT_IN",
    "Compared",
    "Effect",
    "NormalizationRule",
    "NormalizationRules",
    "Row",
]


class Effect(StrEnum):
    """What applying a rule does.

    `annotate`: adds knowledge and leaves the set of valid messages alone;
    `restore`: puts back what the bundle of a release lost and its per-type files, written by the same
    binary, still say;
    `patch`: changes which messages are valid, because the wire disagrees with all that was published.
    """

    ANNOTATE = "annotate"
    RESTORE = "restore"
    PATCH = "patch"


class Compared(StrEnum):
    """Which comparisons of releases a rule is applied for.

    `always`: every one;
    `history`: only where a method or type is followed through all releases; between two releases, what
    the rule adds would be told twice;
    `never`: it names or spells the same values in another way, and the names are to be those that were
    published.
    """

    ALWAYS = "always"
    HISTORY = "history"
    NEVER = "never"


BUILT_IN = "codexwire"
"""The origin of the rules that come with codexwire."""

AS_PUBLISHED = (Effect.ANNOTATE, Effect.RESTORE)
"""The effects that leave a release as it was published, in the better of its two forms."""


@dataclass(frozen=True, slots=True)
class Row:
    """One row of a rule's table: the place that it is about, and the releases that have it.

    A `place` that ends in a slash stands for all that begin with it.
    """

    place: str
    versions: VersionRange

    def names(self, place: str) -> bool:
        """Whether the row is about a place."""
        return place == self.place or (self.place.endswith("/") and place.startswith(self.place))


@dataclass(frozen=True, slots=True)
class NormalizationRule:
    """One known discrepancy, or one fact that the published schema does not state.

    `id` is stable (`n006-timeline-snake-case`); `title` is one sentence; `versions` are the releases
    that it claims to match in; `evidence` says where each claim was seen; `experimental` that its
    pattern stands in the experimental schema only, so that a stable one cannot prove its end;
    `origin` who brings it: codexwire, the project (`pyproject.toml`), or an installed package; `rows`
    are single claims, each of which can end on its own; `compared` whether releases are compared after
    it. Exactly one function is set, and none of them walks or locates:

    - `node(protocol, schema)`: called for every node of every type and message, children first;
    - `typedef(protocol, typedef)`: called for every type;
    - `protocol(protocol)`: called once, for what concerns methods or several types at a time.

    Each returns what should stand there instead, or None when the rule does not match. A node or type
    that already reads as the rule would leave it counts as no match.
    """

    id: str
    title: str
    effect: Effect
    versions: VersionRange
    evidence: tuple[str, ...]
    compared: Compared = Compared.ALWAYS
    experimental: bool = False
    origin: str = BUILT_IN
    rows: tuple[Row, ...] = ()
    node: Callable[[Protocol, Schema], Schema | None] | None = None
    typedef: Callable[[Protocol, TypeDef], Schema | None] | None = None
    protocol: Callable[[Protocol], Protocol | None] | None = None


@dataclass(frozen=True, slots=True)
class NormalizationRules:
    """The rules of one protocol, in the order in which they run.

    What completes or corrects the published schema comes first, so that what adds knowledge sees the
    schema as it should be. After `completions`, which define what the schema refers to and leaves out,
    nothing dangles; `corrections` add what is missing; `responses` finds the response types of
    requests; `shapes` are what the wire contradicts; `knowledge` is what the schema does not state.
    """

    completions: tuple[NormalizationRule, ...] = ()
    corrections: tuple[NormalizationRule, ...] = ()
    responses: NormalizationRule | None = None
    shapes: tuple[NormalizationRule, ...] = ()
    knowledge: tuple[NormalizationRule, ...] = ()

    @property
    def all(self) -> tuple[NormalizationRule, ...]:
        """Every rule, in the order in which they run."""
        responses = () if self.responses is None else (self.responses,)
        return (
            *self.completions,
            *self.corrections,
            *responses,
            *self.shapes,
            *self.knowledge,
        )

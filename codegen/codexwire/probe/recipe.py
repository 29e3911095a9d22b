"""What a probe has to know of the protocol that a server speaks."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codexwire.probe.scenario import Scenario

__all__ = ["ExplainedDifference", "Recipe"]


@dataclass(frozen=True, slots=True)
class ExplainedDifference:
    """Why a server judges damaged params in another way than the schema, and how one tells.

    `kinds` are the changes that it is about, `member` the last step of their place; `refusal` is found in
    the server's words, and empty where the server accepts what the schema refuses.
    """

    id: str
    sentence: str
    kinds: tuple[str, ...] = ()
    member: str = ""
    refusal: str = ""

    def explains(self, place: str, kind: str, refusal: str) -> bool:
        """Whether a difference is of this sort."""
        if self.kinds and kind not in self.kinds:
            return False
        if self.member and place.rpartition(".")[2] != self.member:
            return False
        return self.refusal in refusal if self.refusal else not refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipe:
    """How servers of one protocol are probed.

    `arguments` follow the binary on the command line; `hello` is the request that begins a session,
    `nonsense` one that no server knows: it says which it does. `opening` comes before the requests that
    no scenario sends, and gives the ids for them; `looking` does so on a server that is not ours.

    `texts` are what stands at members and types of those names, for a server that acts on it; `unheeded`
    for one that only reads it. `forbidden` maps methods that must not be sent to the reason; `reading` are
    those that change nothing. `unseen` says of messages of the server why no scenario causes them.

    The rest is how servers begin their refusals: of a request that is `malformed`, one that comes
    `too_early` (before the hello), while they are `busy`, or without the capability that it needs.
    """

    arguments: tuple[str, ...]
    mcp_server: Path
    opening: Scenario
    looking: Scenario
    scenarios: tuple[Scenario, ...]
    texts: Mapping[str, Any] = field(default_factory=dict)
    unheeded: Mapping[str, Any] = field(default_factory=dict)
    forbidden: Mapping[str, str] = field(default_factory=dict)
    reading: frozenset[str] = frozenset()
    unseen: Mapping[str, str] = field(default_factory=dict)
    differences: tuple[ExplainedDifference, ...] = ()
    hello: str = "initialize"
    nonsense: str = "no/such/method"
    malformed: str = "Invalid request:"
    too_early: str = "Not initialized"
    busy: str = "Server overloaded; retry later."
    needs_capability: str = "requires experimentalApi capability"
    listing: str = "expected one of"

    def listed(self, refusal: str) -> frozenset[str]:
        """Return the methods that the refusal of a method that nobody knows lists."""
        _, _, names = refusal.partition(self.listing)
        return frozenset(re.findall(r"`([^`]+)`", names))

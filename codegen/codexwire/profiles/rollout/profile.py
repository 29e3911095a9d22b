"""Saved sessions: a file of lines for each thread, with the schema of a line that each binary writes."""

from __future__ import annotations

from typing import Final

from codexwire.model.profile import Bundle, Profile
from codexwire.profiles.rollout.domains import DOMAINS
from codexwire.profiles.rollout.identities import IDENTITIES
from codexwire.profiles.rollout.names import NAME, ROOT, SOURCE
from codexwire.profiles.rollout.normalization import RULES

__all__ = ["ROLLOUT"]

ROLLOUT: Final = Profile(
    name=NAME,
    title="Codex rollout",
    source=SOURCE,
    package="codex_rollout",
    unions=(),
    root=ROOT,
    bundle=Bundle(
        file=f"{ROOT}.json",
        command=("app-server", "generate-internal-json-schema"),
        since="0.116.0",
    ),
    archive=(SOURCE, "history.json.gz"),
    default_version="0.171.0",
    identities=IDENTITIES,
    rules=RULES,
    claims=True,
    domains=DOMAINS,
)

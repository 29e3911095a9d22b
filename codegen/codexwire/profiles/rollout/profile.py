"""Saved sessions: a file of lines for each thread, with the schema of a line that each binary writes."""

from __future__ import annotations

from typing import Final

from codexwire.model.lines import Lines
from codexwire.model.profile import Bundle, Profile
from codexwire.profiles.rollout import lines
from codexwire.profiles.rollout.checks import (
    earlier_history,
    ordinals,
    second_meta,
    two_files,
    two_histories,
)
from codexwire.profiles.rollout.domains import DOMAINS
from codexwire.profiles.rollout.identities import IDENTITIES
from codexwire.profiles.rollout.names import NAME, ROOT, SOURCE
from codexwire.profiles.rollout.normalization import RULES
from codexwire.profiles.rollout.strips import STRIPS
from codexwire.profiles.shared.checks import no_turn, turn_without_end

__all__ = ["ROLLOUT"]

_LINES = Lines(
    title="rollout",
    is_line=lines.is_line,
    release=lines.release,
    begin=lines.RolloutState,
    advance=lines.advance,
    understood=lines.understood,
    checks=(
        second_meta.CHECK,
        ordinals.CHECK,
        two_histories.CHECK,
        turn_without_end.CHECK,
        no_turn.CHECK,
    ),
    strips=STRIPS,
    across=(earlier_history.CHECK, two_files.CHECK),
)

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
    nested=("payload", "item"),
    domains=DOMAINS,
    lines=_LINES,
)

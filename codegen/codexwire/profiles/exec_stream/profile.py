"""The events of `codex exec --json`, whose schema codexwire keeps: no binary writes one."""

from __future__ import annotations

from typing import Final

from codexwire.model.lines import Lines
from codexwire.model.profile import Profile
from codexwire.profiles.exec_stream import lines
from codexwire.profiles.exec_stream.checks import another_stream, item_without_end
from codexwire.profiles.exec_stream.domains import DOMAINS
from codexwire.profiles.exec_stream.identities import IDENTITIES
from codexwire.profiles.exec_stream.names import NAME, ROOT, SOURCE
from codexwire.profiles.exec_stream.normalization import RULES
from codexwire.profiles.shared.checks import no_turn, turn_without_end

__all__ = ["EXEC_STREAM"]

_LINES = Lines(
    title="stream of events of codex exec --json",
    is_line=lines.is_line,
    begin=lines.StreamState,
    advance=lines.advance,
    understood=lines.understood,
    checks=(another_stream.CHECK, item_without_end.CHECK, turn_without_end.CHECK, no_turn.CHECK),
    repeats=True,
)

EXEC_STREAM: Final = Profile(
    name=NAME,
    title="stream of codex exec --json",
    source=SOURCE,
    package="codex_exec_stream",
    unions=(),
    root=ROOT,
    described=(SOURCE, "protocol.json"),
    identities=IDENTITIES,
    rules=RULES,
    claims=True,
    nested=("item",),
    domains=DOMAINS,
    lines=_LINES,
)

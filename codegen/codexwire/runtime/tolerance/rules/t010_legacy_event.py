"""`codex/event/<type>` notifications of the first API are kept raw.

They wrap a message of the core, `{id, msg, conversationId}`, and double nearly every v2 notification;
a decoder that turned them into v2 notifications would tell everything twice. Packages of releases that
know them decode them; in all others they stay whole under this name.
"""

from __future__ import annotations

from typing import Any

from codexwire.profiles.app_server.names import PREFIX
from codexwire.runtime.tolerance.rule import Hook, Spot, ToleranceRule
from codexwire.runtime.unknown import ABSENT
from codexwire.version import VersionRange


def apply(spot: Spot, raw: Any) -> Any:
    """Return the method itself, which names the rule as the reason why it is kept raw."""
    del spot
    return raw if isinstance(raw, str) and raw.startswith(PREFIX) else ABSENT


RULE = ToleranceRule(
    id="t010-legacy-event",
    title="A `codex/event/…` notification of the first API is kept raw; its v2 notification is sent too.",
    versions=VersionRange.parse("..0.107.0"),
    evidence=(
        "0.58.0–0.107.0 send them, 0.115.0 and later do not (recorded)",
        "removed by openai/codex#13375",
    ),
    hook=Hook.METHOD,
    apply=apply,
    words={"prefix": PREFIX},
)

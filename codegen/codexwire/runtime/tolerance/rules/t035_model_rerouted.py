"""`model/rerouted` with one `model` in place of `fromModel` and `toModel`."""

from __future__ import annotations

from typing import Any

from codexwire.runtime.tolerance.rule import Hook, Spot, ToleranceRule
from codexwire.runtime.unknown import ABSENT
from codexwire.version import VersionRange


def apply(spot: Spot, raw: Any) -> Any:
    """Return the model that was named alone: the one that is used now."""
    wanted = spot.owner == "ModelReroutedNotification" and spot.name == "toModel"
    return raw.get("model", ABSENT) if wanted else ABSENT


RULE = ToleranceRule(
    id="t035-model-rerouted",
    title="`model/rerouted` names only the model that is used now.",
    versions=VersionRange.parse("*"),
    evidence=(
        "schemas 0.107.0–0.169.0 have fromModel and toModel; kcap-cli#1020 reads `model` (a hint)",
    ),
    hook=Hook.MISSING,
    apply=apply,
)

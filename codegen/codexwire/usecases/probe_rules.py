"""What a probe learned as settings of a project: response types, and rules for what the schema rejects."""

from __future__ import annotations

from typing import Any

import tomli_w

from codexwire.probe.learn import ResultVerdict
from codexwire.probe.propose import proposed
from codexwire.usecases.probe import ProbeOutcome

__all__ = ["project_settings"]

_HEAD = (
    "# Proposed by `codexwire probe`: look at each of them before it goes into pyproject.toml.\n\n"
)


def project_settings(outcome: ProbeOutcome) -> str:
    """Return TOML for pyproject.toml; only a comment where there is nothing to propose."""
    learned = {r.method: r.type for r in outcome.responses if r.verdict is ResultVerdict.LEARNED}
    rules: dict[str, Any] = {}
    for rejection in outcome.rejected:
        table = proposed(rejection, outcome.protocol)
        if table is not None:
            rules.setdefault(table["id"], table)
    tables: dict[str, Any] = {"responses": learned} if learned else {}
    if rules:
        tables["rules"] = list(rules.values())
    return _HEAD + (tomli_w.dumps({"tool": {"codexwire": tables}}) if tables else "")

"""What probed releases do otherwise, each kind of change by an example of it."""

from __future__ import annotations

import pytest
from msgspec.structs import replace

from codexwire.model.observed import Observed
from codexwire.usecases import observed as module
from codexwire.usecases.observed import compare_observed
from codexwire.version import Version


def told(old: str, new: str) -> set[tuple[str, str, str]]:
    """The rule, place and text of each change; every rule has a title."""
    report = compare_observed(old, new)
    assert {finding.rule for finding in report.findings} <= report.rules.keys()
    return {(c["rule"], c["about"], c["change"]) for c in report.document["changes"]}


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        (
            "0.128.0",
            "0.130.0",
            {
                ("message", "item/fileChange/outputDelta", "sent no more"),
                ("gate", "turn/diff/updated", "sent only with the capability"),
                ("record", "event_msg:patch_apply_end", "sent now"),
                ("damaged", "array-for-object", "8 → 9"),
            },
        ),
        (
            "0.130.0",
            "0.133.0",
            {
                ("request", "thread/goal/get", "refused → answered"),
                ("member", "v2/ThreadItem.agentsStates", "sent no more"),
                ("value", "v2/CommandExecutionStatus declined", "sent now"),
            },
        ),
    ],
)
def test_what_real_releases_do_otherwise(
    old: str, new: str, changes: set[tuple[str, str, str]]
) -> None:
    assert changes <= told(old, new)


def test_a_request_that_the_schema_omits(monkeypatch: pytest.MonkeyPatch) -> None:
    """No two releases differ in that: one that knows it no more is invented."""
    real = module.observed_of

    def observed_of(version: Version) -> Observed | None:
        found = real(version)
        return replace(found, hidden=()) if found and version == Version(0, 171, 0) else found

    monkeypatch.setattr(module, "observed_of", observed_of)
    assert ("hidden", "getAuthStatus", "sent no more") in told("0.169.0", "0.171.0")

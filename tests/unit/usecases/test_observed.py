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
                ("message", "item/commandExecution/requestApproval", "sent now"),
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


def test_what_no_two_releases_differ_in_yet(monkeypatch: pytest.MonkeyPatch) -> None:
    """What 0.171.0 does is invented: a request answered by another type, and one known no more."""
    newest, real = Version(0, 171, 0), module.observed_of
    found = real(newest)
    assert found is not None
    request = replace(found.requests["turn/start"], verdict="contradicted", result="v2/Turn")
    requests = {**found.requests, "turn/start": request}
    invented = replace(found, hidden=(), requests=requests)

    def observed_of(version: Version) -> Observed | None:
        return invented if version == newest else real(version)

    monkeypatch.setattr(module, "observed_of", observed_of)
    assert told("0.169.0", "0.171.0") >= {
        ("hidden", "getAuthStatus", "sent no more"),
        ("request", "turn/start", "v2/TurnStartResponse → v2/Turn"),
        ("request", "turn/start", "confirmed → contradicted"),
    }

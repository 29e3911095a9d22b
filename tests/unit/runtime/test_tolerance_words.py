"""Every other word and name that the tolerance rules read, each with what it means."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

import codex_app_server_protocol as protocol
from codexwire.ingest.archive import archive
from codexwire.ir.walk import subschemas
from codexwire.runtime.tolerance.rule import ExpectedType, MessagePart, Spot
from codexwire.runtime.tolerance.rules import (
    t001_integral_number,
    t023_renamed_value,
    t025_tagged_object,
    t026_approval_decision,
    t037_tag_absent,
)
from codexwire.runtime.unknown import ABSENT
from codexwire.version import Version

DECISIONS = {
    "abort": "cancel",
    "approved": "accept",
    "approved_for_session": "acceptForSession",
    "denied": "decline",
}
ASKED_V1 = ("execCommandApproval", "applyPatchApproval")
ASKED_V2 = ("item/commandExecution/requestApproval", "item/fileChange/requestApproval")


@pytest.mark.parametrize(("old", "new"), DECISIONS.items())
def test_a_decision_is_read_by_its_name_in_the_other_generation(old: str, new: str) -> None:
    cases = [(method, old, new) for method in ASKED_V2]
    if old != "denied":  # which is no string any more, but an object with the reason
        cases += [(method, new, old) for method in ASKED_V1]
    for method, said, meant in cases:
        value = protocol.decode_result(method, {"decision": said})
        assert value.decision == meant
        assert protocol.dump(value) == {"decision": said}


@pytest.mark.parametrize("name", ["usage", "token_usage", "info"])
def test_token_usage_has_had_these_names(name: str) -> None:
    counts = dict.fromkeys(
        (
            "cachedInputTokens",
            "inputTokens",
            "outputTokens",
            "reasoningOutputTokens",
            "totalTokens",
        ),
        7,
    )
    params = {"threadId": "T", "turnId": "U", name: {"last": counts, "total": counts}}
    value = protocol.decode_notification("thread/tokenUsage/updated", params)
    assert value.token_usage.total.total_tokens == 7


@pytest.mark.parametrize(
    ("said", "meant"),
    [("cancelled", "interrupted"), ("canceled", "interrupted"), ("error", "failed")],
)
def test_the_end_of_a_turn_has_had_these_words(said: str, meant: str) -> None:
    params = {"threadId": "T", "turn": {"id": "U", "items": [], "status": said}}
    value = protocol.decode_notification("turn/completed", params)
    assert value.turn.status == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("turn.completed", "turn/completed"),
        ("turnCompleted", "turn/completed"),
        ("turn/failed", "turn/completed"),
        ("turn/error", "error"),
        ("turn/tokenUsage", "thread/tokenUsage/updated"),
        ("turn/usage", "thread/tokenUsage/updated"),
        ("turn/streamDelta", "item/agentMessage/delta"),
        ("item/delta", "item/agentMessage/delta"),
        ("item/reasoning/delta", "item/reasoning/textDelta"),
        ("item/toolCall/start", "item/started"),
        ("item/toolCall/end", "item/completed"),
        ("item/updated", "item/started"),
        ("thread/resumed", "thread/started"),
    ],
)
def test_a_method_has_had_these_names(said: str, meant: str) -> None:
    """They are taken where that is asked for."""
    params: dict[str, Any] = {"threadId": "T", "turnId": "U"}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        value = protocol.decode_notification(said, params, aliases=True)
    assert type(value) is protocol.NOTIFICATION_MODELS[meant]
    assert type(protocol.decode_notification(said, params)) is not type(value)


def at(facts: ExpectedType) -> Spot:
    return Spot(MessagePart("x", "params", {}), ("x",), "Owner", facts)


@pytest.mark.parametrize(
    ("enum", "release", "said", "meant"),
    [
        ("ApprovalsReviewer", "0.115.0", "auto_review", "guardian_subagent"),
        ("AskForApproval", "0.58.0", "untrusted", "unlessTrusted"),
        ("AskForApproval", "0.72.0", "unlessTrusted", "untrusted"),
        ("AskForApproval", "0.143.0", "on-failure", "on-request"),
        ("AskForApproval", "0.143.0", "onFailure", "on-request"),
        ("FileSystemAccessMode", "0.123.0", "deny", "none"),
        ("FileSystemAccessMode", "0.133.0", "none", "deny"),
        ("NetworkUnixSocketPermission", "0.118.0", "deny", "none"),
        ("NetworkUnixSocketPermission", "0.136.0", "none", "deny"),
        ("ServiceTier", "0.110.0", "priority", "fast"),
    ],
)
def test_a_value_is_read_by_the_name_that_a_release_has_for_it(
    enum: str, release: str, said: str, meant: str
) -> None:
    published = archive().protocol(Version.parse(release))
    assert published is not None
    nodes = subschemas(published.types[f"v2/{enum}"].schema)
    values = {v for _, node in nodes if isinstance(node, dict) for v in node.get("enum", ())}
    facts = ExpectedType("enum", enum, values=frozenset(values))
    spot = at(facts)
    assert t023_renamed_value.RULE.apply(spot, said) == meant
    assert t023_renamed_value.RULE.apply(spot, meant) is ABSENT


@pytest.mark.parametrize("kind", ["integer", "choice"])
def test_a_whole_number_may_be_written_with_a_point(kind: str) -> None:
    """JSON Schema takes 1.0 for an integer, also where a string may stand in its place."""
    rule = t001_integral_number.RULE
    assert type(rule.apply(at(ExpectedType(kind)), 1.0)) is int
    for other in (1.5, "1.0", True):
        assert rule.apply(at(ExpectedType(kind)), other) is ABSENT
    assert rule.apply(at(ExpectedType("number")), 1.0) is ABSENT


@pytest.mark.parametrize("name", ["type", "kind", "mode", "status"])
def test_a_tag_may_be_called_so(name: str) -> None:
    strings = ExpectedType("enum", "PatchChangeKind", values=frozenset({"add", "delete"}))
    assert t025_tagged_object.RULE.apply(at(strings), {name: "add", "path": "p"}) == "add"
    assert t025_tagged_object.RULE.apply(at(strings), {"color": "add", "path": "p"}) is ABSENT
    policies = dict.fromkeys(("readOnly", "externalSandbox"), frozenset({"tag"}))
    union = ExpectedType("union", tag="tag", variants=policies)
    raw = {name: "readOnly"}
    assert t037_tag_absent.RULE.apply(at(union), raw) == {**raw, "tag": "readOnly"}
    assert t037_tag_absent.RULE.apply(at(union), {"color": "readOnly"}) is ABSENT


@pytest.mark.parametrize(
    "enum",
    ["ApprovalDecision", "CommandExecutionApprovalDecision", "FileChangeApprovalDecision"],
)
@pytest.mark.parametrize(("old", "new"), DECISIONS.items())
def test_every_enum_of_decisions_has_both_names(enum: str, old: str, new: str) -> None:
    facts = ExpectedType("enum", enum, values=frozenset(DECISIONS.values()))
    assert t026_approval_decision.RULE.apply(at(facts), old) == new
    reviewed = ExpectedType("enum", "ReviewDecision", values=frozenset(DECISIONS))
    assert t026_approval_decision.RULE.apply(at(reviewed), new) == old

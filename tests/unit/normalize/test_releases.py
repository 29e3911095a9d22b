"""All rules on the vendored releases: no stale claim, nothing unresolved, names that are names."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from codexwire.direction import Kind, Side, Stability
from codexwire.ingest import load
from codexwire.ir.canonical import canonical_json, strip_annotations
from codexwire.ir.content import content_classes
from codexwire.ir.model import Protocol, Schema
from codexwire.ir.nodes import is_catch_all, union_of
from codexwire.ir.walk import references, subschemas
from codexwire.normalize import AS_PUBLISHED, Effect, Normalized, normalize
from codexwire.profiles.shared.rules.n014_branch_titles import class_name
from codexwire.profiles.shared.rules.n017_time_units import unit_of

VENDORED = ("0.72.0", "0.99.0", "0.125.0", "0.163.0", "0.169.0", "0.171.0")
BOTH = [(v, c) for v in VENDORED for c in ("stable", "experimental")]
ANNOTATIONS_ONLY = (Effect.ANNOTATE,)

Normalize = Callable[..., Normalized]
Publish = Callable[..., Protocol]


def nodes(protocol: Protocol) -> Iterator[tuple[str, Schema]]:
    for name, typedef in protocol.types.items():
        for _, node in subschemas(typedef.schema):
            yield name, node
    for method in protocol.methods:
        for _, node in subschemas(method.branch):
            yield method.name, node


@pytest.mark.parametrize(("version", "channel"), BOTH)
@pytest.mark.parametrize("effects", [tuple(Effect), ANNOTATIONS_ONLY], ids=["all", "annotate"])
def test_no_claim_is_stale(
    normalized: Normalize, version: str, channel: str, effects: tuple[Effect, ...]
) -> None:
    assert [str(s) for s in normalized(version, channel, effects).stale] == []


@pytest.mark.parametrize(
    "source", ["rollout@0.141.0", "rollout@0.142.0", "rollout@0.171.0", "exec-stream"]
)
def test_a_rule_of_lines_has_a_row_for_every_type_that_it_changes(source: str) -> None:
    found = normalize(load(source))
    assert [str(s) for s in found.stale] == []
    listed = [a for a in found.applied if a.rule.rows]
    assert listed
    for applied in listed:
        assert set(applied.places) <= {row.place for row in applied.rule.rows}


@pytest.mark.parametrize(("version", "channel"), BOTH)
def test_every_request_is_resolved_and_every_response_used(
    normalized: Normalize, version: str, channel: str
) -> None:
    found = normalized(version, channel).protocol
    requests = [m for m in found.methods if m.kind is Kind.REQUEST]
    assert all(m.result in found.types for m in requests)
    assert {m.result_by for m in requests} <= {"params", "table"}
    responses = {name for name in found.types if name.endswith("Response")}
    assert responses - {m.result for m in requests} == {"JSONRPCResponse"}
    assert [m.name for m in found.methods if m.kind is Kind.NOTIFICATION and m.result] == []


@pytest.mark.parametrize(("version", "channel"), BOTH)
def test_every_reference_resolves(normalized: Normalize, version: str, channel: str) -> None:
    found = normalized(version, channel).protocol
    targets = {name for _, node in nodes(found) for name in references(node)}
    assert targets - set(found.types) == set()


PATCHED = {
    "0.72.0": {"n005", "n007", "n008", "n022", "n024"},
    "0.99.0": {"n005", "n007", "n008", "n022", "n023", "n024"},
    "0.125.0": {"n003", "n004", "n024"},
    "0.163.0": {"n003", "n004", "n006", "n024"},
    "0.169.0": {"n003", "n004", "n006", "n024"},
    "0.171.0": {"n003", "n004", "n006", "n024"},
}


@pytest.mark.parametrize("version", VENDORED)
def test_which_rules_correct_a_release(normalized: Normalize, version: str) -> None:
    applied = [a.rule for a in normalized(version).applied]
    assert {r.id[:4] for r in applied if r.effect is not Effect.ANNOTATE} == PATCHED[version]


HIDDEN = {
    "0.125.0": {
        "getAuthStatus",
        "getConversationSummary",
        "gitDiffToRemote",
        "rawResponseItem/completed",
    },
    "0.169.0": {
        "getAuthStatus",
        "getConversationSummary",
        "gitDiffToRemote",
        "rawResponse/completed",
        "rawResponseItem/completed",
    },
}


@pytest.mark.parametrize("version", HIDDEN)
def test_hidden_methods(normalized: Normalize, version: str) -> None:
    found = normalized(version).protocol
    assert {m.name for m in found.methods if not m.published} == HIDDEN[version]


def test_one_notification_for_each_event(normalized: Normalize) -> None:
    found = normalized("0.99.0").protocol
    events = [m for m in found.methods if m.name.startswith("codex/event/")]
    assert len(events) == len(found.types["EventMsg"].schema["oneOf"]) == 70  # type: ignore[index]
    assert found.types["CodexEventTaskStartedParams"].schema["required"] == [  # type: ignore[index]
        "conversationId",
        "id",
        "msg",
    ]


TWINS = {"0.72.0": (44, 9), "0.99.0": (47, 13), "0.125.0": (2, 0), "0.163.0": (2, 0)}


@pytest.mark.parametrize("version", TWINS)
def test_twins_as_measured(published: Publish, version: str) -> None:
    found = published(version)
    twins = [name for name in found.types if f"v2/{name}" in found.types]
    classes = content_classes(found, [*twins, *(f"v2/{name}" for name in twins)])
    differing = [name for name in twins if classes[name] != classes[f"v2/{name}"]]
    assert (len(twins), len(differing)) == TWINS[version]


@pytest.mark.parametrize("version", VENDORED)
def test_twins_that_are_left_have_names_of_their_own(normalized: Normalize, version: str) -> None:
    found = normalized(version).protocol
    names = [class_name(found, typedef) for typedef in found.types.values()]
    assert len(set(names)) == len(names)


@pytest.mark.parametrize(("version", "channel"), BOTH)
def test_titles_of_branches(normalized: Normalize, version: str, channel: str) -> None:
    found = normalized(version, channel).protocol
    types = {class_name(found, typedef) for typedef in found.types.values()}
    contents: dict[str, str] = {}
    for owner, node in nodes(found):
        union = union_of(found, node)
        for variant in union.variants if union else ():
            branch = variant.schema
            if not isinstance(branch, dict) or "properties" not in branch:
                continue
            title = branch["title"]
            assert title.isidentifier(), owner
            assert title not in types
            assert not title[-1].isdigit()
            content = canonical_json(strip_annotations(branch))
            assert contents.setdefault(title, content) == content
    titles = [m.branch["title"] for m in found.methods]
    assert len(set(titles)) == len(titles)
    assert all(title.isidentifier() for title in titles)


def test_a_title_does_not_change_when_another_type_is_added(normalized: Normalize) -> None:
    def titles(version: str) -> dict[str, object]:
        schema = normalized(version).protocol.types["v2/ThreadItem"].schema
        assert isinstance(schema, dict)
        return {b["properties"]["type"]["enum"][0]: b["title"] for b in schema["oneOf"]}

    old, new = titles("0.125.0"), titles("0.169.0")
    assert old.keys() < new.keys()
    assert {tag: new[tag] for tag in old} == old


@pytest.mark.parametrize("version", VENDORED)
def test_every_tagged_union_states_its_tag(normalized: Normalize, version: str) -> None:
    found = normalized(version).protocol
    for _, node in nodes(found):
        union = union_of(found, node)
        if union is None or not isinstance(node, dict):
            continue
        stated = node.get("discriminator")
        if union.tag is None or (union.tag == "" and "properties" in node):
            assert stated is None
        elif union.tag == "":
            assert stated == {"externallyTagged": True}
        else:
            assert isinstance(stated, dict)
            assert stated["propertyName"] == union.tag


@pytest.mark.parametrize("version", VENDORED)
def test_no_union_has_two_plain_string_branches(normalized: Normalize, version: str) -> None:
    for _, node in nodes(normalized(version).protocol):
        branches = node.get("oneOf", node.get("anyOf", [])) if isinstance(node, dict) else []
        plain = [b for b in branches if isinstance(b, dict) and b.get("type") == "string"]
        assert len([b for b in plain if "enum" in b]) <= 1


@pytest.mark.parametrize("version", VENDORED)
def test_open_unions_have_a_catch_all(normalized: Normalize, version: str) -> None:
    found = normalized(version).protocol
    marked = {n for n, node in nodes(found) if isinstance(node, dict) and "x-open" in node}
    assert marked == (
        {"v2/CodexErrorInfo"} if version in ("0.163.0", "0.169.0", "0.171.0") else set()
    )
    for name in marked:
        schema = found.types[name].schema
        assert isinstance(schema, dict)
        assert any(is_catch_all(b) for b in schema["anyOf"])


@pytest.mark.parametrize("version", VENDORED)
def test_server_notifications_admit_members_beside_theirs(
    normalized: Normalize, version: str
) -> None:
    found = normalized(version).protocol
    beside = dict(found.envelope.get("ServerNotification", {}))
    assert ("emittedAtMs" in beside) is (version in ("0.163.0", "0.169.0", "0.171.0"))
    if beside:
        assert beside["emittedAtMs"]["x-unit"] == "ms"  # type: ignore[index]
    assert [m.name for m in found.methods if "additionalProperties" in m.branch] == []


@pytest.mark.parametrize("version", VENDORED)
def test_units_agree_with_descriptions(normalized: Normalize, version: str) -> None:
    for owner, node in nodes(normalized(version).protocol):
        properties = node.get("properties", {}) if isinstance(node, dict) else {}
        for name, sub in properties.items():
            if isinstance(sub, dict) and "x-unit" in sub:
                said = unit_of("", sub.get("description", ""))
                assert said in (None, sub["x-unit"]), f"{owner}.{name}"


IN_MILLISECONDS = (
    "connectTimeoutMs durationMs startedAtMs headers_helper_refresh_interval_ms timeout_ms"
)
IN_SECONDS = (
    "longestRunningTurnSec timeoutSec timeoutSecs timeUsedSeconds reset_after_seconds"
    " completedAt completed_at createdAt recencyAt resetsAt resets_at secs startedAt started_at updatedAt"
)
WITHOUT_UNIT = "lastSeenAt lastUsedAt retirementAt ts windowDurationMins position"


def test_the_name_of_a_member_tells_its_unit() -> None:
    """Names that releases publish; those of a measured unit say nothing by themselves."""
    assert {unit_of(name, "") for name in IN_MILLISECONDS.split()} == {"ms"}
    assert {unit_of(name, "") for name in IN_SECONDS.split()} == {"s"}
    assert {unit_of(name, "") for name in WITHOUT_UNIT.split()} == {None}


@pytest.mark.parametrize("version", ["0.72.0", "0.99.0"])
def test_restoring_puts_back_what_the_per_type_files_say(version: str) -> None:
    restored = {a.rule.id[:4] for a in normalize(load(version), effects=AS_PUBLISHED).applied}
    bare = {a.rule.id[:4] for a in normalize(load(version), effects=(Effect.ANNOTATE,)).applied}
    assert restored - bare == PATCHED[version] & {"n022", "n023"}


@pytest.mark.parametrize(("version", "channel"), BOTH)
def test_no_request_of_the_client_asks_for_null(
    normalized: Normalize, version: str, channel: str
) -> None:
    requests = normalized(version, channel).protocol.table(Side.CLIENT, Kind.REQUEST)
    assert "account/logout" in {m.name for m in requests}
    assert [m.name for m in requests if m.params == {"type": "null"}] == []


@pytest.mark.parametrize("channel", ["stable", "experimental"])
def test_notifications_that_the_stable_schema_has_are_experimental(
    normalized: Normalize, channel: str
) -> None:
    """They stay in the protocol of either schema: what a server sends is to be understood."""
    told = normalized("0.169.0", channel).protocol.table(Side.SERVER, Kind.NOTIFICATION)
    stability = {m.name: m.stability for m in told}
    for name in ("thread/settings/updated", "process/exited", "thread/realtime/sdp"):
        assert stability[name] is Stability.EXPERIMENTAL
    for name in ("turn/started", "thread/section/changed", "item/autoApprovalReview/started"):
        assert stability[name] is Stability.STABLE


def test_the_exec_server_has_a_process_exited_of_its_own() -> None:
    found = normalize(load("exec-server")).protocol
    told = found.method("process/exited", Side.SERVER, Kind.NOTIFICATION)
    assert told is not None
    assert told.stability is Stability.STABLE

"""The layout of the official SDK: its names, its shapes, its registry, importing nothing but pydantic."""

from __future__ import annotations

import ast
import importlib.util
import json
import re
import subprocess
import sys
import typing
from enum import Enum
from pathlib import Path
from types import ModuleType, UnionType
from typing import Any

import pytest
from amount import sample_of
from openai_codex.generated import notification_registry as official_registry
from openai_codex.generated import v2_all as official
from pydantic import BaseModel, RootModel
from recorded import messages
from sdk import OFFICIAL, sdk_copy

from codexwire.emit.sdk_names import IMPORTED, TITLES

# Classes whose shape differs, and why that is meant.
DIFFERENT = {
    # published with one value, an open enum here; `.root` is there and equals the same string
    "AgentMessageDelivery": "one value",
    "AutoReviewDecisionSource": "one value",
    "DesktopOnboardingEntrypoint": "one value",
    "ExternalAgentImportedConnectorSource": "one value",
    "McpServerStartupFailureReason": "one value",
    "ModelRerouteReason": "one value",
    "ModelVerification": "one value",
    "ResidencyRequirement": "one value",
    "ReasoningSummary": "one enum of all values",
    "ReasoningSummaryValue": "one enum of all values",
    # what servers send, and the published schema gets wrong
    "TurnStartedThreadTimelineEntry": "camelCase on the wire",
    "TurnCompletedThreadTimelineEntry": "camelCase on the wire",
    "AccountGatewayOAuthCancelRequest": "null params may be an empty object",
    "AccountGatewayOAuthLoginRequest": "null params may be an empty object",
    "AccountGatewayOAuthReadRequest": "null params may be an empty object",
    "AccountLogoutRequest": "null params may be an empty object",
    "AccountWorkspaceMessagesReadRequest": "null params may be an empty object",
    "ConfigMcpServerReloadRequest": "null params may be an empty object",
    "ConfigRequirementsReadRequest": "null params may be an empty object",
    "ExternalAgentConfigImportReadHistoriesRequest": "null params may be an empty object",
    "WindowsSandboxReadinessRequest": "null params may be an empty object",
    "ChatgptAccount": "email may be null",
    "McpResourceReadTarget": "nullable reads null when absent",
    # the SDK overrides the published type of three paths
    "ApplyPatchGuardianApprovalReviewAction": "path as published",
    "CommandGuardianApprovalReviewAction": "path as published",
    # methods that servers have and the published unions omit
    "ClientRequest": "hidden methods",
    "ServerNotification": "hidden methods",
}


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return sdk_copy(tmp_path_factory.mktemp("sdk"))


@pytest.fixture(scope="module")
def ours(copy: Path) -> ModuleType:
    return load(copy, "v2_all")


def load(copy: Path, name: str) -> ModuleType:
    """A module of the generated folder, imported as one of a package of its own."""
    folder = copy / "openai_codex" / "generated"
    if "sdk_generated" not in sys.modules:
        spec = importlib.util.spec_from_file_location(
            "sdk_generated", folder / "__init__.py", submodule_search_locations=[str(folder)]
        )
        assert spec is not None
        sys.modules["sdk_generated"] = importlib.util.module_from_spec(spec)
    return importlib.import_module(f"sdk_generated.{name}")


def classes(module: ModuleType) -> dict[str, type]:
    return {
        name: value
        for name, value in vars(module).items()
        if isinstance(value, type)
        and issubclass(value, BaseModel | Enum)
        and value.__module__ == module.__name__
        and "[" not in name
    }


def annotation(value: Any, names: dict[int, str]) -> Any:
    """An annotation as a comparable value; unions without order and without `UnknownVariant`."""
    origin = typing.get_origin(value)
    arguments = typing.get_args(value)
    if origin is typing.Annotated:
        return annotation(arguments[0], names)
    if origin is typing.Literal:
        return frozenset(arguments)
    if origin in (typing.Union, UnionType):
        kept = [a for a in arguments if getattr(a, "__name__", "") != "UnknownVariant"]
        return (
            annotation(kept[0], names)
            if len(kept) == 1
            else frozenset(annotation(a, names) for a in kept)
        )
    if origin is not None or value is list:
        return (origin or list, *(annotation(a, names) for a in arguments if a is not Any))
    return names.get(id(value), getattr(value, "__name__", repr(value)))


def shape(cls: type, names: dict[int, str]) -> Any:
    """What makes two classes exchangeable: values, or the value's type, or fields."""
    if issubclass(cls, Enum):
        return {member.name: member.value for member in cls}
    assert issubclass(cls, BaseModel)
    cls.model_rebuild()
    if issubclass(cls, RootModel):
        return annotation(cls.model_fields["root"].annotation, names)
    return {
        name: (field.alias or name, field.is_required(), annotation(field.annotation, names))
        for name, field in cls.model_fields.items()
    }


def names_of(module: ModuleType) -> dict[int, str]:
    """The name of each class of a module: among several the one that the SDK uses."""
    known = classes(official)
    ordered = sorted(classes(module).items(), key=lambda item: item[0] in known)
    return {id(cls): name for name, cls in ordered}


def test_every_name_of_the_sdk_is_there(ours: ModuleType) -> None:
    assert not classes(official).keys() - classes(ours).keys()


NUMBERED = re.compile(r"^class (\w*[a-z]\d+)\(", re.MULTILINE)


@pytest.mark.parametrize("release", sample_of(["0.58.0", "0.171.0"], 1))
def test_no_class_has_a_number_for_a_name_but_those_of_the_sdk(
    release: str, tmp_path: Path
) -> None:
    command = [sys.executable, "-m", "codexwire", "generate", "--schema", release]
    command += ["--layout", "openai-sdk", "--out", str(tmp_path)]
    subprocess.run(command, check=True, capture_output=True)
    numbered = NUMBERED.findall((tmp_path / "v2_all.py").read_text("utf-8"))
    assert set(numbered) <= set(TITLES.values())


def test_every_name_that_the_sdk_imports_is_there(ours: ModuleType) -> None:
    assert not [name for name in sdk_imports() if not hasattr(ours, name)]


def test_shapes_are_those_of_the_sdk(ours: ModuleType) -> None:
    theirs, mine = classes(official), classes(ours)
    own, other = names_of(ours), names_of(official)
    differing = {
        name
        for name in theirs.keys() & mine.keys()
        if shape(theirs[name], other) != shape(mine[name], own)
    }
    assert differing == DIFFERENT.keys()


def test_kinds_are_those_of_the_sdk(ours: ModuleType) -> None:
    mine = classes(ours)
    for name, cls in classes(official).items():
        if name in mine:
            for kind in (Enum, RootModel, BaseModel):
                assert issubclass(cls, kind) is issubclass(mine[name], kind), name


def test_what_the_sdk_compares_and_reads(ours: ModuleType) -> None:
    turn = ours.Turn.model_validate({"id": "t", "items": [], "status": "interrupted"})
    assert turn.status is ours.TurnStatus.interrupted
    item = {"type": "agentMessage", "id": "i", "text": "a", "phase": "final_answer"}
    found = ours.ThreadItem.model_validate(item)
    assert isinstance(found.root, ours.AgentMessageThreadItem)
    assert found.root.phase == ours.MessagePhase.final_answer
    policy = ours.SandboxPolicy(root=ours.ReadOnlySandboxPolicy(type="readOnly"))
    assert policy.model_dump(by_alias=True, exclude_none=True, mode="json") == {
        "type": "readOnly",
        "networkAccess": False,
    }
    ask = ours.AskForApproval(root=ours.AskForApprovalValue.never)
    assert ask.model_dump(mode="json") == "never"
    params = ours.ThreadStartParams(approval_policy=ask, cwd="/")
    assert params.model_dump(by_alias=True, exclude_none=True, mode="json") == {
        "approvalPolicy": "never",
        "cwd": "/",
    }


def test_unknown_values_variants_and_properties_are_kept(ours: ModuleType) -> None:
    raw = {
        "threadId": "t",
        "turn": {
            "id": "u",
            "status": "invented",
            "items": [{"type": "invented", "id": "i", "x": [1]}],
            "more": {"a": None},
        },
    }
    value = ours.TurnCompletedNotification.model_validate(raw)
    assert value.turn.status == "invented"
    assert value.turn.status.value == "invented"
    assert value.turn.status == ours.TurnStatus("invented")
    assert "invented" not in [member.value for member in ours.TurnStatus]
    assert isinstance(value.turn.items[0].root, ours.UnknownVariant)
    assert value.turn.items[0].root.type == "invented"
    assert value.model_dump(by_alias=True, exclude_unset=True, mode="json") == raw
    with pytest.raises(ValueError, match="7"):
        ours.TurnStatus(7)


def test_the_registry_is_that_of_the_sdk_and_the_hidden_notifications(copy: Path) -> None:
    registry = load(copy, "notification_registry")
    mine = {m: cls.__name__ for m, cls in registry.NOTIFICATION_MODELS.items()}
    theirs = {m: cls.__name__ for m, cls in official_registry.NOTIFICATION_MODELS.items()}
    assert mine.items() >= theirs.items()
    assert mine.keys() - theirs.keys() == {"rawResponse/completed", "rawResponseItem/completed"}
    for table in ("DIRECT_TURN_ID_NOTIFICATION_TYPES", "NESTED_TURN_NOTIFICATION_TYPES"):
        names = {cls.__name__ for cls in getattr(registry, table)}
        official_names = {cls.__name__ for cls in getattr(official_registry, table)}
        hidden = {n for n in names if n.startswith("RawResponse")}
        assert names - hidden == official_names
    members = {cls.__name__ for cls in typing.get_args(registry.KnownNotificationPayload)}
    assert members == set(mine.values())


def test_turn_ids_are_found_where_the_sdk_finds_them(copy: Path) -> None:
    registry = load(copy, "notification_registry")
    count = 0
    for sender, message, _ in messages("0.163.0"):
        method = message.get("method")
        if sender != "server" or "id" in message or method not in registry.NOTIFICATION_MODELS:
            continue
        value = registry.NOTIFICATION_MODELS[method].model_validate(message["params"])
        params = message["params"]
        expected = params.get("turnId", params.get("turn", {}).get("id"))
        assert registry.notification_turn_id(value) == expected
        back = value.model_dump(by_alias=True, exclude_unset=True, mode="json")
        assert back == json.loads(json.dumps(params)), method
        count += expected is not None
    assert count > 100


def test_only_pydantic_is_imported(copy: Path) -> None:
    for name in ("v2_all", "notification_registry"):
        source = (copy / "openai_codex" / "generated" / f"{name}.py").read_text("utf-8")
        imported = {
            node.module.partition(".")[0] if node.level == 0 and node.module else "."
            for node in ast.walk(ast.parse(source))
            if isinstance(node, ast.ImportFrom)
        }
        assert imported <= {"__future__", "enum", "typing", "pydantic", "."}
        assert not [n for n in ast.walk(ast.parse(source)) if isinstance(n, ast.Import)]


def test_the_sdk_imports_with_our_files(copy: Path) -> None:
    code = (
        "import openai_codex, openai_codex.generated.v2_all as v; "
        "print(openai_codex.__file__, hasattr(v, 'OpenEnum'), openai_codex.Codex.__name__)"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=copy, capture_output=True, text=True)
    assert done.stdout.split() == [str(copy / "openai_codex" / "__init__.py"), "True", "Codex"]


def sdk_imports() -> set[str]:
    """The names of models that the SDK's own modules import."""
    return {
        alias.name
        for path in OFFICIAL.glob("*.py")
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.ImportFrom) and node.module == "generated.v2_all"
        for alias in node.names
    }


def test_what_the_sdk_imports_is_known() -> None:
    assert set(IMPORTED) == sdk_imports()


ON_OTHER_RELEASES = """
import json, sys
import openai_codex
from openai_codex._approval_mode import ApprovalMode, _approval_mode_settings
from openai_codex.generated import notification_registry as registry, v2_all as v
settings = [_approval_mode_settings(mode) for mode in ApprovalMode]
answer = [(ask.model_dump(mode="json"), who and who.value) for ask, who in settings]
items = [
    {"type": "agentMessage", "id": "i", "text": "a", "x": 1.0},
    {"type": "imageView", "id": "j", "path": "/p"},
    {"type": "brandNew", "id": "k"},
]
turn = {"threadId": "t", "turn": {"id": "u", "items": items, "status": "interrupted"}}
value = registry.NOTIFICATION_MODELS["turn/completed"].model_validate(turn)
print(json.dumps({
    "lacks": [name for name in json.loads(sys.argv[1]) if not hasattr(v, name)],
    "approvals": answer,
    "goal": v.ThreadGoalStatus.usage_limited.value,
    "items": [type(item.root).__name__ for item in value.turn.items],
    "interrupted": value.turn.status == v.TurnStatus.interrupted,
    "same": value.model_dump(by_alias=True, exclude_unset=True, mode="json") == turn,
}))
"""


@pytest.mark.parametrize("release", sample_of(["0.72.0", "0.169.0", "0.125.0"], 1))
def test_the_sdk_imports_with_the_files_of_other_releases(release: str, tmp_path: Path) -> None:
    copy = sdk_copy(tmp_path, release)
    command = [sys.executable, "-c", ON_OTHER_RELEASES, json.dumps(sorted(sdk_imports()))]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == {
        "lacks": [],
        "approvals": [["never", None], ["on-request", "auto_review"]],
        "goal": "usageLimited",
        "items": ["AgentMessageThreadItem", "ImageViewThreadItem", "UnknownVariant"],
        "interrupted": True,
        "same": True,
    }


def test_check_compares_the_two_files_only(copy: Path) -> None:
    folder = copy / "openai_codex" / "generated"
    command = [sys.executable, "-m", "codexwire", "generate", "--layout", "openai-sdk"]
    command += ["--schema", "0.163.0", "--out", str(folder), "--check"]
    path = folder / "notification_registry.py"
    kept = path.read_bytes()
    path.write_bytes(kept[:-1])
    done = subprocess.run(command, capture_output=True, text=True)
    path.write_bytes(kept)
    assert done.returncode == 1
    different, summary = done.stdout.splitlines()
    assert different.split() == ["different", path.as_posix()]
    assert summary.startswith("1 of the generated files")


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ([], "--out"),
        (["--out", "x", "--package", "y"], "--package"),
        (["--out", "x", "--schema", "0.125.0,0.163.0"], "one schema"),
    ],
)
def test_options_that_make_no_sense(tmp_path: Path, options: list[str], says: str) -> None:
    command = [sys.executable, "-m", "codexwire", "generate", "--layout", "openai-sdk", *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 2
    assert says in done.stderr
    assert not list(tmp_path.iterdir())


def test_a_schema_without_notifications_has_an_empty_registry(tmp_path: Path) -> None:
    """An invented bundle with one request."""
    request = {
        "type": "object",
        "title": "demo/getRequest",
        "required": ["id", "method"],
        "properties": {"id": {"type": "string"}, "method": {"enum": ["demo/get"]}},
    }
    bundle = {"definitions": {"ClientRequest": {"oneOf": [request]}, "v2": {"P": {}}}}
    (tmp_path / "bundle.json").write_text(json.dumps(bundle))
    options = ["--schema", "bundle.json", "--out", "made"]
    command = [sys.executable, "-m", "codexwire", "generate", "--layout", "openai-sdk", *options]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "\\u000a" not in done.stderr  # notices have lines
    code = "from made.notification_registry import *\n"
    code += "print(NOTIFICATION_MODELS, KnownNotificationPayload.__name__)"
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True
    )
    assert done.stdout == "{} BaseModel\n", done.stderr

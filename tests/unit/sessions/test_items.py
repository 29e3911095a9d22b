"""What becomes of items: invented ones, as the schema of a release lets a server send them."""

from __future__ import annotations

from typing import Any

import pytest
from bundles import full_bundle
from jsonschema import Draft7Validator

from codexwire import session
from codexwire.sessions.items import changed_files, neutral

HEAD = {"id": "i", "place": session.Place("f", 1)}
AGENTS = {"agentsStates": {}, "receiverThreadIds": ["T2"], "senderThreadId": "T", "prompt": "go"}
WIRES: dict[str, tuple[dict[str, Any], session.Item]] = {
    "userMessage": (
        {"content": [{"type": "text", "text": "hi"}, {"type": "localImage", "path": "/a.png"}]},
        session.User(**HEAD, text="hi", pictures=(session.Picture(path="/a.png"),)),
    ),
    "agentMessage": ({"text": "hi"}, session.Agent(**HEAD, text="hi")),
    "reasoning": (
        {"summary": ["a", "b"], "content": ["c"]},
        session.Reasoning(**HEAD, text="a\nb", raw="c"),
    ),
    "commandExecution": (
        {
            "command": "bash -lc ls",
            "commandActions": [],
            "cwd": "/p",
            "status": "failed",
            "exitCode": 2,
            "aggregatedOutput": "no\n",
        },
        session.Command(
            **HEAD,
            command="ls",
            shell="bash -lc",
            cwd="/p",
            status="failed",
            exit_code=2,
            output="no\n",
        ),
    ),
    "fileChange": (
        {
            "changes": [
                {"path": "/a", "kind": {"type": "update", "move_path": "/b"}, "diff": "@@"},
                {"path": "/c", "kind": {"type": "add"}, "diff": "x"},
            ],
            "status": "completed",
        },
        session.FileChange(
            **HEAD,
            changes=(
                session.ChangedFile("/a", "update", "/b", "@@"),
                session.ChangedFile("/c", "add", None, "x"),
            ),
            status="completed",
        ),
    ),
    "mcpToolCall": (
        {
            "server": "s",
            "tool": "t",
            "arguments": {"a": 1},
            "status": "completed",
            "result": {"content": [{"type": "text", "text": "done"}]},
        },
        session.Tool(
            **HEAD, server="s", name="t", arguments={"a": 1}, status="completed", output="done"
        ),
    ),
    "dynamicToolCall": (
        {
            "tool": "t",
            "arguments": {"a": 1},
            "status": "completed",
            "contentItems": [{"type": "inputText", "text": "done"}],
        },
        session.Tool(**HEAD, name="t", arguments={"a": 1}, status="completed", output="done"),
    ),
    "imageView": ({"path": "/a.png"}, session.Image(**HEAD, action="view", path="/a.png")),
    "imageGeneration": (
        {"result": "", "status": "completed", "savedPath": "/a.png", "revisedPrompt": "a dot"},
        session.Image(**HEAD, action="generate", path="/a.png", prompt="a dot", status="completed"),
    ),
    "enteredReviewMode": ({"review": "r"}, session.Review(**HEAD, phase="entered", text="r")),
    "exitedReviewMode": ({"review": "r"}, session.Review(**HEAD, phase="exited", text="r")),
    "contextCompaction": ({}, session.Compaction(**HEAD)),
    "collabAgentToolCall": (
        {**AGENTS, "tool": "spawnAgent", "status": "completed"},
        session.SubAgent(
            **HEAD, tool="spawn_agent", threads=("T2",), prompt="go", status="completed"
        ),
    ),
    "subAgentActivity": (
        {"kind": "started", "agentThreadId": "T2", "agentPath": "/a"},
        session.SubAgent(**HEAD, tool="started", threads=("T2",)),
    ),
    "hookPrompt": (
        {"fragments": [{"text": "stop", "hookRunId": "h"}]},
        session.Context(**HEAD, role="user", origin=("hooks.prompt",), text="stop"),
    ),
    "plan": ({"text": "first"}, session.Plan(**HEAD, text="first")),
    "webSearch": ({"query": "q"}, session.Search(**HEAD, query="q")),
}


@pytest.fixture(scope="module")
def schema() -> Draft7Validator:
    bundle = full_bundle("0.163.0", "experimental")
    return Draft7Validator({**bundle, "$ref": "#/definitions/v2/ThreadItem"})


@pytest.mark.parametrize("type", WIRES)
def test_an_item_says_what_its_wire_says(type: str, schema: Draft7Validator) -> None:
    wire, item = WIRES[type]
    schema.validate({"type": type, "id": "i", **wire})
    assert neutral(type, wire, HEAD) == item


def test_the_stream_of_exec_calls_it_otherwise() -> None:
    wire = {"tool": "wait", "receiver_thread_ids": ["T2"], "status": "completed"}
    told = session.SubAgent(**HEAD, tool="wait", threads=("T2",), status="completed")
    assert neutral("collab_tool_call", wire, HEAD) == told


def test_an_event_names_changed_files_otherwise() -> None:
    changes = {
        "/a": {"type": "update", "unified_diff": "@@", "move_path": "/b"},
        "/c": {"type": "add", "content": "x"},
    }
    assert changed_files(changes) == (
        session.ChangedFile("/a", "update", "/b", "@@"),
        session.ChangedFile("/c", "add", None, "x"),
    )

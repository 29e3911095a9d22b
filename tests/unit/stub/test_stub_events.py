"""What the stub streams is what the schema of a release has for the items of a model's answer."""

from __future__ import annotations

from typing import Any

import pytest

from codexwire import wire
from codexwire.ingest.archive import archive
from codexwire.stub.events import build_item, stream_events
from codexwire.stub.script import Call, Message, Output, Patch, Reasoning, Shell

CUSTOM = {"apply_patch": "custom", "exec_command": "function", "mcp__demo": "namespace"}
TEXT = "First look, then act.\n"

OUTPUTS: list[tuple[Output, dict[str, str], str]] = [
    (Message(TEXT), {}, "message"),
    (Reasoning(TEXT), {}, "reasoning"),
    (Reasoning(TEXT, raw=True), {}, "reasoning"),
    (Shell("ls"), {"local_shell": "local_shell"}, "local_shell_call"),
    (Shell("ls"), CUSTOM, "function_call"),
    (Patch(TEXT), CUSTOM, "custom_tool_call"),
    (Patch(TEXT), {"apply_patch": "function"}, "function_call"),
    (Call("echo", {"a": 1}, "mcp__demo"), CUSTOM, "function_call"),
]
WITH_STATUS = {"local_shell_call", "custom_tool_call"}


@pytest.fixture(scope="module")
def validators() -> wire.Validators:
    protocol = archive().protocol(archive().versions[-1])
    assert protocol is not None
    return wire.Validators(protocol)


def text_of(item: dict[str, Any]) -> list[str]:
    """The texts of an item that are streamed."""
    parts = (*item.get("summary", ()), *item.get("content", ()))
    return [*(part["text"] for part in parts), *([item["input"]] if "input" in item else [])]


@pytest.mark.parametrize(("output", "tools", "kind"), OUTPUTS)
def test_an_output_is_an_item_of_the_schema(
    output: Output, tools: dict[str, str], kind: str, validators: wire.Validators
) -> None:
    item = build_item(output, tools, "k")
    assert item["type"] == kind
    assert validators.accepts_type("v2/ResponseItem", item)
    assert item["id"].endswith("_k")
    assert item.get("role", "assistant") == "assistant"
    assert item.get("call_id") == ("call_k" if kind.endswith("_call") else None)
    assert item.get("status") == ("completed" if kind in WITH_STATUS else None)
    assert set(text_of(item)) <= {TEXT}
    assert item.get("encrypted_content") or kind != "reasoning", "a real one has it"


@pytest.mark.parametrize(("output", "tools"), [case[:2] for case in OUTPUTS])
@pytest.mark.parametrize("chunk", [None, 5])
def test_an_item_is_streamed_in_pieces(
    output: Output, tools: dict[str, str], chunk: int | None, validators: wire.Validators
) -> None:
    item = build_item(output, tools, "k")
    added, *pieces, done = stream_events(item, 3, chunk)
    assert (added["type"], done["type"]) == (
        "response.output_item.added",
        "response.output_item.done",
    )
    assert done["item"] == item
    assert {event["output_index"] for event in (added, *pieces, done)} == {3}
    assert {event["item_id"] for event in pieces} <= {item["id"]}
    begun = added["item"]
    assert validators.accepts_type("v2/ResponseItem", begun)
    assert begun.keys() >= item.keys()
    assert not any(text_of(begun)), "nothing has been said yet"
    assert item["type"] != "custom_tool_call" or begun["status"] == "in_progress"
    deltas: dict[str, str] = {}
    for event in pieces:
        if event["type"].endswith(".delta"):
            assert 0 < len(event["delta"]) <= (chunk or 24)
            deltas[event["type"]] = deltas.get(event["type"], "") + event["delta"]
    assert [*deltas.values()] == text_of(item)
    assert deltas.keys() <= {
        "response.output_text.delta",
        "response.reasoning_summary_text.delta",
        "response.reasoning_text.delta",
        "response.custom_tool_call_input.delta",
    }


def test_every_part_of_a_reasoning_is_told_of() -> None:
    """In the words of the Responses API."""
    item = build_item(Reasoning("One two", raw=True), {}, "k")
    told = [
        (event["type"].removeprefix("response.reasoning_"), event)
        for event in [*stream_events(item, 0, None)][1:-1]
    ]
    assert [name for name, _ in told] == [
        "summary_part.added",
        *["summary_text.delta"] * 2,
        "summary_text.done",
        *["text.delta"] * 2,
    ]
    assert all(event["summary_index"] == 0 for name, event in told if name.startswith("summary"))
    assert all(event["content_index"] == 0 for name, event in told if name == "text.delta")
    assert told[0][1]["part"] == {"type": "summary_text", "text": ""}
    assert told[3][1]["text"] == "One two"


@pytest.mark.parametrize(
    ("output", "member", "value"),
    [(Message(TEXT), "content_index", 0), (Patch(TEXT), "call_id", "call_k")],
)
def test_a_piece_says_what_it_belongs_to(output: Output, member: str, value: Any) -> None:
    pieces = [*stream_events(build_item(output, CUSTOM, "k"), 0, None)][1:-1]
    assert {event[member] for event in pieces} == {value}

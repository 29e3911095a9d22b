"""The MCP server of the probe, against what real servers showed of it and what MCP demands."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest
from jsonschema import Draft7Validator

from codexwire.ingest import load
from codexwire.model.observed import read_observed
from codexwire.probe.app_server.recipe import RECIPE
from codexwire.resources import schema_root
from codexwire.wire.sample import Sampler

RELEASE = "0.171.0"
DEMO = "demo://readme"


def said(*messages: dict[str, Any]) -> list[dict[str, Any]]:
    """Run the server and return what it says to these messages."""
    lines = "".join(json.dumps(message) + "\n" for message in messages)
    command = [sys.executable, str(RECIPE.mcp_server)]
    done = subprocess.run(command, input=lines, capture_output=True, text=True, check=True)
    return [json.loads(line) for line in done.stdout.splitlines()]


@pytest.fixture(scope="module")
def results() -> dict[str, Any]:
    """What it answers to requests without params."""
    asked = ("ping", "tools/list", "resources/list", "resources/templates/list", "resources/read")
    answers = said(*({"id": method, "method": method} for method in asked))
    return {answer["id"]: answer["result"] for answer in answers}


def test_a_real_server_shows_all_that_it_says_of_tools_and_resources(
    results: dict[str, Any],
) -> None:
    shown = {
        "v2/Tool": results["tools/list"]["tools"],
        "v2/Resource": results["resources/list"]["resources"],
        "v2/ResourceTemplate": results["resources/templates/list"]["resourceTemplates"],
        "v2/ResourceContent": results["resources/read"]["contents"],
    }
    observed = read_observed((schema_root() / "observed" / f"{RELEASE}.json").read_bytes())
    sampler = Sampler(load(RELEASE))
    for name, values in shown.items():
        assert {member for value in values for member in value} == {*observed.types[name].members}
        assert all(sampler.fits(sampler.types.named(name), value) for value in values)


def test_most_tools_may_be_called_without_asking(results: dict[str, Any]) -> None:
    tools = results["tools/list"]["tools"]
    assert all(tool["inputSchema"]["type"] == "object" for tool in tools)
    reading = {t["name"] for t in tools if t.get("annotations", {}).get("readOnlyHint") is True}
    assert reading == {"echo", "elicit", "fail", "progress"}
    assert {tool["name"] for tool in tools} - reading == {"danger"}


def test_the_resource_that_is_read_is_the_one_that_is_listed(results: dict[str, Any]) -> None:
    (listed,), (content,) = (
        results["resources/list"]["resources"],
        results["resources/read"]["contents"],
    )
    assert content["uri"] == listed["uri"] == DEMO
    assert DEMO.endswith(listed["name"])
    assert content["mimeType"] == listed["mimeType"] == "text/plain"
    assert content["text"] == "demo"
    (template,) = results["resources/templates/list"]["resourceTemplates"]
    assert (template["uriTemplate"], template["name"]) == ("demo://{x}", "any")


def test_ping_is_answered_with_an_empty_result(results: dict[str, Any]) -> None:
    assert results["ping"] == {}


def test_a_question_asks_for_a_name() -> None:
    call = {"id": 1, "method": "tools/call", "params": {"name": "elicit"}}
    question, answer = said(call, {"id": "question", "result": {"action": "accept"}})
    assert question["method"] == "elicitation/create"
    schema = question["params"]["requestedSchema"]
    Draft7Validator.check_schema(schema)
    valid = Draft7Validator(schema).is_valid
    assert [valid(value) for value in ({"name": "Bob"}, {"name": 7}, {}, [])] == [
        True,
        *[False] * 3,
    ]
    assert schema["properties"]["name"]["title"] == "Name"
    assert answer["id"] == 1

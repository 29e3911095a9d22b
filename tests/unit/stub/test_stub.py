from __future__ import annotations

import gzip
import http.client
import json
import tomllib
from base64 import b64decode
from functools import reduce
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from jsonschema import Draft7Validator

from codexwire import wire
from codexwire.errors import UsageError
from codexwire.ingest.archive import archive
from codexwire.stub import ResponsesStub, parse_script
from codexwire.stub.events import build_item, offered_tools
from codexwire.stub.script import Call, Message, Patch, Shell, Step, Turn
from codexwire.version import Version

DATA = Path(__file__).parents[2] / "data" / "shell-tools"
OFFERS = json.loads((DATA / "offers.json").read_text("utf-8"))

STEP = "[[turn]]\n[[turn.step]]\n"
SCRIPT = """
[[turn]]
when = "work"
[[turn.step]]
output = [{ reasoning = "I look." }, { shell = "ls", escalate = true }, { shell = "pwd" }]
[[turn.step]]
output = [{ patch = "*** Begin Patch" }]
[[turn.step]]
chunk = 4
output = [{ message = "All done." }]

[[turn]]
when = "break"
[[turn.step]]
error = { status = 429, message = "slow down", code = "busy" }

[[turn]]
when = "fail"
[[turn.step]]
output = [{ message = "partly" }]
fail = { code = "context_length_exceeded" }

[[turn]]
when = "cut"
[[turn.step]]
cut = true

[[turn]]
text = "first"
[[turn]]
text = "later"
"""


def post(
    stub: ResponsesStub, items: list[dict[str, Any]], to: str = "/responses", **request: Any
) -> tuple[int, list[Any]]:
    """Send a model request; return status and the stream's events (or the one JSON body)."""
    url = urlsplit(stub.base_url)
    connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=10)
    connection.request("POST", url.path + to, json.dumps({"input": items, **request}))
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    if answer.headers["content-type"] == "application/json":
        return answer.status, [json.loads(text)]
    return 200, [json.loads(line[6:]) for line in text.splitlines() if line.startswith("data: ")]


def user(text: str) -> dict[str, Any]:
    return {
        "type": "message",
        "role": "user",
        "content": [{"type": "input_text", "text": text}],
    }


def output(call: str) -> dict[str, Any]:
    return {"type": "function_call_output", "call_id": call, "output": "ok"}


def items(events: list[Any]) -> list[Any]:
    return [e["item"] for e in events if e["type"] == "response.output_item.done"]


def test_one_text_answers_every_message() -> None:
    with ResponsesStub(text="Hello, world!") as stub:
        _, events = post(stub, [user("hi")])
        _, again = post(stub, [user("hi"), user("more")])
    deltas = [e["delta"] for e in events if e["type"] == "response.output_text.delta"]
    assert deltas == ["Hello, ", "world!"]
    assert items(events)[0]["content"][0]["text"] == "Hello, world!"
    begin, end = events[0], events[-1]
    assert [begin["type"], end["type"]] == ["response.created", "response.completed"]
    assert begin["response"]["id"] == end["response"]["id"] != again[-1]["response"]["id"]
    assert items(events)[0]["id"] != items(again)[0]["id"]
    assert len(stub.requests) == 2


def test_steps_follow_the_tool_outputs_of_the_turn() -> None:
    tools = [
        {"type": "function", "name": "exec_command"},
        {"type": "custom", "name": "apply_patch"},
    ]
    with ResponsesStub(script=parse_script(SCRIPT)) as stub:
        history = [user("<environment_context/>"), user("now work")]
        _, first = post(stub, history, tools=tools)
        history += [output("a"), output("b")]
        _, second = post(stub, history, tools=tools)
        history += [output("c")]
        _, third = post(stub, history, tools=tools)
    reasoning, escalated, plain = items(first)
    assert reasoning["summary"][0]["text"] == "I look."
    assert json.loads(escalated["arguments"])["sandbox_permissions"] == "require_escalated"
    assert (plain["name"], json.loads(plain["arguments"])) == ("exec_command", {"cmd": "pwd"})
    assert items(second)[0]["type"] == "custom_tool_call"
    assert [e["delta"] for e in third if "delta" in e] == ["All ", "done", "."]


@pytest.mark.parametrize(
    ("tools", "kind", "arguments"),
    [
        (["shell"], "function_call", {"command": ["bash", "-lc", "apply_patch <<'EOF'\nP\nEOF\n"]}),
        (["shell_command"], "function_call", {"command": "apply_patch <<'EOF'\nP\nEOF\n"}),
        (["apply_patch", "shell"], "function_call", {"input": "P"}),
    ],
)
def test_a_patch_takes_the_tool_that_is_offered(
    tools: list[str], kind: str, arguments: dict[str, Any]
) -> None:
    script = parse_script('[[turn]]\n[[turn.step]]\noutput = [{ patch = "P" }]')
    offered = [{"type": "function", "name": name} for name in tools]
    with ResponsesStub(script=script) as stub:
        _, events = post(stub, [user("go")], tools=offered)
    item = items(events)[0]
    assert (item["type"], json.loads(item["arguments"])) == (kind, arguments)


def test_every_tool_output_leads_to_the_next_step() -> None:
    said = (Shell("a"), Patch("b"), Call("c"), Message("d"), Message("e"))
    steps = tuple(Step((output,)) for output in said)
    assert [Turn(steps).step(outputs) for outputs in range(5)] == [*steps[:4], steps[-1]]


@pytest.mark.parametrize("offer", OFFERS, ids=lambda o: f"{o['release']} {o['tools'][0]['name']}")
def test_a_command_is_what_the_offered_tool_takes(offer: Any) -> None:
    (tool,) = offer["tools"]
    takes = tool["parameters"]["properties"]
    call = build_item(Shell("ls", escalate=True), offered_tools(offer), "k")
    arguments = json.loads(call["arguments"])
    known = {name: value for name, value in arguments.items() if name in takes}
    Draft7Validator(tool["parameters"]).validate(known)
    assert (call["type"], call["name"]) == ("function_call", tool["name"])
    (permission,) = (name for name in takes if name.endswith("_permissions"))
    asked = known[permission]
    assert asked is True or f"{asked}" in takes[permission]["description"]
    assert known["justification"]
    there = Shell("ls", options={"workdir": "/x"})
    plain = json.loads(build_item(there, offered_tools(offer), "k")["arguments"])
    required = {name: known[name] for name in tool["parameters"]["required"]}
    assert plain == {**required, "workdir": "/x"}


def test_turns_without_when_are_taken_in_order() -> None:
    with ResponsesStub(script=parse_script(SCRIPT)) as stub:
        talk = [user("a")]
        said = []
        for more in ("b", "c"):
            said.append(items(post(stub, talk)[1])[0]["content"][0]["text"])
            talk.append(user(more))
        said.append(items(post(stub, talk)[1])[0]["content"][0]["text"])
    assert said == ["first", "later", "later"]


def test_what_can_go_wrong_goes_wrong() -> None:
    with ResponsesStub(script=parse_script(SCRIPT)) as stub:
        status, body = post(stub, [user("break")])
        _, failed = post(stub, [user("fail")])
        _, cut = post(stub, [user("cut")])
    assert status == 429
    assert body[0]["error"] == {"message": "slow down", "type": "server_error", "code": "busy"}
    assert failed[-1]["type"] == "response.failed"
    assert failed[-1]["response"] == {
        "id": failed[0]["response"]["id"],
        "error": {"code": "context_length_exceeded", "message": "stub failure"},
    }
    assert [e["type"] for e in cut] == ["response.created"]


def test_a_home_points_at_the_stub(tmp_path: Path) -> None:
    with ResponsesStub() as stub:
        home = stub.write_home(tmp_path / "home", settings='approval_policy = "never"')
        config = tomllib.loads((home / "config.toml").read_text())
    assert config["model_providers"]["stub"]["base_url"] == stub.base_url
    assert config["approval_policy"] == "never"


def test_the_overrides_are_what_the_file_of_a_home_has() -> None:
    with ResponsesStub() as stub:
        written, overrides = tomllib.loads(stub.config_toml()), stub.config()
    assert written.pop("model")
    for path, value in overrides.items():
        *tables, name = path.split(".")
        assert reduce(dict.__getitem__, tables, written).pop(name) == value
    assert written == {"analytics": {}, "model_providers": {}}


MODELS = {"0.107.0": "gpt-5.1-codex", "0.115.0": "gpt-5.1-codex"}
MODELS |= {"0.125.0": "gpt-5.5", "0.140.0": "gpt-5.5"}


@pytest.mark.parametrize(("release", "model"), MODELS.items())
def test_the_model_is_the_one_that_a_release_offers_all_tools_to(release: str, model: str) -> None:
    """Measured: without a network, each offers `apply_patch` to this one alone of the two."""
    assert ResponsesStub.model_for(Version.parse(release)) == model


def test_the_newest_model_suits_a_release_that_is_not_known() -> None:
    assert ResponsesStub.model_for(None) == MODELS["0.140.0"]


def test_any_item_is_sent_as_it_is() -> None:
    written = '{ item = { type = "web_search_call", id = "ws", status = "completed" } }'
    with ResponsesStub(script=parse_script(f"{STEP}output = [{written}]")) as stub:
        _, events = post(stub, [user("go")])
    assert items(events) == [{"type": "web_search_call", "id": "ws", "status": "completed"}]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("turn = 1", "1: turn must be tables, each headed [[turn]], got 1 (see"),
        ("", "'turn' is missing"),
        ("turn = []", "1: turn must not be empty"),
        ("[[turn]]\nstep = []", "2: step must not be empty"),
        ("[[turn]]\nwhen = '('\ntext = 'x'", "2: when: not a regular expression: missing )"),
        ("[[turn]]\ntexxt = 'x'", "2: unknown key 'texxt' (did you mean 'text'? known: when, "),
        (STEP + "output = [{ say = 'x' }]", "3: needs one of message, reasoning, shell, patch, "),
        (
            STEP + "output = [\n{ shell = 'x' },\n{ shell = 'x', raw = 1 },\n]",
            "5: unknown key 'raw'",
        ),
        (STEP + "error = { message = 'x' }", "3: 'status' is missing"),
        (STEP + "delay = -1", "3: delay must be at least 0, got -1"),
        (STEP + "chunk = 0", "3: chunk must be at least 1, got 0"),
        ("not toml", "1: not TOML: Expected"),
    ],
)
def test_a_malformed_script_is_one_error_with_its_place(text: str, message: str) -> None:
    with pytest.raises(UsageError) as problem:
        parse_script(text, file="demo.toml")
    said = str(problem.value)
    assert said.startswith((f"demo.toml:{message}", f"demo.toml: {message}"))
    assert "\n" not in said


def test_a_call_takes_arguments_out_of_tool_outputs() -> None:
    script = (
        STEP
        + 'output = [{ shell = "read x" }]\n[[turn.step]]\n[[turn.step.output]]\ncall = "write"\n'
        'arguments = { session = "$id", targets = ["$id"], text = "$none" }\n'
        "take = { id = 'session ID (\\d+)' }\n"
    )
    answered = {"type": "function_call_output", "call_id": "c", "output": "session ID 42 is open"}
    with ResponsesStub(script=parse_script(script)) as stub:
        _, events = post(stub, [user("go"), answered])
    item = next(e["item"] for e in events if e["type"] == "response.output_item.done")
    assert json.loads(item["arguments"]) == {"session": 42, "targets": [42], "text": "$none"}


@pytest.mark.parametrize(
    ("tools", "named"),
    [
        (["mcp__demo"], ("echo", "mcp__demo")),
        (["mcp__demo__echo"], ("mcp__demo__echo", None)),
        ([], ("echo", None)),
    ],
)
def test_a_namespace_is_written_as_the_request_offers_it(tools: list[str], named: Any) -> None:
    script = STEP + 'output = [{ call = "echo", namespace = "mcp__demo" }]\n'
    offered = [{"type": "function", "name": name} for name in tools]
    with ResponsesStub(script=parse_script(script)) as stub:
        _, events = post(stub, [user("go")], tools=offered)
    item = next(e["item"] for e in events if e["type"] == "response.output_item.done")
    assert (item["name"], item.get("namespace")) == named


def test_a_request_may_be_packed_and_its_messages_without_a_type() -> None:
    with ResponsesStub(script=parse_script(SCRIPT)) as stub:
        url = urlsplit(stub.base_url)
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=10)
        said = {"role": "user", "content": "a"}, {"role": "user", "content": "b"}
        body = gzip.compress(json.dumps({"input": said}).encode())
        connection.request("POST", "/v1/responses", body, {"content-encoding": "gzip"})
        assert "later" in connection.getresponse().read().decode()
        connection.close()


def test_there_are_no_models_but_those_that_the_binary_has() -> None:
    with ResponsesStub() as stub:
        url = urlsplit(stub.base_url)
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=10)
        connection.request("GET", "/v1/models?client_version=0.163.0")
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())) == (200, {"data": [], "models": []})
        connection.close()


def test_headers_and_other_paths() -> None:
    script = STEP + 'headers = { x-used = "12" }\noutput = [{ message = "hi" }]\n'
    with ResponsesStub(script=parse_script(script), backend={"/usage": {"used": 1}}) as stub:
        url = urlsplit(stub.base_url)
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=10)
        connection.request("POST", "/v1/responses", json.dumps({"input": "hello"}))
        answer = connection.getresponse()
        assert answer.headers["x-used"] == "12"
        connection.close()
        connection.request("GET", "/backend-api/usage?x=1")
        assert json.loads(connection.getresponse().read()) == {"used": 1}
        connection.request("GET", "/backend-api/other")
        answer = connection.getresponse()
        assert (answer.status, json.loads(answer.read())) == (404, {"detail": "not found"})
        connection.request("POST", "/v1/responses", "nonsense")
        answer = connection.getresponse()
        assert answer.status == 400
        assert json.loads(answer.read())["error"]["message"].startswith("unreadable request: ")
        connection.close()


def test_the_usage_of_an_answer_adds_up() -> None:
    with ResponsesStub(text="hi") as stub:
        usage = post(stub, [user("hi")])[1][-1]["response"]["usage"]
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]
    assert 0 <= usage["input_tokens_details"]["cached_tokens"] <= usage["input_tokens"]
    assert 0 <= usage["output_tokens_details"]["reasoning_tokens"] <= usage["output_tokens"]


def test_a_conversation_is_compacted_to_items_that_a_server_knows() -> None:
    protocol = archive().protocol(archive().versions[-1])
    assert protocol is not None
    with ResponsesStub() as stub:
        status, (answer,) = post(stub, [user("hi")], to="/responses/compact")
    message, compaction = answer["output"]
    assert (status, message["type"], compaction["type"]) == (200, "message", "compaction")
    assert "summary" in message["content"][0]["text"]
    assert b64decode(compaction["encrypted_content"], validate=True)
    validators = wire.Validators(protocol)
    assert all(validators.accepts_type("v2/ResponseItem", item) for item in answer["output"])

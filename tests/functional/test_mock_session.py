"""Whole sessions of our clients against the mock: what they come to, and what the judge says of them."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest
from mocked import RELEASES, converse, mock_of, request, violations

from codexwire.direction import Side
from codexwire.finding import Level
from codexwire.proxy.mock import MockServer, open_mock
from codexwire.runtime.client.core import AsyncClient
from codexwire.runtime.client.handlers import approval_handlers
from codexwire.runtime.client.options import ClientOptions
from codexwire.runtime.client.watch import recorder
from codexwire.transcript.judgement import JudgeOptions
from codexwire.transcript.recording_judge import judge
from codexwire.transcript.source import OpenRecording
from codexwire.usecases.schema_choice import SchemaChoice

ACCEPT = approval_handlers("accept")
RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
SCRIPT = """
[[turn]]
when = "everything"
[[turn.step]]
reasoning = "First I think."
[[turn.step]]
command = "ls -l"
output = "a.txt\\n"
ask = true
[[turn.step]]
delay = 0.001
command = "false"
exit_code = 1
[[turn.step]]
patch = "notes.txt"
ask = true
[[turn.step]]
patch = "old.txt"
kind = "update"
diff = "-a\\n+b\\n"
[[turn.step]]
message = "Done, all of it."
chunk = 3

[[turn]]
when = "fail"
[[turn.step]]
error = "stream disconnected"
retry = true
[[turn.step]]
error = "no more credit"
info = "usageLimitExceeded"

[[turn]]
when = "hang"
[[turn.step]]
hang = true
"""


def findings(path: Path, version: str) -> list[str]:
    judgement = judge(OpenRecording(str(path)), SchemaChoice(version), JudgeOptions())
    assert judgement.unusable is None
    assert judgement.messages
    judged = [j for j in judgement.findings if j.level is not Level.INFO]
    return [f"{j.location} {j.rule}: {j.message}" for j in judged]


def drive(server: MockServer, scenario: Callable[[AsyncClient], Any], **options: Any) -> None:
    """Run a scenario of an async client in memory."""

    async def run() -> None:
        with anyio.fail_after(30):
            async with AsyncClient(open_mock(server), ClientOptions(**options)) as client:
                await scenario(client)

    anyio.run(run)


def record(
    path: Path, server: MockServer, scenario: Callable[[AsyncClient], Any], **options: Any
) -> None:
    """Run a scenario of an async client in memory and write down what went over the wire."""
    out = io.StringIO()
    drive(server, scenario, observer=recorder(out), **options)
    path.write_text(out.getvalue(), "utf-8")


# In 0.58.0 and 0.63.0 turns cannot be told apart in v2; after 0.107.0 there is only v2.
V1_AND_V2 = ("0.72.0", "0.80.0", "0.92.0", "0.99.0", "0.107.0")
PAIRS = [(v, "auto") for v in RELEASES] + [(v, "v2") for v in V1_AND_V2]


@pytest.mark.parametrize(("version", "dialect"), PAIRS)
def test_a_session_without_findings(version: str, dialect: str, tmp_path: Path) -> None:
    came: dict[str, Any] = {}

    async def scenario(client: AsyncClient) -> None:
        thread = await client.start_thread({"cwd": "/home/user/elsewhere"})
        for prompt in ("everything", "fail", "say this"):
            came[prompt] = await client.run_turn(thread, prompt)
        turn = await client.start_turn(thread, "hang")
        await turn.interrupt()
        came["hang"] = await turn.result()
        came["thread"] = thread

    path = tmp_path / "session.jsonl"
    record(path, mock_of(version, SCRIPT), scenario, dialect=dialect, handlers=ACCEPT)
    done = came["everything"]
    assert (done.status, done.text) == ("completed", "Done, all of it.")
    assert done.usage.last.total_tokens == 110
    assert came["say this"].text == "say this"
    assert (came["fail"].status, came["fail"].error_message) == ("failed", "no more credit")
    assert came["hang"].status == "interrupted"
    assert findings(path, version) == []
    # What the sampler makes up where the schema asks for more than the mock has to say.
    assert not re.findall(r'"\w+ \d+"', path.read_text("utf-8"))


def test_ids_agree_from_the_first_message_of_a_turn_to_the_last() -> None:
    server = mock_of("0.163.0", SCRIPT)
    thread = converse(server, request(1, "thread/start", {}))[0]["result"]["thread"]["id"]
    start = {"threadId": thread, "input": [{"type": "text", "text": "fail"}]}
    asked = [request(2, "turn/start", start), request(3, "thread/read", {"threadId": thread})]
    sent = converse(server, *asked)
    turn = sent[0]["result"]["turn"]["id"]
    told = [m["params"] for m in sent if "method" in m]
    assert {p.get("threadId") for p in told} == {thread}
    assert {p.get("turnId") or p["turn"]["id"] for p in told if {"turnId", "turn"} & set(p)} == {
        turn
    }
    assert violations(server, asked, sent) == []


def test_the_order_is_that_of_a_recorded_turn() -> None:
    """Of 0.163.0, but for what depends on the account, the configuration and the model's speed."""
    aside = {
        "warning",
        "account/rateLimits/updated",
        "remoteControl/status/changed",
        "thread/readState/changed",
        "item/agentMessage/delta",
        "initialize",
        "thread/start",
    }
    lines = (RECORDINGS / "0.163.0" / "s02_command_approval.jsonl").read_text("utf-8").splitlines()
    names = told([json.loads(line)["msg"] for line in lines if '"dir": "server"' in line])
    began, ended = names.index("turn/started"), names.index("turn/completed")
    recorded = [name for name in names[began - 1 : ended + 1] if name not in aside]

    script = "[[turn]]\nstep = [{command = 'touch a', ask = true}, {message = 'Touched.'}]"
    messages: list[Any] = []

    async def scenario(client: AsyncClient) -> None:
        await client.run_turn(await client.start_thread(), "go")

    def observe(side: Side, text: bytes) -> None:
        if side is Side.SERVER:
            messages.append(json.loads(text))

    drive(mock_of("0.163.0", script), scenario, observer=observe, handlers=ACCEPT)
    names = [name for name in told(messages) if name not in aside]
    assert names[names.index("turn/started") - 1 :] == recorded


def told(messages: list[Any]) -> list[str]:
    return [m["method"] for m in messages if "method" in m]

"""A release that nobody has seen yet works in every command, from its pull to its package."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from amount import sample_of
from fake_world import Done, World
from next_release import VERSION, next_bundles, session_lines

from codexwire.ingest import DEFAULT_VERSION

RESPONSES = '[tool.codexwire.responses]\n"omen/ask" = "v2/ConfigWriteResponse"\n'
IMPORT_ALL = """
import importlib, pkgutil, sys
sys.path.insert(0, {folder!r})
package = importlib.import_module({package!r})
for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
    importlib.import_module(module.name)
"""


@pytest.fixture(scope="module")
def bundles() -> dict[str, str]:
    return next_bundles()


@pytest.fixture(scope="module")
def pulled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the cache is kept as the first pull of the release left it."""
    return tmp_path_factory.mktemp("pulled") / "cache"


@pytest.fixture
def tomorrow(world: World, bundles: dict[str, str], pulled: Path) -> World:
    """A machine on which the release was pulled, and a recording of a session with it."""
    if pulled.exists():
        shutil.copytree(pulled, world.cache)
    else:
        world.release(VERSION, bundles=bundles)
        done = world.pull(VERSION)
        assert done.code == 0, done.err
        shutil.copytree(world.cache, pulled)
    Path("session.jsonl").write_text("\n".join(session_lines()) + "\n", "utf-8")
    return world


def ok(done: Done, code: int = 0) -> str:
    assert done.code == code, done.err
    assert "internal error" not in done.err
    return done.out


def as_json(done: Done, code: int = 0) -> Any:
    return json.loads(ok(done, code))


def test_pull_says_in_one_warning_what_is_not_known(world: World, bundles: dict[str, str]) -> None:
    world.release(VERSION, bundles=bundles)
    done = world.pull(VERSION)
    assert ok(done).startswith(f"{VERSION}: pulled from ")
    head, *rest = done.err.split("codexwire: warning: ")
    assert head == ""
    (results,) = [text for text in rest if "the response type of" in text]
    assert "model/list, omen/ask, omen/askAgain, omen/ponder is not known" in results
    assert '[tool.codexwire.responses]\n    "model/list" = "v2/TYPE"\n' in results
    (others,) = [text for text in rest if text is not results]
    for word in ("v2/Nowhere", "names no method", "'sparkle'", "'dependentRequired'"):
        assert word in others, others


@pytest.mark.parametrize(
    "arguments",
    [
        ["schema", "list"],
        ["schema", "verify", VERSION],
        ["schema", "show", "--schema", VERSION],
        ["schema", "show", "--schema", VERSION, "--format", "json"],
        ["schema", "show", "--schema", VERSION, "--format", "schema"],
        ["schema", "show", "omen/ask", "--schema", VERSION],
        ["schema", "show", "OmenToldNotification", "--schema", VERSION],
        ["schema", "history", "omen/ask"],
        ["schema", "history", "turn/start"],
        ["diff", str(DEFAULT_VERSION), VERSION],
        ["diff", VERSION, str(DEFAULT_VERSION), "--format", "markdown"],
        ["diff", str(DEFAULT_VERSION), VERSION, "--as-published"],
        ["diff", VERSION, VERSION],
        ["contract", "from", "session.jsonl", "-o", "contract.toml"],
        ["redact", "session.jsonl", "-o", "shareable.jsonl"],
        ["validate", "session.jsonl"],
        ["validate", "session.jsonl", "--as-published", "--coverage"],
        ["rules", "list"],
    ],
    ids=" ".join,
)
def test_a_command_goes_on(tomorrow: World, arguments: list[str]) -> None:
    ok(tomorrow.command(*arguments))


@pytest.mark.parametrize(
    "arguments",
    [
        ["schema", "history", "omen/ask"],
        ["compat", str(DEFAULT_VERSION), VERSION],
        ["diff", str(DEFAULT_VERSION), VERSION],
        ["schema", "show", "--schema", VERSION],
    ],
    ids=" ".join,
)
def test_what_is_not_known_is_told_once(tomorrow: World, arguments: list[str]) -> None:
    done = tomorrow.command(*arguments)
    name = f"codexwire: warning: codex-app-server {VERSION}: "
    assert done.err.count(f"{name}the response type of ") == 1
    assert done.err.count(name) == 2


def test_decode_keeps_what_it_does_not_know(tomorrow: World) -> None:
    # The package of the default release does not have these methods: it says so.
    assert "kept raw" in ok(tomorrow.command("decode", "session.jsonl"), 1)


def test_validate_counts_what_it_cannot_check(tomorrow: World) -> None:
    value = as_json(tomorrow.command("validate", "session.jsonl", "--format", "json"))
    assert value["totals"]["error"] == 0, value
    assert value["totals"]["unchecked"] == 5
    notes = [(f["rule"], f["method"]) for f in value["files"][0]["findings"] if f["method"]]
    assert notes.count(("schema/unknown-result", "omen/ask")) == 1
    assert ("schema/unknown-method", "omen/unheardOf") in notes
    text = tomorrow.command("validate", "session.jsonl")
    assert text.out.splitlines()[-1].endswith("; 5 messages unchecked")
    ok(tomorrow.command("validate", "session.jsonl", "--strict"), 2)


def test_validate_judges_the_rest_of_an_open_message(tomorrow: World) -> None:
    lines = session_lines()
    lines[3] = lines[3].replace('"timeout": 5', '"timeout": "soon"')
    lines[11] = lines[11].replace('"threadId": "T"', '"threadId": 7')
    Path("session.jsonl").write_text("\n".join(lines) + "\n", "utf-8")
    value = as_json(tomorrow.command("validate", "session.jsonl", "--format", "json"), 1)
    wrong = {
        (f["line"], f["pointer"]) for f in value["files"][0]["findings"] if f["level"] == "error"
    }
    assert wrong == {(4, "/params/timeout"), (12, "/params/threadId")}


def test_show_and_map_say_how_a_result_was_found(tomorrow: World) -> None:
    shown = ok(tomorrow.command("schema", "show", "omen/ask", "--schema", VERSION))
    assert "result  not known" in shown
    value = as_json(
        tomorrow.command("schema", "show", "omen/ask", "--schema", VERSION, "--format", "json")
    )
    (method,) = value["methods"]
    assert (method["result"], method["result_by"]) == (None, "unknown")
    assert [hole["kind"] for hole in value["holes"] if hole["name"] == "omen/ask"] == ["result"]


def test_two_lines_bring_the_type_back(tomorrow: World) -> None:
    Path("pyproject.toml").write_text(RESPONSES)
    done = tomorrow.command("schema", "show", "omen/ask", "--schema", VERSION)
    assert "result  v2/ConfigWriteResponse, by project" in ok(done)
    assert "omen/ask," not in done.err
    value = as_json(tomorrow.command("validate", "session.jsonl", "--format", "json"), 1)
    assert value["files"][0]["project_rules"] == ["response:omen/ask"]
    wrong = [f for f in value["files"][0]["findings"] if f["level"] == "error"]
    assert {f["line"] for f in wrong} == {5, 7}
    left_out = tomorrow.command("validate", "session.jsonl", "--no-project-rules")
    assert "response:omen/ask" not in ok(left_out)


def test_a_response_that_only_became_known_is_no_break(tomorrow: World) -> None:
    without = as_json(tomorrow.command("diff", VERSION, VERSION, "--format", "json"))
    assert without["findings"] == []
    Path("pyproject.toml").write_text(RESPONSES)
    known = as_json(tomorrow.command("diff", VERSION, VERSION, "--format", "json"))
    assert known["findings"] == []
    added = as_json(tomorrow.command("diff", str(DEFAULT_VERSION), VERSION, "--format", "json"))
    assert {f["rule"] for f in added["findings"] if "omen/ask" in f["methods"]} == {"request-added"}


def test_compat_and_a_contract_of_it(tomorrow: World) -> None:
    ok(tomorrow.command("contract", "from", "session.jsonl", "-o", "contract.toml"))
    assert "omen/ask" in Path("contract.toml").read_text("utf-8")
    ok(tomorrow.command("compat", "--contract", "contract.toml"))
    pair = [VERSION, str(DEFAULT_VERSION), "--contract", "contract.toml"]
    assert "omen/ask" in ok(tomorrow.command("diff", *pair))


@pytest.mark.usefixtures("tomorrow")
def test_mock_answers_an_empty_object_and_says_so() -> None:
    hello = session_lines()[:1] + session_lines()[2:3]
    ask = json.dumps({"id": 2, "method": "omen/askAgain", "params": {}})
    done = subprocess.run(
        [sys.executable, "-m", "codexwire", "mock", "--schema", VERSION],
        input="\n".join([*hello, ask]) + "\n",
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    answers = {m["id"]: m for line in done.stdout.splitlines() if "id" in (m := json.loads(line))}
    assert answers[2] == {"id": 2, "result": {}}
    assert "the response type of omen/askAgain is not known: the mock answers {}" in done.stderr


@pytest.mark.usefixtures("tomorrow")
def test_a_recording_of_it_plays() -> None:
    lines = [json.loads(line) for line in session_lines()]
    client = [m for m in lines if m.get("method") in ("initialize", "initialized", "omen/ask")]
    tagged = [
        {"dir": "client" if m in client or (m["id"] == 0 and "result" in m) else "server", "msg": m}
        if "id" in m or m in client
        else {"dir": "server", "msg": m}
        for m in lines
        if m.get("method") != "model/list" and m.get("id") != 4
    ]
    Path("tagged.jsonl").write_text("".join(json.dumps(t) + "\n" for t in tagged), "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "codexwire", "replay", "tagged.jsonl"],
        input="".join(json.dumps(t["msg"]) + "\n" for t in tagged if t["dir"] == "client"),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert '"of any kind"' in done.stdout


@pytest.mark.parametrize("style", sample_of(["typeddict", "msgspec", "dataclass", "pydantic"], 1))
def test_its_package_is_generated_and_imports(tomorrow: World, style: str) -> None:
    arguments = ["--schema", VERSION, "--out", "out", "--style", style]
    done = tomorrow.command("generate", *arguments, "-v")
    assert "result by unknown" in ok(done)
    ok(tomorrow.command("generate", *arguments, "--check", "--strict"), 1)
    manifest = json.loads(Path("out/codex_app_server_protocol/manifest.json").read_text("utf-8"))
    assert "client request omen/ask" in manifest["results"]["unknown"]
    assert any("v2/Nowhere is not defined" in hole for hole in manifest["holes"])
    assert "client request omen/ask" in Path("out/codexwire.lock").read_text("utf-8")
    code = IMPORT_ALL.format(folder="out", package="codex_app_server_protocol")
    checked = subprocess.run([sys.executable, "-W", "error", "-c", code], capture_output=True)
    assert checked.returncode == 0, checked.stderr


def test_the_layout_of_the_official_sdk(tomorrow: World) -> None:
    ok(tomorrow.command("generate", "--schema", VERSION, "--layout", "openai-sdk", "--out", "sdk"))


def test_its_models_take_whatever_comes(tomorrow: World) -> None:
    ok(tomorrow.command("generate", "--schema", VERSION, "--out", "out"))
    code = """
import sys
sys.path.insert(0, "out")
from codex_app_server_protocol import CLIENT_REQUESTS, NOTIFICATION_MODELS, decode_result, dump
from codex_app_server_protocol.client.sync import AppServerClient
assert CLIENT_REQUESTS["omen/ask"].result is None
for value in ({"any": [1]}, "text", None, [1]):
    assert dump(decode_result("omen/ask", value)) == value
note = NOTIFICATION_MODELS["omen/told"].model_validate({"threadId": "T", "omen": {"never": "seen"}})
assert dump(note) == {"threadId": "T", "omen": {"never": "seen"}}
assert "not known" in AppServerClient.omen_ask.__doc__
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_update_brings_a_project_to_it(world: World, bundles: dict[str, str]) -> None:
    world.release(VERSION, bundles=bundles)
    Path("pyproject.toml").write_text(RESPONSES)
    done = world.command("update", "--source", "pypi", "--to", VERSION)
    report = ok(done)
    assert report.startswith(f"codexwire update: codex {DEFAULT_VERSION} → {VERSION}\n")
    assert "the response type of the client's request model/list is not known" in report
    assert f'schema = "{VERSION}"' in Path("pyproject.toml").read_text("utf-8")
    ok(world.command("generate", "--check"))


def test_a_cache_of_a_newer_codexwire_makes_no_command_fail(tomorrow: World) -> None:
    newer = tomorrow.cache / "schema" / "9.9.9"
    newer.mkdir()
    (newer / "provenance.toml").write_text(
        'version = "9.9.9"\nformat = 7\n[channel.rollout]\nx = 1\n'
    )
    (tomorrow.cache / "schema" / "9.9.8").mkdir()
    ok(tomorrow.command("schema", "list"))
    ok(tomorrow.command("validate", "session.jsonl"))
    ok(tomorrow.command("diff", str(DEFAULT_VERSION), VERSION))
    done = tomorrow.command("schema", "show", "--schema", "9.9.9")
    assert done.code in (0, 2)
    assert "internal error" not in done.err

"""`codexwire call`: requests from the shell, to a mock that runs."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest

from codexwire.cli.app import run as codexwire
from codexwire.errors import UsageError
from codexwire.ingest import load
from codexwire.resources import schema_root
from codexwire.usecases.call_params import params_of

SHAPE = json.loads((schema_root() / "report" / "call.schema.json").read_text("utf-8"))


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    command = [sys.executable, "-m", "codexwire", "mock", "--listen", "ws://127.0.0.1:0"]
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.terminate()


def called(url: str, capsys: Any, *words: str, code: int = 0) -> tuple[Any, str]:
    """The JSON that is printed, and standard error."""
    assert codexwire(["call", *words, "--connect", url, "--format", "json"]) == code
    out, err = capsys.readouterr()
    shown = json.loads(out) if out else None
    if out:
        jsonschema.validate(shown, SHAPE)
    return shown, err


def test_a_result_is_printed(url: str, capsys: Any) -> None:
    assert codexwire(["call", "thread/list", "limit=1", "--connect", url]) == 0
    out, err = capsys.readouterr()
    assert ("data" in json.loads(out), err) == (True, "")


def test_a_turn_is_started_and_its_end_waited_for(url: str, capsys: Any) -> None:
    thread = called(url, capsys, "thread/start", "ephemeral=true")[0]["result"]["thread"]["id"]
    called(url, capsys, "thread/resume", f"threadId={thread}")
    text = '[{"type":"text","text":"hi"}]'
    words = ("turn/start", f"threadId={thread}", f"input={text}", "--wait", "turn/completed")
    shown, err = called(url, capsys, *words, "--timeout", "30")
    assert shown["notification"]["params"]["turn"]["id"] == shown["result"]["turn"]["id"]
    assert err == ""


def test_an_error_answer_is_exit_code_1(url: str, capsys: Any) -> None:
    shown, err = called(url, capsys, "thread/read", "threadId=none", code=1)
    assert shown["result"] is None
    assert "none" in shown["error"]["message"]
    assert err == ""
    assert codexwire(["call", "no/such", "--connect", url]) == 1
    assert len(capsys.readouterr().err) < 600


def test_the_schema_informs_and_the_server_decides(url: str, capsys: Any) -> None:
    for words, said in (
        (("thread/lst",), "has no method thread/lst, did you mean thread/list?"),
        (("thread/list", "limt=3"), "thread/list has no field limt, did you mean limit?"),
        (("thread/list", "limit=x"), "expected integer or null, got string, at /params/limit"),
    ):
        assert codexwire(["call", *words, "--connect", url]) in (0, 1)
        assert said in capsys.readouterr().err


def test_params_come_from_standard_input(url: str, capsys: Any, monkeypatch: Any) -> None:
    class Typed:
        def read(self) -> str:
            return '{"limit": 2}'

    monkeypatch.setattr(sys, "stdin", Typed())
    assert called(url, capsys, "thread/list", "-")[0]["params"] == {"limit": 2}


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["thread/list", "nonsense"], "not a field: 'nonsense'"),
        (["thread/list", "limit=1", "limit=2"], "limit is given twice"),
        (["thread/list", '{"limit"'], "the params are not JSON"),
        (["thread/list", "--wait", "warning", "--timeout", "0.5"], "warning did not come within"),
        (["thread/list", "--format", "yaml"], "no format 'yaml'"),
    ],
)
def test_what_cannot_be_done_is_one_line(
    url: str, capsys: Any, words: list[str], said: str
) -> None:
    assert codexwire(["call", *words, "--connect", url]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert said in err
    assert len(err.splitlines()) == 1


def test_nobody_at_the_address(capsys: Any) -> None:
    assert codexwire(["call", "thread/list", "--connect", "ws://127.0.0.1:1"]) == 2
    assert "no server at ws://127.0.0.1:1" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("method", "words", "params"),
    [
        ("thread/list", [], {}),
        ("account/logout", [], None),
        ("thread/list", ["limit=3", "cursor=3"], {"limit": 3, "cursor": "3"}),
        ("thread/list", ["cursor=null"], {"cursor": None}),
        ("thread/list", ["searchTerm=true"], {"searchTerm": "true"}),
        ("command/exec", ["command=echo", "command=1"], {"command": ["echo", "1"]}),
        ("command/exec", ['command=["a", "b"]'], {"command": ["a", "b"]}),
        ("command/exec", ["size.rows=3", "size.cols=4"], {"size": {"rows": 3, "cols": 4}}),
        ("thread/start", ["ephemeral=true", "cwd=/x=y"], {"ephemeral": True, "cwd": "/x=y"}),
        ("thread/start", ['developerInstructions="q"'], {"developerInstructions": '"q"'}),
        ("no/such", ["a=1", "b=x", "c.d=[]"], {"a": 1, "b": "x", "c": {"d": []}}),
        ("no/such", ['{"a": {"b": 1}}'], {"a": {"b": 1}}),
    ],
)
def test_values_are_typed_by_the_schema(method: str, words: list[str], params: Any) -> None:
    assert params_of(load("0.163.0"), method, words)[0] == params


def test_a_value_is_not_led_through() -> None:
    with pytest.raises(UsageError, match="limit has a value already"):
        params_of(load("0.163.0"), "thread/list", ["limit=1", "limit.x=1"])


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("codexwire call thread/li", ["thread/list"]),
        ("codexwire call thread/list sortK", ["sortKey="]),
        ("codexwire call thread/list sortKey=created", ["sortKey=created_at"]),
    ],
)
def test_methods_and_fields_are_completed(line: str, offered: list[str]) -> None:
    asked = {"_CODEXWIRE_COMPLETE": "complete_zsh", "_TYPER_COMPLETE_ARGS": line}
    found = subprocess.run(
        [sys.executable, "-c", "from codexwire.cli.app import main; main()"],
        env={**os.environ, **asked},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert all(word in found.stdout for word in offered), found

"""What a probed server gets of the machine that it runs on, and what it is told of its client."""

from __future__ import annotations

import json
import os
import re
import sys
from pathlib import Path

import pytest

from codexwire.ingest import load
from codexwire.probe.room import room_for
from codexwire.probe.scenario import Scenario
from codexwire.probe.session import CLIENT

TELL = "import json, os; print(json.dumps(dict(os.environ)))"
PASSED_ON = {
    "PATH": os.environ["PATH"],
    "SYSTEMROOT": "C:\\Windows",
    "WINDIR": "C:\\Windows",
    "LANG": "C",
    "LC_ALL": "C.UTF-8",
}


def test_a_server_sees_nothing_of_the_user_and_finds_no_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for name, value in PASSED_ON.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("OPENAI_API_KEY", "sk-user")
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy.example")
    with room_for(Scenario("any", ()), None, Path("mcp.py")) as room:
        line = room.start([sys.executable, "-c", TELL])
        found = json.loads(line.receive(30) or b"")
        line.close()
        assert found["HOME"] == str(room.home)
    assert found == found | PASSED_ON
    assert "OPENAI_API_KEY" not in found
    for scheme in ("http", "https", "all"):
        assert found[f"{scheme}_proxy"] == found[f"{scheme.upper()}_PROXY"] == "http://127.0.0.1:9"


def test_a_server_is_told_all_that_it_may_know_of_its_client() -> None:
    declared = load("0.171.0").types["ClientInfo"].schema["properties"]
    assert CLIENT.keys() == declared.keys()
    assert re.fullmatch(r"[a-z-]+", CLIENT["name"])
    assert CLIENT["title"] == CLIENT["name"].replace("-", " ")
    assert re.fullmatch(r"\d+\.\d+\.\d+", CLIENT["version"])

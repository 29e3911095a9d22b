"""The probe of a real server: a few scenarios as a rule, everything by night."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import pytest

from codexwire.cli.app import run as codexwire
from codexwire.model.observed import read_observed, write_observed
from codexwire.probe.app_server.recipe import RECIPE
from codexwire.probe.learn import Verdict
from codexwire.probe.log import Outcome
from codexwire.profiles.app_server.responses import RESPONSES
from codexwire.usecases.probe import Request, run
from codexwire.usecases.probe_report import probe_report
from codexwire.usecases.probe_rules import project_settings

CURRENT, NEWEST = "0.163.0", "0.171.0"
_FEW = ("settings", "files", "questions")


def digest(folder: Path) -> str:
    """Of every name and byte in a folder."""
    found = hashlib.sha256()
    for path in sorted(folder.rglob("*")):
        found.update(str(path.relative_to(folder)).encode())
        found.update(path.read_bytes() if path.is_file() else b"")
    return found.hexdigest()


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A user's home with a CODEX_HOME in it, in which nothing may change."""
    folder = tmp_path / "user"
    (folder / ".codex").mkdir(parents=True)
    (folder / ".codex" / "config.toml").write_text('model = "mine"\n')
    monkeypatch.setenv("HOME", str(folder))
    monkeypatch.setenv("CODEX_HOME", str(folder / ".codex"))
    return folder


def test_a_few_scenarios_of_a_real_server(binary: Any, home: Path) -> None:
    before = digest(home)
    few = tuple(s for s in RECIPE.scenarios if s.name in _FEW)
    found = run(Request(codex=binary(CURRENT), recipe=replace(RECIPE, scenarios=few)))
    assert digest(home) == before
    assert not [f for f in probe_report(found).findings if f.level == "error"]
    log = found.probed.log
    answered = {e.method for e in log.exchanges if e.outcome is Outcome.ANSWERED}
    assert {"config/read", "fs/writeFile", "turn/start"} <= answered
    assert "item/tool/requestUserInput" in found.observed().server_requests
    assert "fs/changed" in found.observed().notifications
    assert "getAuthStatus" in found.observed().hidden
    text = write_observed(found.observed())
    assert str(home).encode() not in text
    assert b"codexwire-probe" not in text
    damages = found.probed.damages
    assert damages.count > 7000
    assert len(damages.disagreements) < damages.count / 50
    assert "array-for-object" in damages.by_rule


def test_a_response_that_the_table_does_not_know_is_learned(
    binary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    method = "modelProvider/default/set"
    monkeypatch.delitem(cast("dict[str, Any]", RESPONSES), method)
    few = tuple(s for s in RECIPE.scenarios if s.name == "settings")
    found = run(Request(codex=binary(NEWEST), recipe=replace(RECIPE, scenarios=few)))
    response = next(r for r in found.responses if r.method == method)
    assert (response.verdict, response.type) == (Verdict.LEARNED, "v2/ConfigWriteResponse")
    assert f'"{method}" = "v2/ConfigWriteResponse"' in project_settings(found)


@pytest.mark.parametrize("version", [CURRENT, NEWEST])
def test_two_runs_give_the_same_profile(version: str, binary: Any, tmp_path: Path) -> None:
    texts = []
    for name in ("one", "two"):
        out = tmp_path / name
        assert codexwire(["probe", "--codex", str(binary(version)), "--out", str(out)]) == 0
        texts.append(out.read_bytes())
    assert texts[0] == texts[1]
    observed = read_observed(texts[0])
    assert sum(r.outcome == "answered" for r in observed.requests.values()) >= 130
    assert len(observed.notifications) >= 47
    assert len(observed.server_requests) >= 5

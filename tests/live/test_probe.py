"""The probe of a real server: a few scenarios as a rule, everything by night."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import msgspec
import pytest
from live_client import listening

from codexwire.cli.app import run as codexwire
from codexwire.ingest.observed import observed_of
from codexwire.model.observed import Observed, as_document, read_observed, write_observed
from codexwire.probe.app_server.recipe import RECIPE
from codexwire.probe.learn import ResultVerdict
from codexwire.probe.log import RequestOutcome
from codexwire.probe.run import ProbeError
from codexwire.profiles.app_server.responses import RESPONSES
from codexwire.usecases.probe import ProbeRequest, run
from codexwire.usecases.probe_report import probe_report
from codexwire.usecases.probe_rules import project_settings
from codexwire.version import Version

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
    found = run(ProbeRequest(codex=binary(CURRENT), recipe=replace(RECIPE, scenarios=few)))
    assert digest(home) == before
    assert not [f for f in probe_report(found).findings if f.level == "error"]
    log = found.probed.log
    answered = {e.method for e in log.exchanges if e.outcome is RequestOutcome.ANSWERED}
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


def test_half_a_profile_is_not_written(binary: Any, tmp_path: Path, capsys: Any) -> None:
    out = tmp_path / "half.json"
    asked = ["probe", "--codex", str(binary(CURRENT)), "--limit", "0.04", "--out", str(out)]
    assert codexwire(asked) == 2
    said, error = capsys.readouterr()
    assert "probe/time-up" in said
    assert "half.json is not written" in error
    assert not out.exists()


def test_a_response_that_the_table_does_not_know_is_learned(
    binary: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    method = "modelProvider/default/set"
    monkeypatch.delitem(cast("dict[str, Any]", RESPONSES), method)
    few = tuple(s for s in RECIPE.scenarios if s.name == "settings")
    found = run(ProbeRequest(codex=binary(NEWEST), recipe=replace(RECIPE, scenarios=few)))
    response = next(r for r in found.responses if r.method == method)
    assert (response.verdict, response.type) == (ResultVerdict.LEARNED, "v2/ConfigWriteResponse")
    assert f'"{method}" = "v2/ConfigWriteResponse"' in project_settings(found)


def files(folder: Path) -> set[Path]:
    """What lies in a folder, but for what the server itself writes all the time."""
    return {p for p in folder.rglob("*") if not p.name.startswith(("logs_", "state_"))}


def test_a_running_server_is_asked_what_only_reads(
    binary: Any, stub_of: Any, project: Path
) -> None:
    """It says the same as when it is launched for the probe, and nothing of it changes."""
    home, token = stub_of().write_home(project.parent / "home"), project.parent / "token"
    token.write_text("a-capability-token-of-some-length")
    auth = ("--ws-auth", "capability-token", "--ws-token-file", str(token))
    listen = ("--listen", "ws://127.0.0.1:0", *auth)
    with listening(binary(CURRENT), home, *listen, cwd=project) as address:
        url = address()
        with pytest.raises(ProbeError, match=r"HTTP 401 \(check the token\)"):
            run(ProbeRequest(connect=url))
        door = ProbeRequest(connect=url, token=token.read_text())
        run(replace(door, recipe=replace(RECIPE, reading=frozenset({"skills/list"}))))
        before, config = files(home), (home / "config.toml").read_bytes()
        found = run(door)
        assert (files(home), (home / "config.toml").read_bytes()) == (before, config)
    assert found.probed.log.sent() <= RECIPE.reading | {"initialize"}
    assert not [f for f in probe_report(found).findings if f.level == "error"]
    launched, observed = observed_of(Version.parse(CURRENT)), found.observed()
    assert launched is not None
    answered = {m: r for m, r in observed.requests.items() if r.outcome == "answered"}
    assert len(answered) > 25
    for method, seen in answered.items():
        before_it = launched.requests[method]
        assert (seen.result, seen.verdict) == (before_it.result, before_it.verdict)
    assert set(observed.notifications) <= set(launched.notifications)
    for name, seen_type in observed.types.items():
        assert set(seen_type.members) <= set(launched.types[name].members)


def profile(binary: Any, version: str, out: Path) -> Observed:
    """What a whole probe of a release finds."""
    assert codexwire(["probe", "--codex", str(binary(version)), "--out", str(out)]) == 0
    return read_observed(out.read_bytes())


def facts(observed: Observed) -> set[tuple[str, ...]]:
    """Every single statement of a profile: the way to it, and the value."""

    def walk(value: Any, *way: str) -> Iterator[tuple[str, ...]]:
        if isinstance(value, Mapping):
            for name, inner in value.items():
                yield from walk(inner, *way, name)
        elif isinstance(value, list | tuple):
            yield from ((*way, str(inner)) for inner in value)
        else:
            yield (*way, str(value))

    return set(walk(as_document(observed)))


@pytest.mark.parametrize("version", [CURRENT, NEWEST])
def test_a_probe_gives_the_profile_that_is_kept(version: str, binary: Any, tmp_path: Path) -> None:
    """Here some moments may go another way: a busy machine decides what a server still sends in time."""
    observed, kept = profile(binary, version, tmp_path / "one"), observed_of(Version.parse(version))
    assert kept is not None
    assert observed.damaged == kept.damaged
    others = sorted(facts(observed) ^ facts(kept))
    assert len(others) <= 4, others
    assert sum(r.outcome == "answered" for r in observed.requests.values()) >= 130
    assert len(observed.notifications) >= 47
    assert len(observed.server_requests) >= 5


@pytest.mark.parametrize("version", [CURRENT, NEWEST])
def test_two_runs_give_the_profile_that_is_kept(version: str, binary: Any, tmp_path: Path) -> None:
    """But for what a client without the capability hears of a turn: that is a matter of time."""
    kept = observed_of(Version.parse(version))
    assert kept is not None
    for name in ("one", "two"):
        observed = profile(binary, version, tmp_path / name)
        same = msgspec.structs.replace(observed, to_stable=kept.to_stable)
        assert write_observed(same) == write_observed(kept)

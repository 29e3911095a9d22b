"""Servers that behave, and servers that hang, flood, die or lie: each probe ends with a log."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from codexwire.direction import Side
from codexwire.ir.model import Protocol
from codexwire.model.message import MessageKind
from codexwire.probe import damage, line, session
from codexwire.probe.log import RequestOutcome, Stage, Trouble
from codexwire.probe.run import ProbeError


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Servers that do not answer are given up sooner."""
    slow = session.ProbeSession.call

    def call(self: Any, method: str, params: Any = session.OMITTED, **options: Any) -> Any:
        return slow(self, method, params, **{"seconds": 0.5, **options})

    monkeypatch.setattr(session.ProbeSession, "call", call)
    monkeypatch.setattr(damage, "_SECONDS", 0.5)
    monkeypatch.setattr(line, "_GRACE", 0.5)


def kinds(troubles: list[tuple[Trouble, str]]) -> set[Trouble]:
    return {kind for kind, _ in troubles}


def test_an_honest_server_is_asked_everything(probe_fake: Any) -> None:
    heard: list[tuple[Side, bytes]] = []
    found = probe_fake("honest", heard=heard)
    log = found.log
    assert not log.troubles
    assert {"probe/run", "probe/more"} <= log.sent()
    assert [e.outcome for e in log.of("probe/run", Stage.SCENARIO)] == [RequestOutcome.ANSWERED] * 2
    assert log.seen(MessageKind.NOTIFICATION) == {"probe/done"}
    assert log.seen(MessageKind.REQUEST) == {"probe/ask"}
    assert (Side.CLIENT, b'{"id": 0, "result": {"name": "well?"}}') in heard
    assert {h.experimental for h in log.heard} == {True, False}
    assert found.damages.count > 20
    assert {d.rule for d in found.damages.disagreements} <= {"array-for-object"}


def test_damaged_requests_are_sent_before_anybody_says_hello(probe_fake: Any) -> None:
    """So nothing can happen, whatever is in them: no answer to them is a result."""
    log = probe_fake("honest").log
    sent = [e for e in log.exchanges if e.method == "probe/run"]
    assert len(sent) == 2


def test_what_no_scenario_sends_is_sent_with_odd_params_too(probe_fake: Any) -> None:
    """To a server that was greeted: nobody else sees what becomes of them."""
    found = probe_fake("honest")
    sent = [e.message.get("params") for e in found.log.of("probe/more", Stage.SWEEP)]
    assert sent == [
        *({"name": "probe"}, None, None, [], {}, "probe", 7, True),
        {"name": "probe", "codexwireProbe": 1},
    ]
    messages = [e.message for e in found.log.of("probe/more", Stage.SWEEP)]
    assert ["params" in m for m in messages].count(False) == 1
    only_damaged = probe_fake("honest", forbidden={"probe/more": "it must not"})
    assert found.damages.count == only_damaged.damages.count + len(sent)


def test_hellos_are_damaged_too(probe_fake: Any, greeted: Protocol) -> None:
    """A server that takes one is used up: no second one ever finds it greeted."""
    heard: list[tuple[Side, bytes]] = []
    found = probe_fake("honest", spoken=greeted, heard=heard)
    assert not found.log.troubles
    assert not [text for _, text in heard if b"Already initialized" in text]
    hellos = [text for side, text in heard if side is Side.CLIENT and b'"initialize"' in text]
    assert [text for text in hellos if b'"name": null' in text]
    assert [text for text in hellos if b"codexwireProbe" in text]
    assert found.damages.count > probe_fake("honest").damages.count + 15


def test_what_is_forbidden_is_not_sent(probe_fake: Any) -> None:
    found = probe_fake("honest", forbidden={"probe/more": "it must not"})
    assert "probe/more" not in found.log.sent()


@pytest.mark.parametrize("mode", ["mute", "deaf", "slow-death"])
def test_a_server_that_never_answers_cannot_be_probed(mode: str, probe_fake: Any) -> None:
    with pytest.raises(ProbeError, match="no server could be probed"):
        probe_fake(mode)


def test_a_program_that_is_none_cannot_be_started(probe_fake: Any, tmp_path: Path) -> None:
    with pytest.raises(ProbeError, match="cannot be started"):
        probe_fake("honest", program=tmp_path / "none")


def test_a_server_that_falls_silent_is_given_up(probe_fake: Any) -> None:
    log = probe_fake("falls-silent").log
    assert Trouble.GONE in kinds(log.troubles)


def test_a_server_that_floods_is_cut_off(probe_fake: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(session, "_MOST_MESSAGES", 2000)
    with pytest.raises(ProbeError, match="more than 2,000 messages"):
        probe_fake("floods")


def test_a_crash_is_a_finding_and_the_probe_goes_on(probe_fake: Any) -> None:
    log = probe_fake("dies").log
    assert (Trouble.GONE, "the server is gone in one at probe/run: exit code 3") in log.troubles
    assert "probe/more" in log.sent(Stage.SWEEP)


def test_lies_are_told_and_believed_by_nobody(probe_fake: Any) -> None:
    log = probe_fake("lies").log
    assert {Trouble.NO_MESSAGE, Trouble.STRAY_ANSWER} <= kinds(log.troubles)
    assert next(log.of("probe/run", Stage.SCENARIO)).outcome is RequestOutcome.ANSWERED


def test_the_time_is_kept(probe_fake: Any) -> None:
    with pytest.raises(ProbeError, match="time was up"):
        probe_fake("mute", seconds=0.2)


def test_children_end_with_the_server(probe_fake: Any) -> None:
    log = probe_fake("leaves").log
    numbers = {int(h.body["params"]["name"]) for h in log.heard if "done" in h.body["method"]}
    assert len(numbers) > 1
    assert not [number for number in numbers if _runs(number)]


def _runs(number: int) -> bool:
    """Whether a process has a command line: one that ended and was not waited for has none."""
    try:
        return bool(Path(f"/proc/{number}/cmdline").read_bytes())
    except FileNotFoundError:
        return False

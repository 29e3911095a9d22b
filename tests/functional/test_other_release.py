"""Recordings of releases that are not available: what another release would take is no error."""

from __future__ import annotations

import json
from collections import Counter
from pathlib import Path

import pytest

import codexwire
from codexwire.finding import Finding, Level

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"


@pytest.fixture(autouse=True)
def nothing_pulled(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CODEXWIRE_CACHE", str(tmp_path / "cache"))


def renamed(path: Path, release: str, tmp_path: Path, *more: object) -> Path:
    """Return a copy of a recording whose server says that it is of another release."""
    own, copy = f"/{path.parent.name} (", tmp_path / "renamed.jsonl"
    text = path.read_text("utf-8")
    assert own in text
    lines = "".join(f"{json.dumps(message)}\n" for message in more)
    copy.write_text(text.replace(own, f"/{release} (") + lines, "utf-8")
    return copy


def of_schema(findings: tuple[Finding, ...], level: Level) -> Counter[str]:
    return Counter(f.rule for f in findings if f.rule.startswith("schema/") and f.level is level)


def test_what_a_later_release_requires_is_a_warning(tmp_path: Path) -> None:
    """0.99.0 sends threads without `status` and `ephemeral`, which 0.113.0 requires."""
    path = renamed(RECORDINGS / "0.99.0" / "s06_lifecycle_resume.jsonl", "0.112.0", tmp_path)
    found = codexwire.validate(path)
    assert not of_schema(found.findings, Level.ERROR)
    assert of_schema(found.findings, Level.WARNING)["schema/required"] == 10
    assert "the property 'status' is missing (0.104.0 takes this, and 0.112.0 may)" in {
        f.message for f in found.findings
    }
    assert found.report().summary[-1].endswith("; 0.112.0 judged by 0.113.0")
    judged_by_name = codexwire.validate(path, schema="0.113.0")
    assert of_schema(judged_by_name.findings, Level.ERROR)["schema/required"] == 10


@pytest.mark.parametrize(
    ("release", "level", "unchecked"),
    [("0.999.0", Level.WARNING, 2), ("0.0.0", Level.WARNING, 2), ("0.163.99", Level.ERROR, 0)],
)
def test_what_only_a_newer_server_can_know(
    release: str, level: Level, unchecked: int, tmp_path: Path
) -> None:
    """A method and a value that nobody knows, from the server; the client has no such excuse."""
    path = renamed(
        RECORDINGS / "0.163.0" / "s02_command_approval.jsonl",
        release,
        tmp_path,
        {"dir": "server", "msg": {"method": "thread/invented", "params": {}}},
        {"dir": "server", "msg": {"method": "account/updated", "params": {"planType": "invented"}}},
        {"dir": "client", "msg": {"id": "new", "method": "thread/invented", "params": {}}},
        {"dir": "server", "msg": {"method": "thread/closed", "params": {"threadId": 1}}},
    )
    (judgement,) = codexwire.validate(path).judgements
    last = [f for f in judgement.findings if f.rule.startswith("schema/")]
    assert [(f.rule, f.level) for f in last] == [
        ("schema/unknown-method", level),
        ("schema/enum", level),
        ("schema/unknown-method", Level.ERROR),
        ("schema/type", Level.ERROR),
    ]
    assert judgement.unchecked == unchecked
    assert codexwire.validate(path).exit_code(strict=True) == (2 if unchecked else 1)

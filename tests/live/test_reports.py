"""Reports in a real browser, from file://: readable at every width, and nothing of a recording runs."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Any

import pytest
from browsing import browse

from codexwire.cli.app import run
from codexwire.resources import schema_root

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings" / "0.163.0"
ATTACKS = (
    "</script><script>alert(1)</script>",
    '"><img src=x onerror=alert(2)>',
    "javascript:alert(3)",
    "</style><svg onload=alert(4)>",
    "{{ 7 * 7 }}' onclick='alert(5)",
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("reports")


def attacking_recording(folder: Path) -> Path:
    """Write an invented recording whose strings, and whose name, want to run in a page."""
    path = folder / "<img src=x onerror=alert(6)>.jsonl"
    messages = [
        {"id": number, "method": attack, "params": {attack: attack}}
        for number, attack in enumerate(ATTACKS)
    ]
    messages += [
        {
            "id": f"{attack}",
            "method": "turn/start",
            "params": {"threadId": {attack: 1}, "input": attack},
        }
        for attack in ATTACKS
    ]
    path.write_text("".join(json.dumps(m) + "\n" for m in messages), "utf-8")
    return path


def attacking_schema(folder: Path) -> Path:
    """Write a schema in which a value, a property and a method are called like an attack."""
    text = (schema_root() / "0.163.0" / "experimental.json").read_text("utf-8")
    for name, attack in zip(('"detached"', '"ephemeral"', '"review/start"'), ATTACKS, strict=False):
        assert name in text
        text = text.replace(name, json.dumps(attack))
    path = folder / "attack.json"
    path.write_text(text, "utf-8")
    return path


@pytest.fixture(scope="module")
def seen(folder: Path) -> dict[str, Any]:
    pages = folder / "pages"
    pages.mkdir()

    def page(name: str, *words: str | Path) -> None:
        with (
            pytest.MonkeyPatch.context() as patch,
            (pages / name).open("w", encoding="utf-8") as out,
        ):
            patch.setattr("sys.stdout", out)
            assert run([*map(str, words), "--format", "html"]) in (0, 1)

    page("diff.html", "diff", "0.160.0", "0.171.0")
    page("same.html", "diff", "0.171.0", "0.171.0")
    page("validate.html", "validate", RECORDINGS, "--coverage")
    page("attack.html", "validate", attacking_recording(folder), "--show-values", "--coverage")
    page("attacked.html", "diff", "0.163.0", attacking_schema(folder))
    page("compat.html", "compat")
    page("said.txt", "compat", "0.163.0", "0.171.0", "--out", pages / "compat")
    return browse("reports.mjs", str(pages))


def test_nothing_goes_wrong_and_nothing_runs(seen: dict[str, Any]) -> None:
    assert seen["troubles"] == []
    assert ATTACKS[0] in seen["pages"]["attack.html"]
    for attack in ATTACKS[:3]:
        assert attack in seen["pages"]["attacked.html"]


def test_reports_are_accessible_and_fit_the_window(seen: dict[str, Any]) -> None:
    assert seen["flaws"] == []


def test_sure_breaks_stand_first_and_no_change_is_said(seen: dict[str, Any]) -> None:
    assert seen["first"].startswith("Sure breaks")
    assert "Nothing changed" in seen["pages"]["same.html"]


def test_an_ignore_entry_is_copied(seen: dict[str, Any], folder: Path) -> None:
    entry = tomllib.loads(seen["copied"])["ignore"][0]
    assert entry["fingerprint"] in seen["pages"]["diff.html"]
    path = folder / "ignore.toml"
    path.write_text(seen["copied"], "utf-8")
    assert run(["diff", "0.160.0", "0.171.0", "--ignore", str(path)]) == 0


def test_search_looks_at_methods_too(seen: dict[str, Any]) -> None:
    assert seen["found"]
    assert any("new request modelProvider/list" in text for text in seen["found"])
    assert len(seen["shown"]) < 4
    assert seen["opened"]


def test_numbers_lead_to_what_changed(seen: dict[str, Any]) -> None:
    assert seen["followed"] == "0.163.0 → 0.171.0"
    assert "codexwire diff 0.58.0 0.63.0" in seen["anchored"]

"""The explorer in a real browser, from file:// and without a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from browsing import browse

from codexwire.cli.app import run

PAGES = ("index.html", "app.js", "draw.js", "el.js", "style.css", "base.css")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("explorer") / "pages"
    assert run(["explore", "0.171.0", "-o", str(out)]) == 0
    return out


@pytest.fixture(scope="module")
def seen(folder: Path) -> dict[str, Any]:
    return browse("explorer.mjs", str(folder))


def test_nothing_goes_wrong(seen: dict[str, Any]) -> None:
    assert seen["troubles"] == []


def test_it_is_accessible_and_fits_the_window(seen: dict[str, Any]) -> None:
    assert seen["flaws"] == []


def test_a_search_shows_a_method_at_once(seen: dict[str, Any]) -> None:
    assert seen["search"]["first"] == "turn/start"
    assert seen["search"]["milliseconds"] < 100


def test_fields_and_values_are_found(seen: dict[str, Any]) -> None:
    assert "Thread.id" in seen["pages"]["search Thread.id"]
    assert "value of SandboxPolicy" in seen["pages"]["search workspaceWrite"]


def test_the_keyboard_is_enough(seen: dict[str, Any]) -> None:
    assert seen["keyboard"] == "/method/turn/started"
    assert "The protocol of codex 0.171.0" in seen["back"]


def test_links_lead_to_pages(seen: dict[str, Any]) -> None:
    method = seen["pages"]["#/method/turn/start"]
    for text in (
        "since0.58.0 or earlier",
        "params.threadId",
        "result.turn.id",
        "TurnStartResponse",
    ):
        assert text in method
    assert "agentMessage" in seen["pages"]["#/type/v2/ThreadItem"]
    assert "0.160.0 → 0.171.0" in seen["pages"]["#/compare/0.160.0"]
    assert "gone in" in seen["pages"]["#/gone/client request newConversation"]


def test_a_link_that_is_cut_is_said_to_lead_nowhere(seen: dict[str, Any]) -> None:
    assert "does not have it" in seen["cut"]


def test_the_sizes_are_kept(folder: Path) -> None:
    sizes = {path.name: path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    hand_written = sum(size for name, size in sizes.items() if name in PAGES)
    assert hand_written <= 80_000
    assert sizes["release.js"] + hand_written <= 15_000_000
    assert sizes["archive.js"] <= 10_000_000

"""The page of `codexwire show -o` in a real browser, from file:// and without a network."""

from __future__ import annotations

from typing import Any

import pytest
from browsing import browse
from timelines import APPROVALS, hostile, long_recording

from codexwire.usecases.timeline import timeline


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    folder = tmp_path_factory.mktemp("timeline")
    long = long_recording(folder / "long.jsonl", 100_000)
    pages = []
    for source in (APPROVALS, long, *hostile(folder)):
        page = folder / f"{source.name}.html"
        page.write_bytes(timeline(source).page)
        pages.append(str(page))
    return browse("timeline.mjs", *pages)


def test_nothing_goes_wrong(seen: dict[str, Any]) -> None:
    assert seen["troubles"] == []


def test_it_is_accessible_and_fits_the_window(seen: dict[str, Any]) -> None:
    assert seen["flaws"] == []


@pytest.mark.parametrize("size", ["narrow", "wide"])
def test_turns_items_and_approvals_are_listed(seen: dict[str, Any], size: str) -> None:
    rows = seen[size]["rows"]
    assert rows[0].startswith("Turn 1completed")
    assert any("command" in row and "touch created-by-tool.txt" in row for row in rows)
    assert any("requestApproval" in row and "waited" in row for row in rows)
    assert seen[size]["count"] == "27 shown, of 168 messages"


def test_a_click_shows_the_message_redacted(seen: dict[str, Any]) -> None:
    shown = seen["wide"]["approval"]
    assert '"method": "item/commandExecution/requestApproval"' in shown
    assert "Message, redacted" in shown
    assert "/home/user-1/project" in shown
    assert "/home/user/" not in shown


def test_what_is_listed_can_be_chosen(seen: dict[str, Any]) -> None:
    told = seen["wide"]
    assert told["all"] == "167 shown, of 168 messages; 1 more folded into them"
    assert all("command" in row for row in told["commands"])
    assert len(told["commands"]) == 7
    assert told["lane"].startswith("26 shown, of 168 messages")


def test_the_keyboard_is_enough(seen: dict[str, Any]) -> None:
    told = seen["wide"]
    assert told["chosen"] == told["active"]
    assert (told["focused"], told["searching"]) == ("detail", "search")


def test_lanes_and_addresses_lead_to_messages(seen: dict[str, Any]) -> None:
    assert "turn" in seen["wide"]["clicked"]
    assert seen["wide"]["linked"] == "item/commandExecution/requestApproval"


def test_100_000_messages_are_there_within_a_second(seen: dict[str, Any]) -> None:
    told = seen["long"]
    assert told["seconds"] < 1
    assert "of 100,000 messages" in told["count"]
    assert told["elements"] < 3000, "all of them are elements"


def test_they_can_be_searched(seen: dict[str, Any]) -> None:
    told = seen["long"]
    count = int(told["found"].split(" ")[0])
    assert 0 < count < 400
    assert "100,000" in told["last"]


def test_nothing_in_a_recording_runs(seen: dict[str, Any]) -> None:
    assert len(seen["hostile"]) == 5
    for told in seen["hostile"]:
        assert told["attacks"] > 5
        assert told["hits"] > 3
        assert told["hurt"] == "undefined"
        assert (told["foreign"], told["links"], told["handlers"], told["scripts"]) == (0, [], 0, 3)


def test_what_gets_into_the_page_does_not_run(seen: dict[str, Any]) -> None:
    assert seen["policy"] == "undefined"

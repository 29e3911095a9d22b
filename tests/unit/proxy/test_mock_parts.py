"""What the mock is made of: values that fit, faults in their place, addresses to listen on."""

from __future__ import annotations

import json
from typing import Any

import pytest
from mocked import protocol_of

from codexwire.errors import UsageError
from codexwire.ir.model import ref_to
from codexwire.proxy.address import parse_listen_address
from codexwire.proxy.mock import parse_script
from codexwire.proxy.mock.fit_to_schema import SchemaFitter
from codexwire.proxy.mock.injector import Injector, Leave, Partial, Pause, Send, Stderr

STATUS = ref_to("v2/ThreadStatus")
TURN = ref_to("v2/Turn")


def fitter(version: str = "0.163.0") -> SchemaFitter:
    return SchemaFitter(protocol_of(version), 0)


def test_what_is_wanted_is_kept_as_far_as_the_schema_has_it() -> None:
    want = {"id": "t", "status": "completed", "items": [], "itemsView": "full", "mood": "good"}
    made = fitter().fit(TURN, want, "k")
    assert made == {name: value for name, value in want.items() if name != "mood"}
    older = fitter("0.72.0").fit(TURN, want, "k")
    assert older == {"id": "t", "status": "completed", "items": []}


def test_of_a_union_the_branch_that_keeps_most_is_taken() -> None:
    assert fitter().fit(STATUS, {"type": "active", "activeFlags": []}, "k") == {
        "type": "active",
        "activeFlags": [],
    }
    assert fitter().fit(STATUS, {"type": "idle", "activeFlags": []}, "k") == {"type": "idle"}


@pytest.mark.parametrize(
    "want",
    [
        {"id": 5, "status": "dreaming", "items": {}},
        {"id": "t", "items": [{"type": "hologram"}]},
        {},
        [],
        None,
        "turn",
    ],
)
def test_what_does_not_fit_is_made_from_the_schema(want: Any) -> None:
    made = fitter().fit(TURN, want, "k")
    assert fitter().accepts(TURN, made)
    if isinstance(want, dict) and want.get("id") == "t":
        assert made["id"] == "t"


def test_a_value_that_is_wanted_exactly() -> None:
    assert fitter().fits_whole(STATUS, {"type": "idle"})
    assert not fitter().fits_whole(STATUS, {"type": "idle", "mood": "good"})
    assert not fitter().fits_whole(STATUS, {"type": "dreaming"})


def sent(fault: str, count: int = 5) -> list[Any]:
    """What goes out for messages a/0, b/1, a/2 …; whole ones as their number."""
    injector = Injector(parse_script(f"[[fault]]\n{fault}").faults, fitter())
    says = []
    for number in range(count):
        message = {"method": "ab"[number % 2], "params": {"n": number}}
        says += injector.pass_on(message["method"], message, True)
    says += injector.rest()
    return [json.loads(s.text)["params"]["n"] if isinstance(s, Send) else s for s in says]


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        ('on = "a"\ndrop = true', [1, 2, 3, 4]),
        ('on = "a"\nnth = 2\ndrop = true', [0, 1, 3, 4]),
        ('on = "a"\nnth = 0\ndrop = true', [1, 3]),
        ('on = "*"\nnth = 4\ndrop = true', [0, 1, 2, 4]),
        ('on = "a"\nafter = 1\ndrop = true', [0, 2, 3, 4]),
        ('on = "b"\nnth = 0\nafter = 1\ndrop = true', [0, 1, 3]),
        ('on = "a"\nreorder = 2', [1, 2, 0, 3, 4]),
        ('on = "a"\nnth = 0\nreorder = 1', [1, 0, 3, 2, 4]),
        ('on = "b"\nnth = 2\nreorder = 9', [0, 1, 2, 4, 3]),
        ('on = "b"\nduplicate = 3', [0, 1, 1, 1, 2, 3, 4]),
        ('on = "b"\ndelay = 0.5', [0, Pause(0.5), 1, 2, 3, 4]),
        ('on = "b"\nstderr = "x"', [0, Stderr("x"), 1, 2, 3, 4]),
        ('on = "b"\nexit = 3', [0, 1, Leave(3), 2, 3, 4]),
        ('on = "b"\ndisconnect = true', [0, 1, Leave(None), 2, 3, 4]),
        ('on = "b"\npartial_line = true', [0, Partial(b'{"method":"b","'), 2, 3, 4]),
        ('on = "c"\ndrop = true', [0, 1, 2, 3, 4]),
    ],
)
def test_a_fault_befalls_its_message(fault: str, expected: list[Any]) -> None:
    assert sent(fault) == expected


@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (
            'unknown_notification = "future/thing"\nparams = { x = 1 }',
            [{"method": "future/thing", "params": {"x": 1}}, {"in": {"state": "new"}}],
        ),
        ('new_enum_value = "old"\nat = "/params/in/state"', [{"in": {"state": "old"}}]),
        (
            'unknown_field = "more"\nat = "/params/in"\nvalue = 7',
            [{"in": {"state": "new", "more": 7}}],
        ),
        ('missing_field = "/params/in/state"', [{"in": {}}]),
        ('unknown_field = "more"', [{"in": {"state": "new"}, "more": True}]),
    ],
)
def test_a_fault_changes_what_stands_beside_it(fault: str, expected: list[Any]) -> None:
    injector = Injector(parse_script(f'[[fault]]\non = "a"\n{fault}').faults, fitter())
    says = injector.pass_on("a", {"method": "a", "params": {"in": {"state": "new"}}}, True)
    told = [json.loads(s.text) for s in says if isinstance(s, Send)]
    assert [m["params"] if m["method"] == "a" else m for m in told] == expected


def damaged(fault: str, params: Any) -> bytes:
    """The only line that goes out for a message."""
    injector = Injector(parse_script(f'[[fault]]\non = "a"\n{fault}').faults, fitter())
    (say,) = injector.pass_on("a", {"method": "a", "params": params}, True)
    assert isinstance(say, Send)
    return say.text


def test_a_line_can_be_no_json_or_huge_or_hold_an_unknown_item() -> None:
    assert damaged("malformed_line = true", {}) in b'{"method":"a","params'
    huge = damaged("huge_line = 5000", {})
    assert len(huge) >= 5000
    assert json.loads(huge)["method"] == "a"
    item = damaged('unknown_item_type = "hologram"', {"item": {"type": "plan", "id": "i"}})
    assert json.loads(item)["params"]["item"] == {"type": "hologram", "id": "i"}


def test_a_fault_that_finds_nothing_to_change_says_so(caplog: pytest.LogCaptureFixture) -> None:
    assert sent('on = "a"\nmissing_field = "/params/x/y"') == [0, 1, 2, 3, 4]
    assert "missing_field: nothing to change in a" in caplog.text


@pytest.mark.parametrize(
    ("url", "address"),
    [("ws://127.0.0.1:0", ("127.0.0.1", 0)), ("ws://[::1]:80/", ("::1", 80))],
)
def test_addresses(url: str, address: tuple[str, int]) -> None:
    found = parse_listen_address(url)
    assert (found.host, found.port) == address


@pytest.mark.parametrize(
    "url",
    ["", "ws://", "ws://host", "ws://host:x", "wss://host:1", "ws://host:99999", "ws://h:1/x"],
)
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(UsageError, match="not an address to listen on"):
        parse_listen_address(url)

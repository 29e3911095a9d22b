"""Numbered events in order; paths as releases take them; what handshakes tell."""

from __future__ import annotations

from pathlib import PurePosixPath, PureWindowsPath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from codexwire.runtime.errors import MessageError
from codexwire.runtime.exec_client import ExecServerInfo, Gap, HttpRequest, HttpResponse
from codexwire.runtime.exec_client.paths import native_path, wire_path
from codexwire.runtime.exec_client.sequence import Sequence


@given(st.permutations(range(1, 9)), st.lists(st.integers(1, 8)))
def test_every_order_comes_out_in_order_and_once(order: list[int], again: list[int]) -> None:
    sequence: Sequence[int] = Sequence()
    out: list[int] = []
    for number in (*order, *again):
        sequence.add(number, number)
        out += sequence.ready()
        assert out == list(range(1, len(out) + 1))
        hole = sequence.hole
        assert hole is None or (hole.first == len(out) + 1 and hole.last < sequence.highest)
    assert out == list(range(1, 9))
    assert sequence.hole is None


def test_a_hole_is_given_up() -> None:
    sequence: Sequence[str] = Sequence(taken=3)
    for number in (2, 7, 9):
        sequence.add(number, str(number))
    assert list(sequence.ready()) == []
    assert (sequence.hole, sequence.highest) == (Gap(4, 6), 9)
    sequence.give_up(Gap(4, 6))
    assert list(sequence.ready()) == ["7"]
    assert sequence.hole == Gap(8, 8)


@pytest.mark.parametrize(
    ("path", "uri", "native"),
    [
        ("/a/b c", "file:///a/b%20c", "/a/b c"),
        (PurePosixPath("/ä/#?"), "file:///%C3%A4/%23%3F", "/ä/#?"),
        ("file:///a%20b", "file:///a%20b", "/a b"),
        ("C:\\x\\y z", "file:///C:/x/y%20z", "C:\\x\\y z"),
        (PureWindowsPath("c:/x"), "file:///c:/x", "c:\\x"),
        ("\\\\host\\share\\f", "file://host/share/f", "\\\\host\\share\\f"),
        ("/not-utf8-\udcff", "file:///not-utf8-%FF", "/not-utf8-\udcff"),
    ],
)
def test_paths_are_written_either_way(path: str, uri: str, native: str) -> None:
    assert wire_path(path, "uri") == uri
    assert wire_path(path, "native") == native
    assert native_path(uri) == native


def test_a_uri_may_name_the_machine_that_it_is_on() -> None:
    """RFC 8089: `localhost` is what an absent host is."""
    assert native_path("file://localhost/a%20b") == native_path("file:///a%20b") == "/a b"


def test_a_relative_path_is_an_error_where_a_uri_is_needed() -> None:
    with pytest.raises(MessageError, match="not an absolute path: 'a/b'"):
        wire_path("a/b", "uri")


def test_what_handshakes_tell() -> None:
    old = ExecServerInfo.of({"sessionId": "s"})
    assert (old.session_id, old.version, old.cwd, old.paths) == ("s", None, None, None)
    info = {"cwd": "file:///home/me", "executorVersion": "0.163.0"}
    new = ExecServerInfo.of({"sessionId": "s", "environmentInfo": info})
    assert (str(new.version), new.cwd, new.paths) == ("0.163.0", "/home/me", "uri")
    odd = ExecServerInfo.of({"environmentInfo": {"cwd": 5, "executorVersion": "new"}})
    assert (odd.session_id, odd.version, odd.cwd, odd.paths) == ("", None, None, "uri")
    assert ExecServerInfo.of(None).raw == {}


def test_http_requests_and_answers() -> None:
    pairs = HttpRequest("GET", "u", headers=(("a", "1"), ("a", "2")), timeout=1.5)
    assert pairs.params("r", stream=False) == {
        "requestId": "r",
        "method": "GET",
        "url": "u",
        "headers": [{"name": "a", "value": "1"}, {"name": "a", "value": "2"}],
        "streamResponse": False,
        "timeoutMs": 1500,
    }
    posted = HttpRequest("POST", "u", headers={"a": "1"}, body=b"\xff").params("r", stream=True)
    assert (posted["headers"], posted["bodyBase64"]) == ([{"name": "a", "value": "1"}], "/w==")
    answer = HttpResponse.of(
        {"status": 200, "headers": [{"name": "X-A", "value": "v"}], "bodyBase64": "aGk="}
    )
    assert (answer.header("x-a"), answer.header("x-b"), answer.body) == ("v", None, b"hi")

"""Everybody who reads an odd line, or the release of a server, says the same about it."""

from __future__ import annotations

import json

import anyio
import pytest
from fake_app_server import connected

from codexwire import wire
from codexwire.direction import Side
from codexwire.model.message import MessageKind, server_release
from codexwire.model.session_message import SessionMessage
from codexwire.proxy.recorded import RecordedMessage, recorded_connections
from codexwire.runtime.client.options import ServerInfo
from codexwire.runtime.client.subscription import Subscription
from codexwire.runtime.recording import record_line
from codexwire.runtime.versions import version_for
from codexwire.transcript.entry import Entry
from codexwire.transcript.server_guess import sniff

LONG = b"9" * 5000


ODD: dict[str, tuple[bytes, MessageKind | None]] = {
    "NaN": (b'{"method":"x","params":NaN}', None),
    "Infinity": (b'{"method":"x","params":[-Infinity]}', None),
    "lone surrogate": (b'{"method":"x","params":{"a":"\\ud83d"}}', MessageKind.NOTIFICATION),
    "5000 digits": (b'{"method":"x","params":{"a":%b}}' % LONG, MessageKind.NOTIFICATION),
    "nesting of 250": (
        b'{"method":"x","params":' + b"[" * 250 + b"]" * 250 + b"}",
        MessageKind.NOTIFICATION,
    ),
    "nesting of 100,000": (
        b'{"method":"x","params":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
        None,
    ),
    "byte order mark": (b'\xef\xbb\xbf{"method":"x"}', None),
    "no UTF-8": (b'{"method":"x","params":"\xff"}', None),
    "an array": (b'[{"method":"x"}]', None),
    "cut off": (b'{"method":"x"', None),
    "nothing of a message": (b'{"foo":1}', MessageKind.OTHER),
    "a method that is no string": (b'{"method":5}', MessageKind.OTHER),
    "a method twice": (b'{"method":5,"method":"x"}', MessageKind.NOTIFICATION),
    "a request": (b'{"method":"x","id":1}', MessageKind.REQUEST),
    "a request with null for an id": (b'{"method":"x","id":null}', MessageKind.REQUEST),
    "a result": (b'{"id":1,"result":null}', MessageKind.RESPONSE),
    "a result without an id": (b'{"result":1}', MessageKind.RESPONSE),
    "a result beside a method that is none": (
        b'{"method":5,"id":1,"result":1}',
        MessageKind.RESPONSE,
    ),
    "an error": (b'{"id":1,"error":{}}', MessageKind.ERROR),
    "an error and a result": (b'{"id":1,"error":{},"result":1}', MessageKind.ERROR),
}


def heard_as(line: bytes) -> MessageKind | None:
    """What a live client takes a line for."""

    async def run() -> MessageKind | None:
        async with connected() as (connection, server):
            end = connection.router.subscribe(Subscription(1), methods=("end",))
            await server.send(line)
            await server.notify("end", {})
            await end.batch()
            seen = connection.router.statistics
            if seen.notifications == 2:
                return MessageKind.NOTIFICATION
            if seen.server_requests:
                return MessageKind.REQUEST
            return MessageKind.RESPONSE if seen.stray_answers else None

    return anyio.run(run)


@pytest.mark.parametrize("name", ODD)
def test_an_odd_line_is_the_same_for_everybody(name: str) -> None:
    line, kind = ODD[name]
    value, _ = wire.decode(line)
    read = SessionMessage.of(1, "", Side.SERVER, value).kind if isinstance(value, dict) else None
    assert read is kind
    (connection,) = recorded_connections([RecordedMessage(1, "", Side.SERVER, line)]).values()
    assert connection.steps[0].kind is (kind or MessageKind.OTHER)
    assert (b'"msg"' in record_line(0, Side.SERVER, line)) is (kind is not None)
    live = {MessageKind.OTHER: None, MessageKind.ERROR: MessageKind.RESPONSE}
    assert heard_as(line) is (None if kind is None else live.get(kind, kind))


@pytest.mark.parametrize(
    ("agent", "release"),
    [
        ("recorder/0.163.0 (Debian 12.0.0; x86_64) xterm-256color (recorder; 1.0.0)", "0.163.0"),
        ("codex_vscode/0.164.0-alpha.2 (Mac OS 14.1.0; arm64) unknown", "0.164.0-alpha.2"),
        ("my/app/1.2.3/0.164.0 (Debian) x", "0.164.0"),
        ("my app/9.1.0 beta/0.72.0 (Mac OS) iTerm.app/3.5.1 (my app; 9)", "0.72.0"),
        ("my app/9.1.0 beta/0.72.0 xterm", "0.72.0"),
        ("bare/0.99.0", "0.99.0"),
        ("0.58.0", "0.58.0"),
        ("codex/0.99.0\t(x)", "0.99.0"),
        ("codex/0.137.0a4 (Debian) x", "0.137.0-alpha.4"),
        ("x (0.163.0)", None),
        ("x (tool/0.163.0)", None),
        ("codex/1.2", None),
        (f"codex/{'9' * 5000}.0.0 (x)", None),
        ("", None),
    ],
)
def test_the_release_of_a_server_is_the_same_for_everybody(agent: str, release: str | None) -> None:
    found = server_release(agent)
    assert (found and str(found)) == release
    info = ServerInfo.of({"userAgent": agent}).version
    server = sniff(
        iter([Entry(1, json.dumps({"id": 1, "result": {"userAgent": agent}}).encode())])
    )[1]
    assert info == found == server.version
    if release is None:
        with pytest.raises(ValueError, match="no codex release"):
            version_for(agent, ["0.1.0"])
    else:
        assert version_for(agent, ["0.1.0", release]) == release

"""A replay that waits says what for."""

from __future__ import annotations

from collections.abc import Sequence

import anyio

from codexwire.direction import Side
from codexwire.proxy.player import Divergence
from codexwire.proxy.recorded import RecordedMessage, recorded_connections
from codexwire.proxy.replay import ReplayOptions, play
from codexwire.runtime.transport.base import PostMortem, TransportFailure

ASKED = b'{"id":1,"method":"initialize","params":{}}'
ANSWERED = b'{"id":1,"result":{}}'
RECORDED = recorded_connections(
    [RecordedMessage(1, "", Side.CLIENT, ASKED), RecordedMessage(2, "", Side.SERVER, ANSWERED)],
)[""]


class Quiet:
    """A client that says what it has to say only when the replay has complained."""

    def __init__(self, *messages: bytes) -> None:
        self._messages = list(messages)
        self.reminders: list[str] = []
        self._reminded = anyio.Event()

    def remind(self, text: str) -> None:
        self.reminders.append(text)
        self._reminded.set()

    async def send(self, message: bytes) -> None: ...

    async def receive(self) -> Sequence[bytes]:
        await self._reminded.wait()
        self._reminded = anyio.Event()
        if not self._messages:
            raise TransportFailure("it left")
        return [self._messages.pop(0)]

    async def post_mortem(self) -> PostMortem:
        return PostMortem()


def reminders(*said: bytes) -> list[str]:
    client = Quiet(*said)
    manner = ReplayOptions("rec.jsonl", remind=client.remind, reminder=0)
    try:
        anyio.run(play, client, RECORDED, Side.SERVER, manner)
    except Divergence as departure:
        client.reminders.append(str(departure))
    return client.reminders


def test_it_names_the_message_and_then_that_all_was_played() -> None:
    assert reminders(ASKED) == [
        "nothing came for 0 s; rec.jsonl:1: awaited the client's request initialize",
        "nothing came for 0 s; rec.jsonl: all was played, and the client is still there",
    ]


def test_a_departure_still_comes_out_as_it_is() -> None:
    assert reminders(b'{"id":1,"method":"model/list"}')[-1] == (
        "rec.jsonl:1: awaited the client's request initialize; there came the request model/list"
    )

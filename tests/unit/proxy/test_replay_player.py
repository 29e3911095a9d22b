"""The player alone: what is sent when, and what counts as a departure."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codexwire.direction import Side
from codexwire.model.message import MessageKind
from codexwire.proxy.player import Divergence, Player
from codexwire.proxy.recorded import RecordedConnection, RecordedMessage, recorded_connections
from codexwire.usecases.replay import read_connections

RECORDINGS = sorted((Path(__file__).parents[2] / "data" / "recordings").glob("*/*.jsonl"))
SCENES = [
    pytest.param(connection, id=f"{path.parent.name}/{path.stem}{name and '@' + name}")
    for path in RECORDINGS
    for name, connection in read_connections(str(path)).items()
]


def scene_of(*messages: tuple[str, Any]) -> RecordedConnection:
    said = [
        RecordedMessage(line, "", Side(who), json.dumps(body).encode())
        for line, (who, body) in enumerate(messages, 1)
    ]
    return recorded_connections(said)[""]


def ask(id: Any, method: str, **params: Any) -> tuple[str, Any]:
    return "client", {"id": id, "method": method, "params": params}


def answer(id: Any, **result: Any) -> tuple[str, Any]:
    return "server", {"id": id, "result": result}


def tell(method: str, **params: Any) -> tuple[str, Any]:
    return "server", {"method": method, "params": params}


def sent(player: Player) -> list[Any]:
    return [json.loads(turn.text) for turn in player.due()]


def hear(player: Player, body: Any) -> list[Any]:
    player.hear(json.dumps(body).encode())
    return sent(player)


@pytest.mark.parametrize("connection", SCENES)
def test_the_two_sides_of_a_recording_play_it_to_each_other(connection: RecordedConnection) -> None:
    """What each sends is what was recorded of it, in that order, not a byte changed."""
    players = {side: Player(connection, side, "r") for side in Side}
    said: dict[Side, list[bytes]] = {side: [] for side in Side}
    while turns := [(side, turn) for side in Side for turn in players[side].due()]:
        for side, turn in turns:
            said[side].append(turn.text)
            players[side.other].hear(turn.text)
    for side, player in players.items():
        assert player.left() is None
        recorded = [
            step
            for step in connection.steps
            if step.sender is side and not (step.kind.is_answer and step.asked is None)
        ]
        assert len(said[side]) == len(recorded)
        for text, step in zip(said[side], recorded, strict=True):
            assert json.loads(text) == step.body if step.body else text == step.text


TURN = scene_of(
    ask(1, "initialize"),
    answer(1, userAgent="x"),
    ("client", {"method": "initialized"}),
    ask(2, "model/list"),
    answer(2, data=[]),
    tell("configWarning", summary="s"),
    ask(3, "thread/start"),
    answer(3, thread={"id": "T"}),
    tell("thread/started", thread={"id": "T"}),
    ask(4, "turn/start", threadId="T"),
    answer(4, turn={"id": "U"}),
    tell("turn/started", threadId="T", turn={"id": "U"}),
    tell("account/rateLimits/updated"),
    tell("turn/completed", threadId="T", turn={"id": "U"}),
)


def test_nothing_is_said_before_its_time() -> None:
    player = Player(TURN, Side.SERVER, "r")
    assert sent(player) == []
    assert hear(player, {"id": "a", "method": "initialize"}) == [
        {"id": "a", "result": {"userAgent": "x"}}
    ]
    assert hear(player, {"method": "initialized"}) == []
    methods = [m.get("method") for m in hear(player, {"id": 7, "method": "model/list"})]
    assert methods == [None, "configWarning"]


def test_an_answer_has_the_id_of_the_live_request_as_it_was_written() -> None:
    player = Player(TURN, Side.SERVER, "r")
    player.hear(b'{"method":"initialize","id":  12345678901234567890 }')
    (turn,) = player.due()
    assert turn.text == b'{"id":12345678901234567890,"result":{"userAgent": "x"}}'
    player.hear(b'{"method":"model/list","id":"7"}')
    assert b'"id":"7"' in next(player.due()).text


def test_an_answer_with_half_a_character_is_played() -> None:
    said = [
        RecordedMessage(1, "", Side.CLIENT, b'{"id":1,"method":"initialize"}'),
        RecordedMessage(2, "", Side.SERVER, b'{"id":1,"result":{"a":"\\ud800"}}'),
    ]
    player = Player(recorded_connections(said)[""], Side.SERVER, "r")
    player.hear(b'{"id":"x","method":"initialize"}')
    assert next(player.due()).text == b'{"id":"x","result":{"a": "\\ud800"}}'


def test_a_thread_that_begins_early_goes_on_while_the_rest_waits() -> None:
    player = Player(TURN, Side.SERVER, "r")
    hear(player, {"id": 1, "method": "initialize"})
    hear(player, {"method": "initialized"})
    early = hear(player, {"id": 2, "method": "thread/start"})
    assert [m.get("method", m.get("id")) for m in early] == [2, "thread/started"]
    turn = hear(player, {"id": 3, "method": "turn/start", "params": {"threadId": "T"}})
    assert [m.get("method", m.get("id")) for m in turn] == [3, "turn/started", "turn/completed"]
    assert "model/list" in (player.left() or "")
    rest = hear(player, {"id": 4, "method": "model/list"})
    assert [m.get("method", m.get("id")) for m in rest] == [
        4,
        "configWarning",
        "account/rateLimits/updated",
    ]
    assert player.left() is None


def test_a_client_that_never_says_initialized_is_served() -> None:
    player = Player(TURN, Side.SERVER, "r")
    hear(player, {"id": 1, "method": "initialize"})
    assert len(hear(player, {"id": 2, "method": "model/list"})) == 2


@pytest.mark.parametrize(
    ("message", "text"),
    [
        (
            {"id": 2, "method": "thread/list"},
            "r:4: awaited the client's request model/list; there came the request thread/list",
        ),
        (
            {"id": 99, "result": {}},
            "r:4: awaited the client's request model/list;"
            " there came an answer (a result) to nothing that was asked",
        ),
        (
            {"id": 2, "method": "initialize"},
            "r:4: awaited the client's request model/list; there came the request initialize",
        ),
    ],
)
def test_a_departure_names_what_was_awaited_and_what_came(message: Any, text: str) -> None:
    player = Player(TURN, Side.SERVER, "r")
    hear(player, {"id": 1, "method": "initialize"})
    with pytest.raises(Divergence) as departure:
        hear(player, message)
    assert str(departure.value) == text


def test_what_servers_drop_is_let_pass() -> None:
    player = Player(TURN, Side.SERVER, "r")
    for text in (b"no json", b"[]", b"{}", b"\xff", b'{"method": "unheard/of"}'):
        player.hear(text)
        assert list(player.due()) == []


def test_more_than_was_recorded_is_a_departure() -> None:
    player = Player(scene_of(ask(1, "initialize"), answer(1)), Side.SERVER, "r")
    hear(player, {"id": 1, "method": "initialize"})
    assert player.is_over
    with pytest.raises(Divergence, match="nothing more was recorded of the client"):
        hear(player, {"id": 2, "method": "model/list"})


APPROVAL = scene_of(
    ask(1, "turn/start", threadId="T"),
    answer(1, turn={"id": "U"}),
    ("server", {"id": 0, "method": "item/fileChange/requestApproval", "params": {"threadId": "T"}}),
    ("client", {"id": 0, "result": {"decision": "accept"}}),
    tell("serverRequest/resolved", threadId="T", requestId=0),
)


def test_what_the_server_asks_is_waited_for() -> None:
    player = Player(APPROVAL, Side.SERVER, "r")
    _, asked = hear(player, {"id": 1, "method": "turn/start", "params": {"threadId": "T"}})
    assert asked["id"] == 0
    assert sent(player) == []
    assert len(hear(player, {"id": 0, "result": {"decision": "decline"}})) == 1
    assert player.left() is None


def test_an_error_in_place_of_a_result_is_a_departure() -> None:
    player = Player(APPROVAL, Side.SERVER, "r")
    hear(player, {"id": 1, "method": "turn/start", "params": {"threadId": "T"}})
    with pytest.raises(
        Divergence, match=r"r:4: the client's answer to item/fileChange/req.* was a "
    ):
        hear(player, {"id": 0, "error": {"code": -1, "message": "no"}})


def test_strictly_what_is_said_has_to_be_as_recorded_too() -> None:
    def player() -> Player:
        player = Player(APPROVAL, Side.SERVER, "r", strict=True)
        hear(player, {"id": 9, "method": "turn/start", "params": {"threadId": "other", "cwd": "/"}})
        return player

    assert len(hear(player(), {"id": 0, "result": {"decision": "accept"}})) == 1
    with pytest.raises(Divergence, match=r"^r:4#/result/decision: the client's answer to "):
        hear(player(), {"id": 0, "result": {"decision": "decline"}})


def test_a_client_takes_over_the_ids_of_the_live_server() -> None:
    player = Player(TURN, Side.CLIENT, "r")
    asked = sent(player)
    assert [m["method"] for m in asked] == ["initialize"]
    assert [m["method"] for m in hear(player, {"id": 1, "result": {}})] == [
        "initialized",
        "model/list",
    ]
    assert [m["method"] for m in hear(player, {"id": 2, "result": {"data": [1]}})] == [
        "thread/start"
    ]
    (turn,) = hear(player, {"id": 3, "result": {"thread": {"id": "live"}}})
    assert turn == {"id": 4, "method": "turn/start", "params": {"threadId": "live"}}
    assert hear(player, {"method": "some/thing", "params": {}}) == []
    assert hear(player, {"id": 4, "result": {"turn": {"id": "V"}}}) == []
    assert not player.is_over
    at = {"threadId": "live", "turn": {"id": "V"}}
    hear(player, {"method": "turn/started", "params": at})
    hear(player, {"method": "turn/completed", "params": at})
    assert player.is_over


@pytest.mark.parametrize(
    ("method", "awaited"),
    [
        ("turn/started", True),
        ("turn/completed", True),
        ("codex/event/task_started", True),
        ("codex/event/task_complete", True),
        ("thread/started", False),
        ("item/completed", False),
        ("codex/event/agent_message", False),
    ],
)
def test_a_client_waits_for_the_beginning_and_the_end_of_a_turn(method: str, awaited: bool) -> None:
    connection = scene_of(ask(1, "initialize"), answer(1), tell(method), ask(2, "model/list"))
    player = Player(connection, Side.CLIENT, "r")
    sent(player)
    at_once = [m["method"] for m in hear(player, {"id": 1, "result": {}})]
    assert at_once == ([] if awaited else ["model/list"])
    if awaited:
        (then,) = hear(player, {"method": method, "params": {}})
        assert then["method"] == "model/list"


def test_a_server_takes_over_the_ids_of_the_live_client() -> None:
    connection = scene_of(
        ask(1, "command/exec", processId="p", command=["x"]),
        tell("command/exec/outputDelta", processId="p", delta="p"),
        answer(1, exitCode=1.0),
    )
    player = Player(connection, Side.SERVER, "r")
    player.hear(b'{"id": 5, "method": "command/exec", "params": {"processId": "mine"}}')
    delta, done = (turn.text for turn in player.due())
    assert json.loads(delta)["params"] == {"processId": "mine", "delta": "p"}
    assert b"1.0" in done


def test_a_connection_that_comes_again_is_another_scene() -> None:
    said = [
        RecordedMessage(1, "", Side.CLIENT, b'{"id":1,"method":"initialize"}', 1.0),
        RecordedMessage(2, "", Side.SERVER, b'{"id":1,"result":{}}', 3.5),
        RecordedMessage(3, "", Side.CLIENT, None),
        RecordedMessage(4, "", Side.CLIENT, b"rubbish"),
    ]
    first, second = recorded_connections(said).values()
    assert first.ended_by is Side.CLIENT
    assert [step.delay for step in first.steps] == [0.0, 2.5]
    assert [step.kind for step in second.steps] == [MessageKind.OTHER]

from __future__ import annotations

import gc
from typing import Any

import anyio
import msgspec
import pytest
from amount import times
from hypothesis import given, settings
from hypothesis import strategies as st

from codexwire.profiles.ids import ids_of
from codexwire.runtime.client.kept import LOST, Ends
from codexwire.runtime.client.messages import PLAIN, Notification
from codexwire.runtime.client.router import Router
from codexwire.runtime.client.subscription import Subscription
from codexwire.runtime.client.waiter import TaskWaiter
from codexwire.runtime.errors import (
    BufferOverflowError,
    ConnectionClosedError,
)


def note(method: str, **params: Any) -> Notification:
    ids = ids_of(method, params, "params")
    message = {"method": method, "params": params}
    return Notification(method, message, ids.thread, ids.turn, PLAIN)


def started(thread: str, turn: str) -> Notification:
    return note("turn/started", threadId=thread, turn={"id": turn})


def delta(thread: str, turn: str, text: Any = "") -> Notification:
    return note("item/agentMessage/delta", threadId=thread, turnId=turn, delta=text)


def completed(thread: str, turn: str) -> Notification:
    return note("turn/completed", threadId=thread, turn={"id": turn, "status": "completed"})


def waiting(subscription: Subscription) -> list[Notification]:
    """What waits for a consumer, without waiting for more."""
    found: list[Notification] = []

    async def drain() -> None:
        with anyio.move_on_after(0):
            found.extend(await subscription.batch())

    anyio.run(drain)
    return found


def rest(subscription: Subscription) -> list[Notification]:
    """Everything up to the end."""

    async def drain() -> list[Notification]:
        return [notification async for notification in subscription]

    return anyio.run(drain)


def test_equal_turn_ids_of_two_threads_are_two_turns() -> None:
    router = Router()
    one, two = router.follow_turn(("a", "0")), router.follow_turn(("b", "0"))
    for thread in "ab":
        router.route(started(thread, "0"))
    router.route(delta("a", "0", "for a"))
    router.route(delta("b", "0", "for b"))
    router.route(completed("b", "0"))
    assert [n.wire_params.get("delta") for n in rest(two)] == [None, "for b", None]
    assert [n.method for n in waiting(one)] == ["turn/started", "item/agentMessage/delta"]
    assert not one.ended


def test_what_comes_before_the_answer_is_replayed() -> None:
    router = Router()
    with router.expecting("t"):
        events = [started("t", "1"), delta("t", "1", "x"), completed("t", "1")]
        for event in [*events, delta("t", "other"), delta("u", "1")]:
            router.route(event)
        turn = router.claim(("t", "1"))
        assert router.active_turn("t") is None
    assert rest(turn) == events
    assert not any(router.leftovers().values())


def test_a_start_that_fails_leaves_nothing() -> None:
    router = Router()
    with router.expecting("t"), router.expecting("t"):
        for event in (started("t", "1"), delta("t", "1"), completed("t", "1")):
            router.route(event)
    assert not any(router.leftovers().values())


def test_a_turn_that_nobody_consumes_leaves_nothing() -> None:
    router = Router()
    router.route(started("t", "1"))
    assert router.active_turn("t") == "1"
    for _ in range(1000):
        router.route(delta("t", "1"))
    router.route(completed("t", "1"))
    assert not any(router.leftovers().values())


def test_an_abandoned_consumer_leaves_nothing() -> None:
    router = Router()
    with router.expecting("t"):
        router.route(started("t", "1"))
        turn = router.claim(("t", "1"))
    everything = router.subscribe(Subscription())
    router.route(delta("t", "1"))
    del turn, everything
    gc.collect()
    router.route(completed("t", "1"))
    assert not any(router.leftovers().values())


def test_a_consumer_that_stopped_before_the_end_leaves_nothing_though_somebody_holds_it() -> None:
    router = Router()
    router.route(started("t", "1"))
    turn = router.follow_turn(("t", "1"))
    turn.close()
    router.route(completed("t", "1"))
    assert not any(router.leftovers().values())
    assert rest(turn) == []


def test_several_consumers_each_get_everything_from_where_they_joined() -> None:
    router = Router()
    first = router.follow_turn(("t", "1"))
    router.route(delta("t", "1", 1))
    second = router.follow_turn(("t", "1"))
    router.route(delta("t", "1", 2))
    router.route(completed("t", "1"))
    assert [n.wire_params.get("delta") for n in rest(first)] == [1, 2, None]
    assert [n.wire_params.get("delta") for n in rest(second)] == [2, None]


def test_who_comes_late_still_learns_how_a_turn_ended() -> None:
    router = Router()
    end = completed("t", "1")
    router.route(end)
    for number in range(2, 10_000):
        router.route(completed("t", str(number)))
    assert [n.raw for n in rest(router.follow_turn(("t", "1")))] == [end.raw]


def test_the_ends_of_turns_are_bounded_in_bytes() -> None:
    ends = Ends(1000)
    for number in range(100):
        ends.keep(("t", str(number % 50)), completed("t", str(number % 50)))
    size = len(msgspec.json.encode(completed("t", "49").raw))
    kept = [number for number in range(50) if ("t", str(number)) in ends]
    assert kept == list(range(50 - 1000 // size, 50))
    assert ends.get(("t", "0")) is None


@pytest.mark.parametrize("odd", [10**30, "\ud83d", float("inf"), [[[{}]]]])
def test_an_end_that_is_odd_is_kept_all_the_same(odd: Any) -> None:
    router = Router()
    router.route(note("turn/completed", threadId="t", turn={"id": "1"}, odd=odd))
    [end] = rest(router.follow_turn(("t", "1")))
    assert end.wire_params["turn"] == {"id": "1"}


def test_a_turn_that_was_started_here_is_kept_until_it_is_taken() -> None:
    router = Router()
    events = [started("t", "1"), delta("t", "1", "x"), delta("t", "1", "y"), completed("t", "1")]
    with router.expecting("t"):
        router.route(events[0])
        router.keep(("t", "1"))
    for event in events[1:]:
        router.route(event)
    watched = router.watch_turn(("t", "1"))
    assert rest(router.follow_turn(("t", "1"))) == events
    assert [n.method for n in rest(router.follow_turn(("t", "1")))] == ["turn/completed"]
    assert [n.method for n in rest(watched)] == ["turn/completed"]
    assert not any(router.leftovers().values())


def test_the_buffer_of_the_claim_counts_though_more_was_expected() -> None:
    router = Router()
    with router.expecting("t", 10), router.expecting("t"):
        router.keep(("t", "1"))
        turn = router.claim(("t", "1"), 10)
    for number in range(11):
        router.route(delta("t", "1", number))

    async def read() -> int:
        seen = [await anext(turn) for _ in range(10)]
        with pytest.raises(BufferOverflowError, match="more than 10"):
            await anext(turn)
        return len(seen)

    assert anyio.run(read) == 10


def keep_turns(router: Router, numbers: range, deltas: int) -> None:
    for number in numbers:
        turn = str(number)
        with router.expecting("t"):
            router.keep(("t", turn))
        for _ in range(deltas):
            router.route(delta("t", turn))
        router.route(completed("t", turn))


def losses(router: Router, number: int) -> list[int]:
    seen = rest(router.follow_turn(("t", str(number))))
    assert seen[-1].method == "turn/completed"
    return [n.wire_params["notifications"] for n in seen if n.method == LOST]


def test_what_is_kept_is_bounded_and_a_loss_is_seen() -> None:
    router = Router()
    keep_turns(router, range(300), 2)
    assert router.leftovers()["untaken"] == 256
    assert losses(router, 0) == [3]
    assert losses(router, 0) == []
    assert losses(router, 299) == []


def test_so_it_is_for_long_turns_and_for_one_that_is_longer_than_the_bound() -> None:
    router = Router()
    keep_turns(router, range(3), 10_000)
    assert [losses(router, number) for number in range(3)] == [[10_001], [10_001], []]
    keep_turns(router, range(5, 6), 20_000)
    assert losses(router, 5) == [20_001 - 16_384]


def test_whatever_is_left_counts() -> None:
    router = Router()
    router.expect_answer(1, TaskWaiter("x"))
    held = [router.subscribe(Subscription(1), thread_id="s")]
    held.append(router.subscribe(Subscription(1), methods=("error",)))
    held.append(router.subscribe(Subscription(1)))
    held.append(router.follow_turn(("t", "1")))
    router.route(started("t", "2"))

    async def wait() -> dict[str, int]:
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(router.wait_idle, "t")
            await anyio.wait_all_tasks_blocked()
            with router.expecting("e"):
                left = router.leftovers()
            tasks.cancel_scope.cancel()
        return left

    left = anyio.run(wait)
    assert [name for name, count in left.items() if not count] == ["untaken"]
    assert len(left) == 9


def test_threads_methods_and_everything_can_be_followed() -> None:
    router = Router()
    thread = router.subscribe(Subscription(), thread_id="t")
    methods = router.subscribe(Subscription(), methods=("warning", "turn/started"))
    everything = router.subscribe(Subscription())
    for event in (started("t", "1"), note("warning", message="x"), delta("u", "1")):
        router.route(event)
    assert [n.method for n in waiting(thread)] == ["turn/started"]
    assert [n.method for n in waiting(methods)] == ["turn/started", "warning"]
    assert len(waiting(everything)) == 3


def test_a_thread_that_is_gone_ends_its_turn() -> None:
    router = Router()
    router.route(started("t", "1"))
    turn = router.follow_turn(("t", "1"))
    router.route(note("thread/closed", threadId="t"))
    assert [n.method for n in rest(turn)] == ["thread/closed"]
    assert router.active_turn("t") is None


def test_a_turn_without_thread_goes_to_the_only_one_that_fits() -> None:
    router = Router()
    router.route(started("a", "0"))
    one = router.follow_turn(("a", "0"))
    router.route(note("item/agentMessage/delta", turnId="0", delta="x"))
    router.route(started("b", "0"))
    everything = router.subscribe(Subscription())
    router.route(note("item/agentMessage/delta", turnId="0", delta="whose?"))
    assert [n.wire_params["delta"] for n in waiting(one)] == ["x"]
    assert len(waiting(everything)) == 1


def test_too_slow_a_consumer_is_told_and_others_are_not_touched() -> None:
    router = Router()
    slow, fast = router.follow_turn(("t", "1"), 10), router.follow_turn(("t", "1"))
    for number in range(20):
        router.route(delta("t", "1", number))
    router.route(completed("t", "1"))

    async def read() -> list[Any]:
        seen = [(await anext(slow)).wire_params["delta"] for _ in range(10)]
        with pytest.raises(BufferOverflowError, match="more than 10"):
            await anext(slow)
        return seen

    assert anyio.run(read) == list(range(10))
    assert len(rest(fast)) == 21


def test_dropping_the_oldest_is_counted() -> None:
    router = Router()
    tail = router.subscribe(Subscription(5, "drop_oldest"))
    for number in range(20):
        router.route(delta("t", "1", number))
    assert [n.wire_params["delta"] for n in waiting(tail)] == [15, 16, 17, 18, 19]
    assert tail.dropped == 15


def test_waiting_for_idle_ends_with_the_turn_or_with_the_connection() -> None:
    async def scenario() -> list[str]:
        router = Router()
        seen: list[str] = []

        async def wait(name: str) -> None:
            try:
                await router.wait_idle("t")
                seen.append(name)
            except ConnectionClosedError as problem:
                seen.append(str(problem))

        router.route(started("t", "1"))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wait, "idle")
            await anyio.wait_all_tasks_blocked()
            router.route(completed("t", "1"))
        router.route(started("t", "2"))
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(wait, "never")
            await anyio.wait_all_tasks_blocked()
            router.fail(ConnectionClosedError("gone"))
        assert not any(router.leftovers().values())
        return seen

    assert anyio.run(scenario) == ["idle", "gone"]


@given(st.data())
@settings(max_examples=times(60, 2000))
def test_no_interleaving_loses_or_misroutes_a_notification(data: st.DataObject) -> None:
    router = Router()
    keys = [(thread, turn) for thread in "abc" for turn in "01"]
    streams = {
        key: [started(*key), *(delta(*key, number) for number in range(4)), completed(*key)]
        for key in keys
    }
    left = {key: list(events) for key, events in streams.items()}
    consumers: dict[tuple[str, str], Subscription] = {}
    for key in keys:
        with router.expecting(key[0]):
            for _ in range(data.draw(st.integers(0, 6))):
                _one_more(router, left, data)
            consumers[key] = router.claim(key) if left[key] == streams[key] else Subscription()
    while any(left.values()):
        _one_more(router, left, data)
    for key, consumer in consumers.items():
        if consumer.ended:
            assert rest(consumer) == streams[key]
    assert not any(router.leftovers().values())


def _one_more(router: Router, left: dict[Any, list[Notification]], data: st.DataObject) -> None:
    open_keys = [key for key, events in left.items() if events]
    if open_keys:
        router.route(left[data.draw(st.sampled_from(open_keys))].pop(0))

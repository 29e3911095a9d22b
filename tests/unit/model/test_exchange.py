"""Which request an answer belongs to, which keys are remembered, and what is forgotten."""

from __future__ import annotations

from codexwire.model.exchange import Exchange


def test_the_oldest_request_of_an_id_is_answered_first() -> None:
    asked: Exchange[object, str] = Exchange()
    for key, request in ((7, "a"), ("7", "b"), (7, "c")):
        asked.ask(key, request)
    assert list(asked.waiting(7)) == ["a", "c"]
    assert [asked.take(7), asked.take(7), asked.take(7)] == ["a", "c", None]
    assert list(asked) == [("7", "b")]
    assert len(asked) == 1
    assert asked.waiting(7) == ()


def test_of_several_it_is_the_first_that_the_answer_fits() -> None:
    asked: Exchange[int, str] = Exchange()
    asked.ask(1, "a")
    asked.ask(1, "b")
    assert asked.match(1, lambda request: request == "b") == "b"
    assert asked.match(1, lambda _: False) == "a"
    assert asked.match(1) == "a"
    assert asked.match(2, lambda _: True) is None


def test_one_alone_is_taken_without_a_look() -> None:
    asked: Exchange[int, str] = Exchange()
    asked.ask(1, "a")

    def look(request: str) -> bool:
        raise AssertionError(request)

    assert asked.match(1, look) == "a"


def doubtful() -> Exchange[int, str]:
    """Two requests of one id, the first of which was answered by what fits both."""
    asked: Exchange[int, str] = Exchange()
    asked.ask(1, "a")
    asked.ask(1, "b")
    first = asked.match(1, lambda _: True)
    assert first == "a"
    asked.answer(1, first)
    return asked


def test_an_answer_that_fitted_both_changes_places_when_the_next_fits_only_the_first() -> None:
    asked = doubtful()
    assert asked.match(1, lambda request: request == "a") == "a"
    assert list(asked.waiting(1)) == ["a"]


def test_no_places_are_changed_for_an_answer_that_fits_neither() -> None:
    asked = doubtful()
    assert asked.match(1, lambda _: False) == "b"
    assert asked.match(1, lambda request: request == "a") == "b"  # the doubt is over


def test_no_places_are_changed_with_a_request_that_came_later() -> None:
    asked: Exchange[int, str] = Exchange()
    for request in ("a", "b"):
        asked.ask(1, request)
    asked.answer(1, asked.match(1, lambda _: True) or "")
    asked.ask(1, "c")
    asked.drop(1, "b")
    assert asked.match(1, lambda request: request == "a") == "c"


def test_a_doubt_ends_with_the_last_request_of_its_id() -> None:
    asked = doubtful()
    asked.drop(1, "b")
    asked.ask(1, "b")
    assert asked.match(1, lambda request: request == "a") == "b"


def test_answered_keys_are_remembered_the_last_ones_longest() -> None:
    asked: Exchange[int, str] = Exchange(2)
    for line, key in enumerate((1, 2, 1, 3), 10):
        asked.ask(key, "x")
        asked.answer(key, "x", line)
    assert [asked.answered(key) for key in (1, 2, 3)] == [12, None, 13]
    assert len(asked) == 0


def test_nothing_is_remembered_unless_asked_for() -> None:
    asked: Exchange[int, str] = Exchange()
    asked.ask(1, "a")
    asked.answer(1, "a", 5)
    assert asked.answered(1) is None


def test_what_nobody_waits_for_is_dropped() -> None:
    asked: Exchange[int, str] = Exchange()
    asked.ask(1, "a")
    asked.drop(1, "b")
    asked.drop(2, "a")
    assert len(asked) == 1
    asked.drop(1, "a")
    assert list(asked) == []


def test_requests_move_to_another_exchange() -> None:
    old: Exchange[int, str] = Exchange()
    new: Exchange[int, str] = Exchange()
    for key, request in ((1, "early"), (1, "late"), (2, "late")):
        old.ask(key, request)
    old.split(lambda request: request == "late", new)
    assert (list(old), list(new)) == ([(1, "early")], [(1, "late"), (2, "late")])


def test_an_answer_is_held_against_each_sort_of_request_once() -> None:
    asked: Exchange[int, tuple[str, int]] = Exchange(sort=lambda request: request[0])
    for number in range(100):
        asked.ask(1, ("a" if number % 2 else "b", number))
    looked: list[str] = []

    def fits(request: tuple[str, int]) -> bool:
        looked.append(request[0])
        return request[0] == "a"

    for number in (1, 3, 5):
        found = asked.match(1, fits)
        assert found == ("a", number)
        asked.answer(1, found)
    assert sorted(looked) == ["a", "a", "a", "b", "b", "b"]
    assert asked.match(1) == ("b", 0)


def test_open_requests_are_counted_by_group() -> None:
    asked: Exchange[int, str] = Exchange(group=len)
    for request in ("a", "b", "cc"):
        asked.ask(1, request)
    asked.drop(1, "a")
    assert [asked.count(group) for group in (1, 2, 3)] == [1, 1, 0]


def test_a_request_that_changes_places_counts_again() -> None:
    asked: Exchange[int, str] = Exchange(group=str)
    asked.ask(1, "a")
    asked.ask(1, "b")
    asked.answer(1, asked.match(1, lambda _: True) or "")
    assert asked.match(1, lambda request: request == "a") == "a"
    assert [asked.count(group) for group in ("a", "b")] == [1, 0]

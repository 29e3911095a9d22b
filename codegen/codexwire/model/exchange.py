"""Which request an answer belongs to: for live connections and for recorded ones."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator
from typing import Generic, NamedTuple, TypeVar

__all__ = ["Exchange"]

Key = TypeVar("Key", bound=Hashable)
Request = TypeVar("Request")


class Exchange(Generic[Key, Request]):
    """The requests that wait for answers, by the key that the answer will have.

    A key is the request id, with the asking side or the connection where several are in one exchange.
    Ids may be used again while they are in flight: of several requests with one key the oldest is
    answered first, unless `match` is told which of them the answer fits. `remembered` is how many
    answered keys are kept, so that a second answer can be told from one to nothing.

    `sort` says what requests have in common that the same answers fit; `group`, by what they are counted.
    """

    def __init__(
        self,
        remembered: int = 0,
        *,
        sort: Callable[[Request], Hashable] = id,
        group: Callable[[Request], Hashable] | None = None,
    ) -> None:
        self._waiting: dict[Key, Request | _Queue[Request]] = {}
        self._doubtful: dict[Key, _Doubt[Request]] = {}
        self._answered: OrderedDict[Key, int] = OrderedDict()
        self._counts: dict[Hashable, int] = {}
        self._remembered, self._sort, self._group = remembered, sort, group

    def __len__(self) -> int:
        return sum(len(w) if isinstance(w, _Queue) else 1 for w in self._waiting.values())

    def __iter__(self) -> Iterator[tuple[Key, Request]]:
        """Yield the open requests with their keys; those of one key oldest first."""
        for key in self._waiting:
            for request in self.waiting(key):
                yield key, request

    def count(self, group: Hashable) -> int:
        """Return how many open requests are of a group."""
        return self._counts.get(group, 0)

    def ask(self, key: Key, request: Request) -> None:
        """Note a request."""
        self._count(request, 1)
        if key not in self._waiting:
            self._waiting[key] = request
            return
        first = self._waiting[key]
        if not isinstance(first, _Queue):
            self._waiting[key] = queue = _Queue[Request](self._sort)
            queue.append(first)
            first = queue
        first.append(request)

    def waiting(self, key: Key) -> tuple[Request, ...]:
        """Return the open requests with a key, oldest first."""
        if key not in self._waiting:
            return ()
        found = self._waiting[key]
        return tuple(found) if isinstance(found, _Queue) else (found,)

    def match(self, key: Key, fits: Callable[[Request], bool] | None = None) -> Request | None:
        """Return the open request that an answer belongs to; it stays open until `answer`.

        Of several with the same key it is the first that the answer fits. An answer that fits several
        may have been the other's: then a later one that fits only the request taken first changes
        places with it. Without `fits` (an error fits any request) it is the oldest.
        """
        waiting = self._waiting.get(key)
        if not isinstance(waiting, _Queue):
            return waiting
        if fits is None or (len(waiting) == 1 and key not in self._doubtful):
            return waiting.oldest().request
        fitting = waiting.fitting(fits)
        if sum(len(waiting.sorts[sort]) for sort in fitting) > 1:
            taken = waiting.oldest(fitting).request
            self._doubtful[key] = _Doubt(taken, frozenset(fitting), waiting.asked)
        elif not fitting:
            doubt = self._doubtful.pop(key, None)
            oldest = waiting.oldest()
            if doubt is not None and doubt.concerns(oldest, self._sort) and fits(doubt.taken):
                waiting.change(oldest, doubt.taken)
                self._count(oldest.request, -1)
                self._count(doubt.taken, 1)
        return waiting.oldest(fitting).request

    def answer(self, key: Key, request: Request, line: int = 0) -> None:
        """Close an open request; `line` is where the answer stands."""
        self.drop(key, request)
        if self._remembered:
            self._answered[key] = line
            self._answered.move_to_end(key)
            if len(self._answered) > self._remembered:
                self._answered.popitem(last=False)

    def answered(self, key: Key) -> int | None:
        """Return the line of the last answer with a key, as far as it is remembered."""
        return self._answered.get(key)

    def take(self, key: Key) -> Request | None:
        """Return the oldest open request with a key, and close it."""
        request = self.match(key)
        if request is not None:
            self.drop(key, request)
        return request

    def drop(self, key: Key, request: Request) -> None:
        """Forget a request that nobody waits for any more; nothing when it is not open."""
        waiting = self._waiting.get(key)
        if isinstance(waiting, _Queue):
            if not waiting.remove(request):
                return
        elif waiting is not request:
            return
        self._count(request, -1)
        if not isinstance(waiting, _Queue) or not len(waiting):
            del self._waiting[key]
            self._doubtful.pop(key, None)

    def _count(self, request: Request, by: int) -> None:
        if self._group is None:
            return
        group = self._group(request)
        count = self._counts.pop(group, 0) + by
        if count:
            self._counts[group] = count

    def split(self, moves: Callable[[Request], bool], to: Exchange[Key, Request]) -> None:
        """Move the open requests for which `moves` holds to another exchange."""
        for key, request in tuple(self):
            if moves(request):
                self.drop(key, request)
                to.ask(key, request)


class _Asked(NamedTuple, Generic[Request]):
    """A request and its number among those of its key."""

    number: int
    request: Request


class _Doubt(NamedTuple, Generic[Request]):
    """What an answer may have been to instead of the request taken: those of `sorts`, asked before `end`."""

    taken: Request
    sorts: frozenset[Hashable]
    end: int

    def concerns(self, asked: _Asked[Request], sort: Callable[[Request], Hashable]) -> bool:
        """Whether it may have been to this request."""
        return asked.number < self.end and sort(asked.request) in self.sorts


class _Queue(Generic[Request]):
    """The open requests of one key, by their sort; an answer is held against each sort once."""

    def __init__(self, sort: Callable[[Request], Hashable]) -> None:
        self.sorts: dict[Hashable, deque[_Asked[Request]]] = {}
        self.asked = 0
        self._sort = sort

    def __len__(self) -> int:
        return sum(map(len, self.sorts.values()))

    def __iter__(self) -> Iterator[Request]:
        everything = (asked for queue in self.sorts.values() for asked in queue)
        yield from (asked.request for asked in sorted(everything, key=lambda a: a.number))

    def append(self, request: Request) -> None:
        """Take in a request."""
        self.sorts.setdefault(self._sort(request), deque()).append(_Asked(self.asked, request))
        self.asked += 1

    def oldest(self, sorts: Iterable[Hashable] = ()) -> _Asked[Request]:
        """Return the oldest request of some sorts, of all without any."""
        return min((self.sorts[sort][0] for sort in sorts or self.sorts), key=lambda a: a.number)

    def fitting(self, fits: Callable[[Request], bool]) -> list[Hashable]:
        """Return the sorts that fit."""
        return [sort for sort, queue in self.sorts.items() if fits(queue[0].request)]

    def change(self, asked: _Asked[Request], request: Request) -> None:
        """Put a request into the place of the oldest one."""
        self.remove(asked.request)
        queue = self.sorts.setdefault(self._sort(request), deque())
        queue.appendleft(_Asked(asked.number, request))

    def remove(self, request: Request) -> bool:
        """Take a request out; whether it was there."""
        sort = self._sort(request)
        queue = self.sorts.get(sort, deque())
        found = next((asked for asked in queue if asked.request is request), None)
        if found is None:
            return False
        queue.remove(found)
        if not queue:
            del self.sorts[sort]
        return True

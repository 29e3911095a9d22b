"""Which request an answer belongs to: for live connections and for recorded ones."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable, Hashable, Iterator, Sequence
from typing import Generic, TypeVar

__all__ = ["Exchange"]

Key = TypeVar("Key", bound=Hashable)
Request = TypeVar("Request")


class Exchange(Generic[Key, Request]):
    """The requests that wait for answers, by the key that the answer will have.

    A key is the request id, with the asking side or the connection where several are in one exchange.
    Ids may be used again while they are in flight: of several requests with one key the oldest is
    answered first, unless `match` is told which of them the answer fits. `remembered` is how many
    answered keys are kept, so that a second answer can be told from one to nothing.
    """

    def __init__(self, remembered: int = 0) -> None:
        self._waiting: dict[Key, deque[Request]] = {}
        self._doubtful: dict[Key, tuple[Request, ...]] = {}
        self._answered: OrderedDict[Key, int] = OrderedDict()
        self._remembered = remembered

    def __len__(self) -> int:
        return sum(map(len, self._waiting.values()))

    def __iter__(self) -> Iterator[tuple[Key, Request]]:
        """Yield the open requests with their keys; those of one key oldest first."""
        for key, queue in self._waiting.items():
            for request in queue:
                yield key, request

    def ask(self, key: Key, request: Request) -> None:
        """Note a request."""
        self._waiting.setdefault(key, deque()).append(request)

    def waiting(self, key: Key) -> Sequence[Request]:
        """Return the open requests with a key, oldest first."""
        return self._waiting.get(key, ())

    def match(self, key: Key, fits: Callable[[Request], bool] | None = None) -> Request | None:
        """Return the open request that an answer belongs to; it stays open until `answer`.

        Of several with the same key it is the first that the answer fits. An answer that fits several
        may have been the other's: then a later one that fits only the request taken first changes
        places with it. Without `fits` (an error fits any request) it is the oldest.
        """
        waiting = self._waiting.get(key)
        if not waiting:
            return None
        if fits is None or (len(waiting) == 1 and key not in self._doubtful):
            return waiting[0]
        fitting = tuple(request for request in waiting if fits(request))
        if len(fitting) > 1:
            self._doubtful[key] = fitting
        elif not fitting:
            taken, *others = self._doubtful.pop(key, (None,))
            if taken is not None and waiting[0] in others and fits(taken):
                waiting[0] = taken
        return fitting[0] if fitting else waiting[0]

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
        queue = self._waiting.get(key)
        if queue is None or request not in queue:
            return
        queue.remove(request)
        if not queue:
            del self._waiting[key]
            self._doubtful.pop(key, None)

    def split(self, moves: Callable[[Request], bool], to: Exchange[Key, Request]) -> None:
        """Move the open requests for which `moves` holds to another exchange."""
        for key, request in tuple(self):
            if moves(request):
                self.drop(key, request)
                to.ask(key, request)

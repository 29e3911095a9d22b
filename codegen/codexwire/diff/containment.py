"""Whether everything that one version may send is accepted by the other.

The sender is closed (it sends only declared properties), the receiver open (it ignores unknown ones)
unless it says `additionalProperties: false`. The two sides belong to two protocols.
"""

from __future__ import annotations

from collections.abc import Iterable

from codexwire.diff.value_set import ArraySet, NumberSet, ObjectSet, StringSet, ValueSet
from codexwire.diff.value_sets import ValueSets
from codexwire.model.types import Type

__all__ = ["Containment", "array_limits_fit", "number_fits", "string_fits"]


class Containment:
    """Answers for one sender and one receiver; recursion is judged co-inductively.

    With `shallow`, types of the same name count as compatible: what changed inside them is their own
    finding, not one of everybody who refers to them.
    """

    def __init__(self, sender: ValueSets, receiver: ValueSets, *, shallow: bool = False) -> None:
        self.sender = sender
        self.receiver = receiver
        self.shallow = shallow
        self._known: dict[tuple[int, int], bool] = {}
        self._assumed: list[tuple[int, int]] = []

    def type(self, sent: Type, taken: Type) -> bool:
        """Whether every value that `sent` allows its sender is valid under `taken`."""
        key = (id(sent), id(taken))
        if key in self._known:
            return self._known[key]
        mark = len(self._assumed)
        self._known[key] = True
        self._assumed.append(key)
        if self._type(sent, taken):
            return True
        # What was concluded from the assumption falls with it.
        for assumed in self._assumed[mark:]:
            self._known.pop(assumed, None)
        del self._assumed[mark:]
        self._known[key] = False
        return False

    def _type(self, sent: Type, taken: Type) -> bool:
        if not self.shallow:
            return self.value_set(self.sender.of(sent), self.receiver.of(taken))
        branches, null = self.sender.branches(sent)
        accepted, _ = self.receiver.branches(taken)
        names = {b.ref for b in accepted} - {None}
        whole = self.receiver.of(taken)
        if null and not (whole.null or whole.any):
            return False
        return all(
            b.ref in names or self.value_set(self.sender.of(b.type), whole) for b in branches
        )

    def value_set(self, sent: ValueSet, taken: ValueSet) -> bool:
        """Whether every value of the value set `sent` is one of `taken`."""
        if taken.any:
            return True
        if sent.any or (sent.null and not taken.null):
            return False
        return (
            set(sent.boolean) <= set(taken.boolean)
            and all(any(number_fits(n, m) for m in taken.numbers) for n in sent.numbers)
            and string_fits(sent.string, taken.string)
            and all(any(self.array(a, b) for b in taken.arrays) for a in sent.arrays)
            and all(any(self.object(o, p) for p in taken.objects) for o in sent.objects)
        )

    def array(self, sent: ArraySet, taken: ArraySet) -> bool:
        """Whether every array of `sent` is one of `taken`."""
        if sent.max_items == 0 and taken.min_items == 0:
            return True
        return array_limits_fit(sent, taken) and self.type(sent.items, taken.items)

    def object(self, sent: ObjectSet, taken: ObjectSet) -> bool:
        """Whether every object that a closed sender of `sent` writes is taken by `taken`."""
        if self.shallow and sent.ref is not None and sent.ref == taken.ref:
            return True
        for name, prop in taken.properties.items():
            own = sent.properties.get(name)
            if prop.required and (own is None or not own.required):
                return False
            more = sent.undeclared
            if own is None and more is not None and not self.type(more, prop.type):
                return False
        for name, prop in sent.properties.items():
            known = taken.properties.get(name)
            target = known.type if known is not None else taken.additional
            if target is not None and not self.type(prop.type, target):
                return False
        return self.additional(sent, taken)

    def additional(self, sent: ObjectSet, taken: ObjectSet) -> bool:
        """Whether the undeclared properties that `sent` writes, if any, are taken by `taken`."""
        more = sent.undeclared
        return more is None or taken.additional is None or self.type(more, taken.additional)


def number_fits(sent: NumberSet, taken: NumberSet) -> bool:
    """Whether every number of `sent` is one of `taken`."""
    if taken.integer and not sent.integer:
        return False
    low = taken.low is None or (sent.low is not None and sent.low >= taken.low)
    high = taken.high is None or (sent.high is not None and sent.high <= taken.high)
    return low and high


def string_fits(sent: StringSet | None, taken: StringSet | None) -> bool:
    """Whether every string of `sent` is one of `taken`."""
    if sent is None or taken is None:
        return sent is None
    if sent.values is not None:
        return _takes_all(taken, sent.values)
    longest = sent.max_length if sent.max_length is not None else float("inf")
    limit = taken.max_length if taken.max_length is not None else float("inf")
    return (
        taken.values is None
        and sent.min_length >= taken.min_length
        and longest <= limit
        and set(taken.form) <= set(sent.form)
    )


def _takes_all(taken: StringSet, values: Iterable[str]) -> bool:
    if taken.values is not None:
        return frozenset(taken.values).issuperset(values)
    most = taken.max_length if taken.max_length is not None else float("inf")
    return all(taken.min_length <= len(value) <= most for value in values)


def array_limits_fit(sent: ArraySet, taken: ArraySet) -> bool:
    """Whether the lengths that `sent` allows are all allowed by `taken`."""
    most = sent.max_items if sent.max_items is not None else float("inf")
    limit = taken.max_items if taken.max_items is not None else float("inf")
    return sent.min_items >= taken.min_items and most <= limit

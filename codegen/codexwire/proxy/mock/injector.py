"""Applies faults: each message of a connection becomes what goes out in its place."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from codexwire.ir.model import Schema
from codexwire.location import split_pointer
from codexwire.model.message import Json
from codexwire.model.types import values_of
from codexwire.proxy.mock.faults import Fault
from codexwire.proxy.mock.fit_to_schema import SchemaFitter

__all__ = ["Injector", "Leave", "Outgoing", "Partial", "Pause", "Send", "Stderr", "encoded"]

_LOG = logging.getLogger("codexwire.mock")


@dataclass(frozen=True, slots=True)
class Send:
    """A whole message goes out."""

    text: bytes


@dataclass(frozen=True, slots=True)
class Partial:
    """The beginning of a message goes out, and the rest of it never."""

    text: bytes


@dataclass(frozen=True, slots=True)
class Pause:
    """Nothing goes out for some seconds."""

    seconds: float


@dataclass(frozen=True, slots=True)
class Stderr:
    """A text goes to standard error."""

    text: str


@dataclass(frozen=True, slots=True)
class Leave:
    """The connection ends; with a code the whole server does."""

    code: int | None


Outgoing: TypeAlias = "Send | Partial | Pause | Stderr | Leave"
"""One thing that happens on the way out."""


@dataclass(slots=True)
class _Parcel:
    """A message on its way through the faults: what comes before it, itself, what comes after it."""

    message: Json
    schema: Schema
    before: list[Outgoing] = field(default_factory=list)
    after: list[Outgoing] = field(default_factory=list)
    sent: Callable[[bytes], Outgoing] | None = Send
    copies: int = 1
    held: int = 0
    cut: int | None = None

    def says(self) -> list[Outgoing]:
        if self.sent is None:
            return [*self.before, *self.after]
        text = encoded(self.message)
        if self.cut is not None:
            text = text[: len(text) // self.cut]
        return [*self.before, *([self.sent(text)] * self.copies), *self.after]


class Injector:
    """Passes the messages of one connection through the faults of a script."""

    def __init__(self, faults: Sequence[Fault], fitter: SchemaFitter) -> None:
        self._faults = faults
        self._fitter = fitter
        self._seen = [0] * len(faults)
        self._armed: list[tuple[Fault, int]] = []
        self._held: list[tuple[int, list[Outgoing]]] = []

    def pass_on(self, method: str, message: Json, schema: Schema) -> list[Outgoing]:
        """Return what goes out for a message; `method` is its own, or of the request it answers."""
        parcel = _Parcel(message, schema)
        for fault in self._due(method):
            _WORK[fault.kind](parcel, fault, self._fitter)
        says = parcel.says()
        if parcel.held:
            self._held.append((parcel.held, says))
            return []
        return [*says, *self._released()]

    def rest(self) -> list[Outgoing]:
        """Return what is still held back."""
        says = [say for _, held in self._held for say in held]
        self._held.clear()
        return says

    def refusal(self, method: str) -> Json | None:
        """Return the error that the answer to a request of `method` would become if it went out now."""
        due = [fault for fault, left in self._armed if left == 0]
        due += [f for i, f in enumerate(self._faults) if self._meets(i, method) and not f.after]
        return next((fault.value.wire() for fault in due if fault.kind == "error"), None)

    def _meets(self, index: int, method: str) -> bool:
        """Whether the next message, if it is of `method`, is the one that a fault speaks of."""
        fault = self._faults[index]
        return fault.on in (method, "*") and fault.nth in (0, self._seen[index] + 1)

    def _due(self, method: str) -> list[Fault]:
        """Return the faults that befall the next message, in the order of the script."""
        due = [fault for fault, left in self._armed if left == 0]
        self._armed = [(fault, left - 1) for fault, left in self._armed if left > 0]
        for index, fault in enumerate(self._faults):
            meets = self._meets(index, method)
            self._seen[index] += fault.on in (method, "*")
            if not meets:
                continue
            if fault.after:
                self._armed.append((fault, fault.after - 1))
            else:
                due.append(fault)
        return due

    def _released(self) -> list[Outgoing]:
        says = [say for left, held in self._held if left == 1 for say in held]
        self._held = [(left - 1, held) for left, held in self._held if left > 1]
        return says


def encoded(message: Any) -> bytes:
    """Return the line of a message."""
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()


def _delay(parcel: _Parcel, fault: Fault, _: SchemaFitter) -> None:
    parcel.before.append(Pause(fault.value))


def _drop(parcel: _Parcel, _: Fault, __: SchemaFitter) -> None:
    parcel.sent = None


def _reorder(parcel: _Parcel, fault: Fault, _: SchemaFitter) -> None:
    parcel.held = fault.value


def _duplicate(parcel: _Parcel, fault: Fault, _: SchemaFitter) -> None:
    parcel.copies = fault.value


def _malformed(parcel: _Parcel, _: Fault, __: SchemaFitter) -> None:
    parcel.cut = 2


def _partial(parcel: _Parcel, _: Fault, __: SchemaFitter) -> None:
    parcel.cut, parcel.sent = 2, Partial


def _huge(parcel: _Parcel, fault: Fault, _: SchemaFitter) -> None:
    _add(parcel, {"padding": "x" * fault.value}, None)


def _unknown_notification(parcel: _Parcel, fault: Fault, _: SchemaFitter) -> None:
    notification = {"method": fault.value, "params": dict(fault.params)}
    parcel.before.append(Send(encoded(notification)))


def _new_enum_value(parcel: _Parcel, fault: Fault, fitter: SchemaFitter) -> None:
    path = fault.at and split_pointer(fault.at)
    if path is None:
        path = next(_enums(parcel, fitter), None)
    _edit(parcel, fault, path, lambda place, key: place.__setitem__(key, fault.value))


def _unknown_field(parcel: _Parcel, fault: Fault, _: SchemaFitter) -> None:
    _add(parcel, dict(fault.params), fault.at)


def _missing_field(parcel: _Parcel, fault: Fault, _: SchemaFitter) -> None:
    _edit(parcel, fault, split_pointer(fault.value), lambda place, key: place.__delitem__(key))


def _unknown_item_type(parcel: _Parcel, fault: Fault, _: SchemaFitter) -> None:
    path = ("params", "item", "type")
    _edit(parcel, fault, path, lambda place, key: place.__setitem__(key, fault.value))


def _error(parcel: _Parcel, fault: Fault, _: SchemaFitter) -> None:
    if "id" in parcel.message and "method" not in parcel.message:
        parcel.message = {"error": fault.value.wire(), "id": parcel.message["id"]}
    else:
        _LOG.warning("%s is no answer, so it cannot be an error", fault.on)


def _disconnect(parcel: _Parcel, _: Fault, __: SchemaFitter) -> None:
    parcel.after.append(Leave(None))


def _exit(parcel: _Parcel, fault: Fault, _: SchemaFitter) -> None:
    parcel.after.append(Leave(fault.value))


def _stderr(parcel: _Parcel, fault: Fault, _: SchemaFitter) -> None:
    parcel.before.append(Stderr(fault.value))


_WORK: Mapping[str, Callable[[_Parcel, Fault, SchemaFitter], None]] = {
    "delay": _delay,
    "drop": _drop,
    "reorder": _reorder,
    "duplicate": _duplicate,
    "malformed_line": _malformed,
    "partial_line": _partial,
    "huge_line": _huge,
    "unknown_notification": _unknown_notification,
    "new_enum_value": _new_enum_value,
    "unknown_field": _unknown_field,
    "missing_field": _missing_field,
    "unknown_item_type": _unknown_item_type,
    "error": _error,
    "disconnect": _disconnect,
    "exit": _exit,
    "stderr": _stderr,
}


def _enums(parcel: _Parcel, fitter: SchemaFitter) -> Any:
    """Yield the paths of the values that are of a closed set of strings, other than the method."""
    for step in fitter.passed(parcel.schema, parcel.message):
        if isinstance(step.value, str) and len(values_of(step.type) or ()) > 1:
            yield step.at


def _add(parcel: _Parcel, members: Json, at: str | None) -> None:
    """Add members to the object at a pointer: by default to the params or the result."""
    path = split_pointer(at) if at is not None else _payload(parcel.message)
    parcel.message = json.loads(json.dumps(parcel.message))
    place = _follow(parcel.message, path)
    if isinstance(place, dict):
        place.update(members)
    else:
        _LOG.warning("there is no object at %s", at)


def _payload(message: Json) -> tuple[str, ...]:
    return next(((n,) for n in ("params", "result") if isinstance(message.get(n), dict)), ())


def _edit(parcel: _Parcel, fault: Fault, path: Any, change: Callable[[Any, Any], None]) -> None:
    """Change the member at a path in a copy of the message; say so when there is none."""
    parcel.message = json.loads(json.dumps(parcel.message))
    place = _follow(parcel.message, path[:-1]) if path else None
    key: Any = path[-1] if path else ""
    if isinstance(place, list) and str(key).isdigit() and int(key) < len(place):
        change(place, int(key))
    elif isinstance(place, dict) and key in place:
        change(place, key)
    else:
        _LOG.warning("%s: nothing to change in %s", fault.kind, fault.on)


def _follow(value: Any, path: Sequence[Any]) -> Any:
    for step in path:
        value = _step(value, step)
    return value


def _step(value: Any, step: Any) -> Any:
    if isinstance(value, dict):
        return value.get(step)
    if isinstance(value, list) and str(step).isdigit() and int(step) < len(value):
        return value[int(step)]
    return None

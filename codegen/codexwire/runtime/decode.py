"""Decode messages of any release with the models of one, and lose nothing.

What fits its model is read by pydantic alone. What does not is read again by the tolerant walk:
tolerance rules, unknown values and variants kept, and raw values where nothing fits.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Generic, Literal, Protocol, TypeAlias, TypeVar

from pydantic import BaseModel, ValidationError

from codexwire.location import join_pointer
from codexwire.near import ALIKE, did_you_mean
from codexwire.runtime.drift import DriftReport
from codexwire.runtime.keep import SELF, Original, attach
from codexwire.runtime.locate_by_removal import locate_by_removal
from codexwire.runtime.model import WIRE_NAMES
from codexwire.runtime.model_types import model_shape, validator_of
from codexwire.runtime.sources import note_source
from codexwire.runtime.spec import MethodSpec, MethodTable
from codexwire.runtime.tolerance.rule import ExpectedType, Hook, MessagePart, Spot
from codexwire.runtime.tolerance.table import RULES
from codexwire.runtime.tolerant_decode import MisfitError, TolerantReader
from codexwire.runtime.unknown import (
    ABSENT,
    Drift,
    NoParams,
    UnknownNotification,
    UnknownRequest,
    UnknownResult,
)

__all__ = ["MODES", "DecodeError", "Decoder", "Exact", "Mode", "Sender"]

Mode: TypeAlias = Literal["strict", "tolerant", "raw"]
Sender: TypeAlias = Literal["client", "server"]
U = TypeVar("U", bound=UnknownNotification | UnknownRequest | UnknownResult)

MODES: tuple[Mode, ...] = ("strict", "tolerant", "raw")

_EXACT = tuple(rule for rule in RULES if rule.exact)
_TOLERANT = tuple(rule for rule in RULES if not rule.optional)


class DecodeError(ValueError):
    """A message that breaks the schema, in strict mode.

    `method` is its method, `pointer` the JSON pointer of the offending value in the message (for a
    missing property: of the object that lacks it), `rule` the broken keyword (`schema/required`).
    """

    def __init__(self, method: str, pointer: str, rule: str, message: str) -> None:
        super().__init__(f"{method}: {message} at {pointer} ({rule})")
        self.method = method
        self.pointer = pointer
        self.rule = rule
        self.message = message


class Exact(Protocol):
    """What decides exactly whether a message is valid: the validators of a generated package."""

    def accepts_message(self, message: Any, sender: Any) -> bool:
        """Whether a decoded request or notification is valid."""

    def accepts_value(self, method: str, result: Any, requester: Any) -> bool:
        """Whether `result` is a valid result of a request that `requester` sent."""


class Decoder:
    """The decoding functions of one generated package.

    `requests` and `notifications` map senders to method tables; `exact` gives the validators, which
    strict mode asks. `ids` come from packages of codexwire 0.1.0 and are not looked at.
    """

    def __init__(
        self,
        requests: Mapping[Sender, MethodTable],
        notifications: Mapping[Sender, MethodTable],
        exact: Callable[[], Exact],
        ids: object = None,
    ) -> None:
        del ids
        self._notifications = _PayloadDecoder("params", notifications, UnknownNotification, exact)
        self._requests = _PayloadDecoder("params", requests, UnknownRequest, exact)
        self._results = _PayloadDecoder("result", requests, UnknownResult, exact)

    def notification(
        self,
        method: str,
        params: Any = None,
        *,
        mode: Mode = "tolerant",
        sender: Sender | None = None,
        report: DriftReport | None = None,
        aliases: bool = False,
    ) -> BaseModel | NoParams | UnknownNotification:
        """Return the params of a notification as its model, losing nothing.

        `params` is a decoded JSON value (None: there are none). `sender` restricts the method to what
        that side sends. Modes:

        - `tolerant`: a method that is in no table gives an `UnknownNotification`; inside a known one
          tolerance rules apply, and what still does not fit is kept raw. Never raises.
        - `strict`: the schema and nothing more; raises DecodeError.
        - `raw`: no model is consulted; an `UnknownNotification` keeps the params. Never raises.

        `report` gets the drift notes. `aliases` reads the method names of old and odd peers as those
        that they mean, with a warning.
        """
        return self._notifications.decode(method, params, mode, sender, report, aliases)

    def request(
        self,
        method: str,
        params: Any = None,
        *,
        mode: Mode = "tolerant",
        sender: Sender | None = None,
        report: DriftReport | None = None,
        aliases: bool = False,
    ) -> BaseModel | NoParams | UnknownRequest:
        """Return the params of a request of either side as its model; see `notification`."""
        return self._requests.decode(method, params, mode, sender, report, aliases)

    def result(
        self,
        method: str,
        result: Any,
        *,
        mode: Mode = "tolerant",
        sender: Sender | None = None,
        report: DriftReport | None = None,
        aliases: bool = False,
    ) -> BaseModel | NoParams | UnknownResult:
        """Return the result of a request of `method` as its model; see `notification`.

        The result of a method whose type is not known is an `UnknownResult` without drift.
        `sender` is the side that sent the request.
        """
        return self._results.decode(method, result, mode, sender, report, aliases)


@dataclass(frozen=True, slots=True)
class _Ask:
    """One call of a decoding function that was not answered at once."""

    method: str
    raw: Any
    mode: Mode
    sender: Sender | None
    aliases: bool


@dataclass(frozen=True, slots=True)
class _PayloadDecoder(Generic[U]):
    """What one decoding function works on.

    `part` is the member of the message that is decoded, `tables` are searched in order, `unknown` is
    what an unknown one becomes; `ready` holds the validation functions of the models used so far.
    """

    part: Literal["params", "result"]
    tables: Mapping[Sender, MethodTable]
    unknown: type[U]
    exact: Callable[[], Exact]
    ready: dict[str, Callable[..., Any]] = field(default_factory=dict)

    def decode(
        self,
        method: str,
        raw: Any,
        mode: Mode,
        sender: Sender | None,
        report: DriftReport | None,
        aliases: bool,
    ) -> BaseModel | NoParams | U:
        """Return the decoded value: pydantic's own, as long as nothing is unusual."""
        if mode == "tolerant" and sender is None and report is None:
            try:
                plain: BaseModel = self.ready[method](
                    raw, by_alias=True, by_name=False, context=WIRE_NAMES
                )
            except (KeyError, TypeError, ValidationError, RecursionError):
                pass  # not used yet, no string, no fit
            else:
                return plain
        value = self._slowly(_Ask(method, raw, mode, sender, aliases))
        if report is not None:
            report.add(value, method=str(method), part=self.part)
        return value

    def _slowly(self, ask: _Ask) -> BaseModel | NoParams | U:
        if ask.mode not in MODES:
            raise ValueError(f"no decoding mode {ask.mode!r}, one of {', '.join(MODES)}")
        if ask.mode == "raw":
            return self.unknown(ask.method, ask.raw, "")
        side, spec = self._find(ask.method, ask.sender)
        if ask.mode == "strict":
            self._demand_valid(side, spec, ask)
        return self._legacy(ask) if spec is None else self._known(spec, ask)

    def _find(
        self, method: Any, sender: Sender | None
    ) -> tuple[Sender, MethodSpec] | tuple[None, None]:
        """Return who sends a method, and its spec; for a result `sender` only decides between two."""
        if not isinstance(method, str):
            return None, None
        found = {side: table[method] for side, table in self.tables.items() if method in table}
        if sender is None or (sender not in found and self.part == "result"):
            return next(iter(found.items()), (None, None))
        return (sender, found[sender]) if sender in found else (None, None)

    def _demand_valid(self, side: Sender | None, spec: MethodSpec | None, ask: _Ask) -> None:
        """Raise DecodeError, with the place, unless the schema takes the message."""
        if side is None or spec is None:
            known = {name for table in self.tables.values() for name in table}
            meant = did_you_mean(str(ask.method), known, like=ALIKE)
            text = "; ".join(part for part in ("the schema has no such method", meant) if part)
            raise DecodeError(str(ask.method), "/method", "schema/unknown-method", text)
        if spec.result_by == "unknown" and self.part == "result":
            return
        if self._accepts(side, ask.method, ask.raw):
            return
        model = self._model(spec)
        if model is None:
            raise DecodeError(ask.method, f"/{self.part}", "schema/type", "expected null")
        message = MessagePart(ask.method, self.part, ask.raw)
        try:
            TolerantReader(message, _EXACT, strict=True).read(model_shape(model), ask.raw)
        except MisfitError as misfit:
            path, rule, text = misfit.path, misfit.rule, misfit.message
        else:
            path, rule = locate_by_removal(
                ask.raw, lambda raw: self._accepts(side, ask.method, raw)
            )
            text = "nothing that the schema allows here"
        pointer = join_pointer((self.part, *path))
        raise DecodeError(ask.method, pointer, rule, text)

    def _accepts(self, side: Sender, method: str, raw: Any) -> bool:
        exact = self.exact()
        if self.part == "result":
            return exact.accepts_value(method, raw, side)
        message = {"method": method, "params": raw}
        if self.unknown is UnknownRequest:
            message["id"] = 0
        if exact.accepts_message(message, side):
            return True
        del message["params"]
        return raw is None and exact.accepts_message(message, side)

    def _legacy(self, ask: _Ask) -> BaseModel | NoParams | U:
        """Decode a method that no table has: kept raw, or as the one that a rule says it means."""
        spot = Spot(MessagePart(str(ask.method), self.part, ask.raw), (), "", ExpectedType("any"))
        for rule in RULES:
            meant = rule.apply(spot, ask.method) if rule.hook is Hook.METHOD else ABSENT
            if meant is ABSENT:
                continue
            if meant == ask.method:
                return self.unknown(ask.method, ask.raw, rule.id)
            _, spec = self._find(meant, ask.sender)
            if spec is not None and (ask.aliases or not rule.optional):
                warnings.warn(f"{ask.method!r} is read as {meant!r} ({rule.id})", stacklevel=5)
                value = self._known(spec, replace(ask, method=spec.method))
                if isinstance(value, BaseModel):
                    attach(value, SELF, Original(ask.raw, ask.raw, (((), rule.id),)))
                return value
        return self.unknown(ask.method, ask.raw)

    def _model(self, spec: MethodSpec) -> type[BaseModel] | None:
        return spec.result if self.part == "result" else spec.params

    def _known(self, spec: MethodSpec, ask: _Ask) -> BaseModel | NoParams | U:
        model = self._model(spec)
        if model is None and self.part == "result":
            return self.unknown(ask.method, ask.raw, "")  # any JSON, as far as anybody knows
        if model is None or (ask.raw is None and spec.nullable and self.part == "params"):
            return NoParams(ask.raw)
        validate = validator_of(model)
        if ask.sender is None and ask.method == spec.method:
            self.ready[ask.method] = validate
            note_source(model, ask.method, self.part)
        try:
            plain: BaseModel = validate(ask.raw, by_alias=True, by_name=False, context=WIRE_NAMES)
        except (ValidationError, RecursionError):
            return self._walked(model, ask)
        return plain

    def _walked(self, model: type[BaseModel], ask: _Ask) -> BaseModel | U:
        message = MessagePart(ask.method, self.part, ask.raw)
        rules = _EXACT if ask.mode == "strict" else _TOLERANT
        reading = TolerantReader(message, rules).read(model_shape(model), ask.raw)
        if not isinstance(reading.value, BaseModel):
            return self.unknown(ask.method, ask.raw, Drift.UNFIT_VALUE)
        if reading.plain is not ask.raw or reading.marks:
            attach(reading.value, SELF, Original(ask.raw, reading.plain, reading.marks))
        return reading.value

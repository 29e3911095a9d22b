"""Decode the lines of a file (a saved session, a stream of events) with the models of one release.

The same as `codexwire.runtime.decode` for a protocol whose lines have no method: what fits is read by
pydantic alone, and nothing is lost of what does not. No tolerance rule applies to lines.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pydantic import BaseModel, ValidationError

from codexwire.location import join_pointer
from codexwire.model.identity import Identities, IdMatch
from codexwire.model.message import LineError, parse
from codexwire.model.repeated import first_values, json_text, parse_repeated, repeats
from codexwire.profiles.ids import LINES
from codexwire.runtime.accept import holds
from codexwire.runtime.checks import Predicate
from codexwire.runtime.decode import MODES, DecodeError, Mode
from codexwire.runtime.drift import DriftReport
from codexwire.runtime.ids import given_member
from codexwire.runtime.keep import SELF, Mark, Original, attach, dump
from codexwire.runtime.locate_by_removal import locate_by_removal
from codexwire.runtime.model import WIRE_NAMES
from codexwire.runtime.model_types import model_shape, validator_of
from codexwire.runtime.tolerance.rule import MessagePart
from codexwire.runtime.tolerant_decode import MisfitError, TolerantReader
from codexwire.runtime.unknown import Drift, UnknownLine

__all__ = ["LineAcceptor", "LineDecoder", "LineIds", "dump_line"]


class LineDecoder:
    """The decoding function of one generated package.

    `model` returns the model of a line, `accepts` decides exactly whether a decoded line is valid.
    """

    def __init__(self, model: Callable[[], type[BaseModel]], accepts: Predicate) -> None:
        self._model, self._accepts = model, accepts

    def line(
        self, line: Any, *, mode: Mode = "tolerant", report: DriftReport | None = None
    ) -> BaseModel | UnknownLine:
        """Return a line as its model, losing nothing.

        `line` is its text (bytes or a string) or a decoded JSON value. Modes are `tolerant`, in which what
        does not fit is kept raw, `strict`, which raises DecodeError for what the schema refuses, and
        `raw`, in which no model is consulted. Text that is no JSON raises DecodeError in every mode.
        Of a key that comes twice, the first value is read, and `dump` gives both. `report` gets the
        drift notes.
        """
        if mode not in MODES:
            raise ValueError(f"no decoding mode {mode!r}, one of {', '.join(MODES)}")
        raw = _parsed(line)
        value = UnknownLine(raw, "") if mode == "raw" else self._read(raw, mode)
        if report is not None:
            report.add(value, part="")
        return value

    def _read(self, raw: Any, mode: Mode) -> BaseModel | UnknownLine:
        again = tuple(repeats(raw))
        plain = first_values(raw) if again else raw
        if mode == "strict" and not self._accepts(plain):
            raise self._refusal(plain)
        try:
            value, read, marks = self._typed(plain)
        except (ValidationError, RecursionError):
            reading = TolerantReader(MessagePart("", "", plain), ()).read(
                model_shape(self._model()), plain
            )
            value, read, marks = reading.value, reading.plain, reading.marks
        if not isinstance(value, BaseModel):
            return UnknownLine(raw)
        marks += tuple((tuple(map(str, path)), str(Drift.REPEATED_KEY)) for path in again)
        attach(value, SELF, Original(raw, read, marks))  # which has the order of the keys, too
        return value

    def _typed(self, raw: Any) -> tuple[Any, Any, tuple[Mark, ...]]:
        validate = validator_of(self._model())
        return validate(raw, by_alias=True, by_name=False, context=WIRE_NAMES), raw, ()

    def _refusal(self, raw: Any) -> DecodeError:
        try:
            TolerantReader(MessagePart("", "", raw), (), strict=True).read(
                model_shape(self._model()), raw
            )
        except MisfitError as misfit:
            return DecodeError("line", join_pointer(misfit.path), misfit.rule, misfit.message)
        path, rule = locate_by_removal(raw, self._accepts)
        return DecodeError("line", join_pointer(path), rule, "nothing that the schema allows here")


def _parsed(line: Any) -> Any:
    if not isinstance(line, (bytes, str)):
        return line
    try:
        return parse_repeated(line.encode() if isinstance(line, str) else line)
    except LineError as error:
        raise DecodeError("line", "", "envelope/json", str(error)) from None


def dump_line(value: Any) -> bytes:
    """Return a decoded line as the text that codex writes, repeated keys included, without a line feed."""
    return json_text(dump(value)).encode("utf-8", "surrogatepass")


class LineAcceptor:
    """Decides exactly whether lines are valid, by a predicate about decoded values."""

    def __init__(self, predicate: Predicate) -> None:
        self._predicate = predicate

    def accepts_value(self, value: Any) -> bool:
        """Whether a decoded line is valid."""
        return holds(self._predicate, value)

    def accepts_line(self, line: bytes) -> bool:
        """Whether the text of a line is valid."""
        try:
            return self.accepts_value(parse(line))
        except LineError:
            return False


class LineIds:
    """The ids that lines carry, by the table of a protocol; lines are models or mappings."""

    def __init__(self, protocol: str) -> None:
        self._identities: Identities = LINES[protocol]

    def locate(self, kind: str, line: Any) -> IdMatch[Any] | None:
        """Return the id of one kind and the path at which it was found; None where there is none."""
        name, payload = self._named(line)
        return self._identities.find(kind, name, payload, None, given_member)

    def value(self, kind: str, line: Any) -> Any:
        """Return what `locate` finds, without its path."""
        found = self.locate(kind, line)
        return None if found is None else found.value

    def _named(self, line: Any) -> tuple[str, Any]:
        """Return what a line is called in the table, and what the ids stand in."""
        kind, payload = given_member(line, "type"), given_member(line, "payload")
        if payload is None:
            return str(kind), line
        inner = given_member(payload, "type")
        return (str(kind) if inner is None else f"{kind}/{inner}"), payload

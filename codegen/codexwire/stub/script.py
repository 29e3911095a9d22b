"""What the stub model says: scripts as values and as TOML.

A script is a list of turns. A user's message picks the first turn whose `when` (a regular expression)
is found in it; a message that no `when` fits takes the turns without one in order, the last of them
again and again. A turn is a list of steps: one for each request that the binary makes in that turn,
so a step that calls a tool is followed by the step that has read the tool's output.

    [[turn]]
    when = "list"                       # optional
    [[turn.step]]
    delay = 0.05                        # seconds before each event, optional
    output = [
        { reasoning = "I look first." },
        { shell = "ls" },               # the shell tool that the request offers, whatever its name
    ]
    [[turn.step]]
    output = [{ message = "Two files." }]

    [[turn]]
    text = "Hello, world!"              # short for one step with one message

Outputs, one key each and what else is listed: `message`; `reasoning` (`raw = true` sends it as raw
content too); `shell` (`escalate = true` asks to leave the sandbox, `options` are further arguments);
`patch` (an apply_patch text); `call` (a tool's name, with `arguments` and `namespace`); `item` (any
Responses API item, sent as it is).

A step can also go wrong: `error = { status = 500, message = "…", type = "…", code = "…" }` answers
with HTTP, `fail = { code = "…", message = "…" }` fails inside the stream, `cut = true` ends the stream
without an end. `chunk` sets the characters per text delta (default: word by word).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from codexwire.errors import UsageError
from codexwire.location import Location

__all__ = [
    "Call",
    "Failure",
    "HttpError",
    "Item",
    "Message",
    "Output",
    "Patch",
    "Reasoning",
    "Script",
    "Shell",
    "Step",
    "Turn",
    "load_script",
    "parse_script",
]


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the assistant."""

    message: str


@dataclass(frozen=True, slots=True)
class Reasoning:
    """A reasoning item whose summary is the text; `raw` sends the text as content too."""

    reasoning: str
    raw: bool = False


@dataclass(frozen=True, slots=True)
class Shell:
    """A command for the shell tool that the request offers; `escalate` asks to leave the sandbox."""

    shell: str
    escalate: bool = False
    options: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Patch:
    """An apply_patch text, through the tool if the request offers it, else through the shell."""

    patch: str


@dataclass(frozen=True, slots=True)
class Call:
    """A function call."""

    call: str
    arguments: Mapping[str, Any] = field(default_factory=dict)
    namespace: str | None = None


@dataclass(frozen=True, slots=True)
class Item:
    """Any Responses API output item, sent as it is."""

    item: Mapping[str, Any]


Output = Message | Reasoning | Shell | Patch | Call | Item
_KINDS: tuple[type[Output], ...] = (Message, Reasoning, Shell, Patch, Call, Item)
TOOL_CALLS = (Shell, Patch, Call)
"""The outputs that the binary answers with a tool output."""


@dataclass(frozen=True, slots=True)
class HttpError:
    """An answer with an HTTP error instead of a stream."""

    status: int
    message: str = "stub error"
    type: str = "server_error"
    code: str | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """A `response.failed` event inside the stream."""

    code: str
    message: str = "stub failure"


@dataclass(frozen=True, slots=True)
class Step:
    """What answers one model request."""

    output: tuple[Output, ...] = ()
    delay: float = 0.0
    chunk: int | None = None
    error: HttpError | None = None
    fail: Failure | None = None
    cut: bool = False

    @property
    def calls(self) -> int:
        """How many tool outputs the next request carries because of this step."""
        return sum(isinstance(output, TOOL_CALLS) for output in self.output)


@dataclass(frozen=True, slots=True)
class Turn:
    """The steps for one user message, and which messages they are for."""

    steps: tuple[Step, ...]
    when: re.Pattern[str] | None = None

    def step(self, outputs: int) -> Step:
        """Return the step that follows after `outputs` tool outputs; the last one at the end."""
        for step in self.steps:
            if outputs <= 0:
                return step
            outputs -= step.calls
        return self.steps[-1]


@dataclass(frozen=True, slots=True)
class Script:
    """Everything that the stub model says."""

    turns: tuple[Turn, ...]

    @classmethod
    def saying(cls, text: str) -> Script:
        """Return the script that answers every message with `text`."""
        return cls((Turn((Step((Message(text),)),)),))

    def turn(self, message: str, ordinal: int) -> Turn:
        """Return the turn for the `ordinal`-th (from 0) user message of a conversation."""
        for turn in self.turns:
            if turn.when is not None and turn.when.search(message):
                return turn
        rest = [turn for turn in self.turns if turn.when is None]
        return rest[min(ordinal, len(rest) - 1)] if rest else self.turns[-1]


def load_script(path: Path) -> Script:
    """Return the script in a TOML file; UsageError when it cannot be read or is malformed."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        raise UsageError(
            f"the stub script cannot be read: {problem}", location=Location(str(path))
        ) from None
    return parse_script(text, file=str(path))


def parse_script(text: str, *, file: str | None = None) -> Script:
    """Return the script that a TOML text spells; UsageError (naming `file`) when malformed."""
    try:
        document = tomllib.loads(text)
        return Script(tuple(_turn(turn) for turn in _tables(document, "turn", {"turn"})))
    except (tomllib.TOMLDecodeError, ValueError, re.error) as problem:
        raise UsageError(
            f"malformed stub script: {problem}",
            location=Location(file),
            hint="see `codexwire.stub.script` for the form",
        ) from None


def _turn(table: Mapping[str, Any]) -> Turn:
    _only(table, {"when", "text", "step"}, "turn")
    when = re.compile(_typed(table, "when", str)) if "when" in table else None
    if "text" in table:
        return Turn((Step((Message(_typed(table, "text", str)),)),), when)
    return Turn(tuple(_step(step) for step in _tables(table, "step")), when)


def _step(table: Mapping[str, Any]) -> Step:
    _only(table, {f.name for f in fields(Step)}, "step")
    return Step(
        output=tuple(_output(output) for output in table.get("output", ())),
        delay=float(table.get("delay", 0.0)),
        chunk=_typed(table, "chunk", int) if "chunk" in table else None,
        error=_record(HttpError, table["error"]) if "error" in table else None,
        fail=_record(Failure, table["fail"]) if "fail" in table else None,
        cut=bool(table.get("cut", False)),
    )


def _output(table: Mapping[str, Any]) -> Output:
    for kind in _KINDS:
        if fields(kind)[0].name in table:
            output: Output = _record(kind, table)
            return output
    names = ", ".join(fields(kind)[0].name for kind in _KINDS)
    raise ValueError(f"an output needs one of {names}, got {sorted(table)}")


def _record(kind: Callable[..., Any], table: Mapping[str, Any]) -> Any:
    allowed = {f.name for f in fields(kind)}  # type: ignore[arg-type]  # dataclasses, all of them
    _only(table, allowed, kind.__name__.lower())
    try:
        return kind(**table)
    except TypeError as problem:
        raise ValueError(f"{kind.__name__.lower()}: {problem}") from None


def _tables(
    table: Mapping[str, Any], key: str, allowed: set[str] | None = None
) -> list[Mapping[str, Any]]:
    if allowed is not None:
        _only(table, allowed, "script")
    found = table.get(key)
    if not isinstance(found, list) or not found or not all(isinstance(t, dict) for t in found):
        raise ValueError(f"needs at least one [[{key}]]")
    return found


def _only(table: Mapping[str, Any], allowed: set[str], what: str) -> None:
    if not isinstance(table, Mapping):
        raise ValueError(f"a {what} is a table, got {table!r}")
    unknown = sorted(set(table) - allowed)
    if unknown:
        raise ValueError(f"unknown key {unknown[0]!r} in a {what}")


def _typed(table: Mapping[str, Any], key: str, kind: type) -> Any:
    value = table[key]
    if not isinstance(value, kind):
        raise ValueError(f"{key} must be a {kind.__name__}, got {value!r}")
    return value

"""What a mock server says beyond the schema: turns, fixed answers and faults, as values and as TOML.

A user's message picks the first turn whose `when` (a regular expression) is found in it; a message that
no `when` fits takes the turns without one in order, the last of them again and again. Without any turn
the mock says the message back.

    [[turn]]
    when = "list"                         # optional
    [[turn.step]]
    reasoning = "I look first."
    [[turn.step]]
    delay = 0.05                          # seconds before the step, optional
    command = "ls"
    output = "a.txt\\n"
    ask = true                            # ask for approval and wait for the answer
    [[turn.step]]
    message = "One file."

    [[turn]]
    text = "Hello, world!"                # short for one step with one message

Steps, one key each and what else is listed: `message` (`chunk` characters per delta, default word by
word); `reasoning`; `command` (`output`, `exit_code`, `ask`); `patch`, a file's path (`diff`, `kind`:
add, delete, update; `ask`); `request`, a method of the server's own requests (`params` adds to what the
schema makes); `notify`, a notification (`params` likewise); `error`, which ends the turn as failed
(`info`: a codexErrorInfo; `retry = true` goes on instead); `hang = true`, which waits for an interrupt;
`wait` seconds. An approval that is declined ends its item as declined, `cancel` interrupts the turn.

    [[answer]]                            # a fixed answer; members that it leaves out are made
    method = "model/list"
    result = { data = [] }
    [[answer]]
    method = "turn/start"
    nth = 2                               # the second such request only (default: all)
    error = { code = -32603, message = "no more" }

    [[fault]]                             # `codexwire.proxy.mock.faults` has the list
    on = "turn/completed"
    drop = true
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from codexwire.errors import UsageError
from codexwire.location import Location
from codexwire.proxy.mock.faults import Fault, read_fault
from codexwire.proxy.mock.reading import Table, read_record

__all__ = [
    "Answer",
    "Command",
    "Failure",
    "Hang",
    "Message",
    "Notify",
    "Patch",
    "Reasoning",
    "Request",
    "RpcFailure",
    "Script",
    "ScriptedTurn",
    "Step",
    "Wait",
    "load_script",
    "parse_script",
]


@dataclass(frozen=True, slots=True)
class Message:
    """A message of the agent; `chunk` 0 streams it word by word."""

    message: str
    chunk: int = 0


@dataclass(frozen=True, slots=True)
class Reasoning:
    """A reasoning item whose summary is the text."""

    reasoning: str


@dataclass(frozen=True, slots=True)
class Command:
    """A command that the agent runs; with `ask` it waits for an approval."""

    command: str
    output: str = ""
    exit_code: int = 0
    ask: bool = False


@dataclass(frozen=True, slots=True)
class Patch:
    """A change of one file; with `ask` it waits for an approval."""

    patch: str
    diff: str = "+mock\n"
    kind: str = "add"
    ask: bool = False


@dataclass(frozen=True, slots=True)
class Request:
    """Any request of the server; the turn waits for the answer."""

    request: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Notify:
    """Any notification."""

    notify: str
    params: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Failure:
    """An error, which ends the turn unless the server is going to `retry`."""

    error: str
    info: str = "other"
    retry: bool = False


@dataclass(frozen=True, slots=True)
class Hang:
    """Nothing, until the turn is interrupted."""

    hang: bool


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing, for some seconds."""

    wait: float


Act = Message | Reasoning | Command | Patch | Request | Notify | Failure | Hang | Wait
_ACTS: Mapping[str, type[Act]] = {
    "message": Message,
    "reasoning": Reasoning,
    "command": Command,
    "patch": Patch,
    "request": Request,
    "notify": Notify,
    "error": Failure,
    "hang": Hang,
    "wait": Wait,
}


@dataclass(frozen=True, slots=True)
class Step:
    """What happens next in a turn, and after how many seconds."""

    act: Act
    delay: float = 0.0
    where: Table | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class ScriptedTurn:
    """The steps for one message of the user, and which messages they are for."""

    steps: tuple[Step, ...]
    when: re.Pattern[str] | None = None


@dataclass(frozen=True, slots=True)
class RpcFailure:
    """A JSON-RPC error."""

    code: int
    message: str
    data: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Answer:
    """A fixed answer to the requests of a method (to the `nth`, 0 for all): a result or an error."""

    method: str
    result: Mapping[str, Any] | None = None
    error: RpcFailure | None = None
    nth: int = 0
    where: Table | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Script:
    """Everything that a mock server does on its own account."""

    turns: tuple[ScriptedTurn, ...] = ()
    answers: tuple[Answer, ...] = ()
    faults: tuple[Fault, ...] = ()

    def steps(self, message: str, ordinal: int) -> tuple[Step, ...]:
        """Return the steps for the `ordinal`-th (from 0) message of a thread."""
        for turn in self.turns:
            if turn.when is not None and turn.when.search(message):
                return turn.steps
        rest = [turn for turn in self.turns if turn.when is None]
        if rest:
            return rest[min(ordinal, len(rest) - 1)].steps
        return (Step(Message(message or "Hello from the mock.")),)

    def answer(self, method: str, ordinal: int) -> Answer | None:
        """Return the answer for the `ordinal`-th (from 1) request of a method, if one is fixed."""
        fitting = (a for a in self.answers if a.method == method and a.nth in (0, ordinal))
        return max(fitting, key=lambda answer: answer.nth, default=None)


def load_script(path: Path) -> Script:
    """Return the script in a TOML file; UsageError when it cannot be read or is malformed."""
    try:
        text = path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as problem:
        said = problem.strerror if isinstance(problem, OSError) else "it is no UTF-8"
        raise UsageError(
            f"the mock's script cannot be read: {said}", location=Location(str(path))
        ) from None
    return parse_script(text, file=str(path))


def parse_script(text: str, *, file: str | None = None) -> Script:
    """Return the script that a TOML text spells; UsageError with file and place when malformed."""
    try:
        document = Table(tomllib.loads(text), file)
    except tomllib.TOMLDecodeError as problem:
        raise UsageError(f"not TOML: {problem}", location=Location(file or "script")) from None
    document.only({"turn", "answer", "fault"})
    return Script(
        document.tables("turn", _turn),
        document.tables("answer", _answer),
        document.tables("fault", read_fault),
    )


def _turn(table: Table) -> ScriptedTurn:
    table.only({"when", "text", "step"})
    when = _pattern(table) if "when" in table.data else None
    if table.one_of(("text", "step")) == "text":
        return ScriptedTurn((Step(Message(table.get("text", str)), where=table),), when)
    return ScriptedTurn(table.tables("step", _step), when)


def _pattern(table: Table) -> re.Pattern[str]:
    try:
        return re.compile(table.get("when", str))
    except re.error as problem:
        raise table.problem(f"not a regular expression: {problem}", "when") from None


def _step(table: Table) -> Step:
    act = read_record(_ACTS[table.one_of(_ACTS)], table, beside={"delay"})
    table.at_least("wait", float, 0.0, 0.0)
    return Step(act, table.at_least("delay", float, 0.0, 0.0), table)


def _answer(table: Table) -> Answer:
    table.only({"method", "result", "error", "nth"})
    nth = table.at_least("nth", int, 1, 0)
    method = table.get("method", str)
    if table.one_of(("result", "error")) == "result":
        return Answer(method, table.get("result", dict), nth=nth, where=table)
    error = read_record(RpcFailure, table.table("error"))
    return Answer(method, error=error, nth=nth, where=table)

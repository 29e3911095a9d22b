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
from pathlib import Path
from typing import Annotated, Any

import msgspec

from codexwire.proxy.mock.faults import Fault, RpcFailure, read_fault
from codexwire.toml import TomlValue, parse_toml, read_toml

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
    "Script",
    "ScriptedTurn",
    "Step",
    "Wait",
    "load_script",
    "parse_script",
]


_Seconds = Annotated[float, msgspec.Meta(ge=0)]


class Step(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What happens next in a turn, after `delay` seconds."""

    delay: _Seconds = 0.0


class Message(Step, frozen=True):
    """A message of the agent; `chunk` 0 streams it word by word."""

    message: str
    chunk: Annotated[int, msgspec.Meta(ge=0)] = 0


class Reasoning(Step, frozen=True):
    """A reasoning item whose summary is the text."""

    reasoning: str


class Command(Step, frozen=True):
    """A command that the agent runs; with `ask` it waits for an approval."""

    command: str
    output: str = ""
    exit_code: int = 0
    ask: bool = False


class Patch(Step, frozen=True):
    """A change of one file; with `ask` it waits for an approval."""

    patch: str
    diff: str = "+mock\n"
    kind: str = "add"
    ask: bool = False


class Request(Step, frozen=True):
    """Any request of the server; the turn waits for the answer."""

    request: str
    params: dict[str, Any] = {}


class Notify(Step, frozen=True):
    """Any notification."""

    notify: str
    params: dict[str, Any] = {}


class Failure(Step, frozen=True):
    """An error, which ends the turn unless the server is going to `retry`."""

    error: str
    info: str = "other"
    retry: bool = False


class Hang(Step, frozen=True):
    """Nothing, until the turn is interrupted."""

    hang: bool


class Wait(Step, frozen=True):
    """Nothing, for some seconds."""

    wait: _Seconds


_STEPS: dict[str, type[Step]] = {
    kind.__struct_fields__[0]: kind
    for kind in (Message, Reasoning, Command, Patch, Request, Notify, Failure, Hang, Wait)
}
"""The key that tells what a step is → its type."""


class ScriptedTurn(msgspec.Struct, frozen=True):
    """The steps for one message of the user, and which messages they are for."""

    steps: tuple[Step, ...]
    when: re.Pattern[str] | None = None


class Answer(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A fixed answer to the requests of a method (to the `nth`, 0 for all): a result or an error."""

    method: str
    result: dict[str, Any] | None = None
    error: RpcFailure | None = None
    nth: Annotated[int, msgspec.Meta(ge=0)] = 0


class Script(msgspec.Struct, frozen=True):
    """Everything that a mock server does on its own account; `source` is the file that says so."""

    turns: tuple[ScriptedTurn, ...] = ()
    answers: tuple[Answer, ...] = ()
    faults: tuple[Fault, ...] = ()
    source: TomlValue = TomlValue({})

    def steps(self, message: str, ordinal: int) -> tuple[Step, ...]:
        """Return the steps for the `ordinal`-th (from 0) message of a thread."""
        for turn in self.turns:
            if turn.when is not None and turn.when.search(message):
                return turn.steps
        rest = [turn for turn in self.turns if turn.when is None]
        if rest:
            return rest[min(ordinal, len(rest) - 1)].steps
        return (Message(message or "Hello from the mock."),)

    def answer(self, method: str, ordinal: int) -> Answer | None:
        """Return the answer for the `ordinal`-th (from 1) request of a method, if one is fixed."""
        fitting = (a for a in self.answers if a.method == method and a.nth in (0, ordinal))
        return max(fitting, key=lambda answer: answer.nth, default=None)


class _Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A script as it is written."""

    turn: tuple[dict[str, Any], ...] = ()
    answer: tuple[dict[str, Any], ...] = ()
    fault: tuple[dict[str, Any], ...] = ()


class _Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One [[turn]] as it is written."""

    when: re.Pattern[str] | None = None
    text: str | None = None
    step: tuple[dict[str, Any], ...] = ()


_FORM = "see `codexwire.proxy.mock.script` for the form"


def load_script(path: Path) -> Script:
    """Return the script in a TOML file; UsageError when it cannot be read or is malformed."""
    return _script(read_toml(path, "mock's script", hint=_FORM))


def parse_script(text: str, *, file: str | None = None) -> Script:
    """Return the script that a TOML text spells; UsageError with file and line when malformed."""
    return _script(parse_toml(text, file=file or "script", hint=_FORM))


def _script(document: TomlValue) -> Script:
    document.read(_Document)
    return Script(
        tuple(_turn(table) for table in document.items("turn")),
        tuple(_answer(table) for table in document.items("answer")),
        tuple(read_fault(table) for table in document.items("fault")),
        document,
    )


def _turn(table: TomlValue) -> ScriptedTurn:
    turn = table.read(_Turn)
    if table.one_of(("text", "step")) == "text":
        return ScriptedTurn((Message(turn.text or ""),), turn.when)
    return ScriptedTurn(tuple(_step(step) for step in table.items("step")), turn.when)


def _step(table: TomlValue) -> Step:
    return table.read(_STEPS[table.one_of(_STEPS)])


def _answer(table: TomlValue) -> Answer:
    answer = table.read(Answer)
    table.one_of(("result", "error"))
    return answer

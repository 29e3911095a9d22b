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
`patch` (an apply_patch text); `call` (a tool's name, with `arguments`, `namespace` and `take`, which
finds arguments in earlier tool outputs); `item` (any Responses API item, sent as it is).

A step can also go wrong: `error = { status = 500, message = "…", type = "…", code = "…" }` answers
with HTTP, `fail = { code = "…", message = "…" }` fails inside the stream, `cut = true` ends the stream
without an end. `chunk` sets the characters per text delta (default: word by word), `headers` further
HTTP headers of the answer.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Any, TypeAlias

import msgspec

from codexwire.toml import TomlValue, parse_toml, read_toml

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


_Seconds: TypeAlias = Annotated[float, msgspec.Meta(ge=0)]
_Characters: TypeAlias = Annotated[int, msgspec.Meta(ge=1)]


class _Table(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is written as a table with the same keys."""


class Message(_Table, frozen=True):
    """A message of the assistant."""

    message: str


class Reasoning(_Table, frozen=True):
    """A reasoning item whose summary is the text; `raw` sends the text as content too."""

    reasoning: str
    raw: bool = False


class Shell(_Table, frozen=True):
    """A command for the shell tool that the request offers; `escalate` asks to leave the sandbox."""

    shell: str
    escalate: bool = False
    options: dict[str, Any] = {}


class Patch(_Table, frozen=True):
    """An apply_patch text, through the tool if the request offers it, else through the shell."""

    patch: str


class Call(_Table, frozen=True):
    """A function call.

    `take` maps names to regular expressions whose first group is looked for in the tool outputs of the
    turn; an argument that is `$name` becomes what was found, a number where it is one.
    """

    call: str
    arguments: dict[str, Any] = {}
    namespace: str | None = None
    take: dict[str, re.Pattern[str]] = {}


class Item(_Table, frozen=True):
    """Any Responses API output item, sent as it is."""

    item: dict[str, Any]


Output = Message | Reasoning | Shell | Patch | Call | Item
_OUTPUTS: dict[str, type[Output]] = {
    kind.__struct_fields__[0]: kind for kind in (Message, Reasoning, Shell, Patch, Call, Item)
}
"""The key that tells what an output is → its type."""

TOOL_CALLS = (Shell, Patch, Call)
"""The outputs that the binary answers with a tool output."""


class HttpError(_Table, frozen=True):
    """An answer with an HTTP error instead of a stream."""

    status: int
    message: str = "stub error"
    type: str = "server_error"
    code: str | None = None


class Failure(_Table, frozen=True):
    """A `response.failed` event inside the stream."""

    code: str
    message: str = "stub failure"


class _StepOptions(_Table, frozen=True, kw_only=True):
    delay: _Seconds = 0.0
    chunk: _Characters | None = None
    error: HttpError | None = None
    fail: Failure | None = None
    cut: bool = False
    headers: dict[str, str] = {}


class Step(_StepOptions, frozen=True):
    """What answers one model request."""

    output: tuple[Output, ...] = ()

    @property
    def calls(self) -> int:
        """How many tool outputs the next request carries because of this step."""
        return sum(isinstance(output, TOOL_CALLS) for output in self.output)


class Turn(msgspec.Struct, frozen=True):
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


class Script(msgspec.Struct, frozen=True):
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


class _Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A script as it is written."""

    turn: Annotated[tuple[dict[str, Any], ...], msgspec.Meta(min_length=1)]


class _Turn(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One [[turn]] as it is written."""

    when: re.Pattern[str] | None = None
    text: str | None = None
    step: Annotated[tuple[dict[str, Any], ...], msgspec.Meta(min_length=1)] | None = None


class _Step(_StepOptions, frozen=True):
    """One [[turn.step]] as it is written."""

    output: tuple[dict[str, Any], ...] = ()


_FORM = "see `codexwire.stub.script` for the form"


def load_script(path: Path) -> Script:
    """Return the script in a TOML file; UsageError when it cannot be read or is malformed."""
    return _script(read_toml(path, "stub's script", hint=_FORM))


def parse_script(text: str, *, file: str | None = None) -> Script:
    """Return the script that a TOML text spells; UsageError with file and line when malformed."""
    return _script(parse_toml(text, file=file or "script", hint=_FORM))


def _script(document: TomlValue) -> Script:
    document.read(_Document)
    return Script(tuple(_turn(table) for table in document.items("turn")))


def _turn(table: TomlValue) -> Turn:
    turn = table.read(_Turn)
    if table.one_of(("text", "step")) == "text":
        return Turn((Step((Message(turn.text or ""),)),), turn.when)
    return Turn(tuple(_step(step) for step in table.items("step")), turn.when)


def _step(table: TomlValue) -> Step:
    output = tuple(_output(entry) for entry in table.items("output"))
    return Step(**{**msgspec.structs.asdict(table.read(_Step)), "output": output})


def _output(table: TomlValue) -> Output:
    return table.read(_OUTPUTS[table.one_of(_OUTPUTS)])

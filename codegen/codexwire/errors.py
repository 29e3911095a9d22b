"""Every exception that codexwire raises.

    CodexwireError                 anything below; `exit_code` 2
    ├── UsageError                 options that do not go together, an unknown rule or version
    ├── IngestError                the schema input cannot be used (carries a Location)
    ├── NormalizeError             a rule of a project or package failed
    ├── EmitError                  the generator would write something wrong
    ├── TranscriptError            a recording cannot be read at all
    ├── ContractError              a diff contract or ignore file that names nothing
    └── ClientError                talking to a server failed; its tree is in `codexwire.runtime.errors`

What is worth a word and stops nothing is a `CodexwireWarning`, which commands print to standard error.
Findings about the user's data are neither: see `codexwire.finding`.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TypeVar

from codexwire.location import Location

__all__ = [
    "CodexwireError",
    "CodexwireWarning",
    "ContractError",
    "EmitError",
    "IngestError",
    "NormalizeError",
    "TranscriptError",
    "UsageError",
    "one_of",
]

Name = TypeVar("Name", bound=str)


class CodexwireWarning(UserWarning):
    """Something went on in another way than it was asked for; the text says how."""


class CodexwireError(Exception):
    """A problem with a place and a next step, printed as one line.

    `message` says what is wrong, `location` where, `hint` what to do next.
    """

    exit_code = 2

    def __init__(
        self, message: str, *, location: Location | None = None, hint: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.location = location
        self.hint = hint

    def __str__(self) -> str:
        where = f"{self.location}: " if self.location else ""
        hint = f" ({self.hint})" if self.hint else ""
        return f"{where}{self.message}{hint}"


class UsageError(CodexwireError):
    """The options or names given do not make sense together."""


def one_of(what: str, name: str, known: Collection[Name]) -> Name:
    """Return the one of some known names that `name` is; UsageError, which lists them, for another.

    `what` says what they are names of: a format, a channel.
    """
    for candidate in known:
        if candidate == name:
            return candidate
    raise UsageError(f"no {what} {name!r}", hint=f"one of {', '.join(known)}")


class IngestError(CodexwireError):
    """The schema input is unreadable, unrelated or broken."""


class NormalizeError(CodexwireError):
    """A normalization rule of a project or an installed package failed."""


class EmitError(CodexwireError):
    """The generator found that its own output would be wrong."""


class TranscriptError(CodexwireError):
    """A recording cannot be read as any known transcript format."""


class ContractError(CodexwireError):
    """A contract or ignore file is malformed or names what does not exist."""

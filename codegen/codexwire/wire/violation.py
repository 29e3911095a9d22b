"""What a validator found: one frozen value per broken keyword."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["Violation"]


@dataclass(frozen=True, slots=True)
class Violation:
    """One way in which a message does not fit.

    `rule` is `schema/<keyword>` or `envelope/<what>`; `pointer` is the JSON pointer of the offending
    value inside the message (for a missing property: of the object that lacks it); `message` is one
    sentence; `expected` and `got` say what was asked and found. `got` names the type of the value,
    never the value itself, unless values were asked for. `schema_path` is the place of the broken
    keyword (`v2/Thread#/properties/createdAt/type`), empty where no schema was involved.
    """

    rule: str
    pointer: str
    message: str
    expected: str = ""
    got: str = ""
    schema_path: str = ""

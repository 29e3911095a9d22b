"""What the rules mean that a probe reports, those of the schema aside."""

from __future__ import annotations

from codexwire.finding import Level, RuleText
from codexwire.probe.log import Trouble

__all__ = ["RULES"]

_OWN = {
    "learned-response": (
        Level.WARNING,
        "The answers of the server tell a response type that nobody knew.",
        "One published type alone accepts every answer and declares every member of it. `--write-rules` puts "
        "it into the form of [tool.codexwire.responses].",
    ),
    "open-response": (
        Level.WARNING,
        "Nobody knows the type of a response, and the answers leave several possible.",
        "An empty object decides nothing.",
    ),
    "hidden-method": (
        Level.INFO,
        "The server knows a request that its schema omits.",
        "It names all that it knows when it refuses a method that it does not.",
    ),
    "undeclared-member": (
        Level.INFO,
        "The server sends a member that no type declares.",
        "JSON Schema lets it pass: only a closed reading finds it.",
    ),
    "experimental-open": (
        Level.INFO,
        "The server answers an experimental request without the capability for it.",
        "The schema has it in its experimental part only.",
    ),
    "stable-gated": (
        Level.WARNING,
        "The server asks for the capability for experimental methods where the schema has a stable one.",
        "A stable client cannot send it, whatever the stable schema says.",
    ),
    "experimental-sent": (
        Level.INFO,
        "The server sends an experimental message to a client that did not ask for such.",
        "A closed decoder made from the stable schema breaks on it.",
    ),
    "damaged-request": (
        Level.INFO,
        "Server and schema judge a damaged request differently, and no rule says why.",
        "The request was damaged in one place; the server said whether it can be read.",
    ),
}
_TROUBLES = {
    Trouble.GONE: (
        Level.ERROR,
        "The server ended, hung up, or no longer answered.",
        "The probe went on with a new one.",
    ),
    Trouble.NO_MESSAGE: (
        Level.ERROR,
        "The server sent something that is no message.",
        "A message is a JSON object in one line, with a method, a result or an error.",
    ),
    Trouble.STRAY_ANSWER: (
        Level.ERROR,
        "The server answered a request that nobody sent.",
        "Its id is none that is open.",
    ),
    Trouble.TIME_UP: (
        Level.WARNING,
        "The time was up before everything was asked.",
        "`--limit` allows more.",
    ),
    Trouble.NOT_SENT: (
        Level.WARNING,
        "Requests were not sent, because no server got as far.",
        "Each server that was started for them ended before the first of them.",
    ),
}

RULES: tuple[RuleText, ...] = tuple(
    RuleText(f"probe/{id}", *words) for id, words in [*_OWN.items(), *_TROUBLES.items()]
)
"""Every rule of a probe's own findings."""

"""Holes: parts of a schema that codexwire cannot use. They stop nothing and are reported by name."""

from __future__ import annotations

from enum import StrEnum

from msgspec import Struct

__all__ = ["Hole", "HoleKind"]


class HoleKind(StrEnum):
    """What is not known or not understood, and what codexwire does in its place.

    `result`: the response type of a request; any JSON is accepted there;
    `reference`: a `$ref` that points to no type; any JSON is accepted there;
    `branch`: a branch of a method union that names no method; it is left out;
    `keyword`: a JSON Schema keyword that is not known; it is ignored, as JSON Schema says;
    `channel`: the stable and the experimental schema of a release contradict each other; the
    experimental one counts;
    `shape`: a shape that the generated models cannot express; the models take any JSON there.
    """

    RESULT = "result"
    REFERENCE = "reference"
    BRANCH = "branch"
    KEYWORD = "keyword"
    CHANNEL = "channel"
    SHAPE = "shape"


class Hole(Struct, frozen=True, order=True):
    """One such place.

    `place` is what rules and reports call it (`v2/Thread#/properties/id`, `client request turn/start`),
    `text` one clause without a full stop, `name` what is missing or not understood: a method, a type, a
    keyword; empty for a branch that names no method.
    """

    kind: HoleKind
    place: str
    name: str
    text: str

"""The package of a protocol of lines: decoding, ids and validators, beside the models."""

from __future__ import annotations

import re
from collections.abc import Mapping

from codexwire.emit.render import render
from codexwire.ir.complete import complete
from codexwire.ir.model import Protocol, ref_to
from codexwire.model.profile import profile_of
from codexwire.runtime import checks
from codexwire.wire.predicates import PredicateWriter

__all__ = ["line_exports", "plan_lines"]

_DECODE = ("DecodeError", "DriftReport", "decode_line", "drift_notes", "dump", "dump_line")
_VALIDATORS = ("accepts_line", "accepts_value")
_WORD = re.compile(r"[A-Za-z_]\w*")


def line_exports(protocol: Protocol) -> Mapping[str, tuple[str, ...]]:
    """Return the modules of the package, each with the names that the package exports from it."""
    functions = (f"{kind}_id" for kind in profile_of(protocol).identities.kinds)
    return {
        "decode": _DECODE,
        "ids": tuple(sorted(["locate_id", *functions])),
        "validators": _VALIDATORS,
    }


def plan_lines(protocol: Protocol, class_of: Mapping[str, str]) -> dict[str, str]:
    """Return the sources of those modules, by path below the package.

    `class_of` maps full type names to the class names of `models`.
    """
    exports = line_exports(protocol)
    chunk = PredicateWriter(complete(protocol)[0]).write({"line": ref_to(protocol.layout.root)})
    return {
        "decode.py": render(
            "line_decode.py.jinja", public=_DECODE, line=class_of[protocol.layout.root]
        ),
        "ids.py": render(
            "line_ids.py.jinja",
            public=exports["ids"],
            protocol=protocol.name,
            kinds=profile_of(protocol).identities.kinds,
        ),
        "validators.py": render(
            "line_validators.py.jinja",
            public=_VALIDATORS,
            predicates=chunk.text,
            predicate=chunk.roots["line"],
            checks=sorted(set(_WORD.findall(chunk.text)).intersection(checks.__all__)),
        ),
    }

"""The decoding functions of the generated package."""

from __future__ import annotations

from codexwire.emit.ids import id_tables
from codexwire.emit.render import render
from codexwire.ir.model import Protocol

__all__ = ["DECODE_EXPORTS", "plan_decode"]

DECODE_EXPORTS = (
    "DecodeError",
    "DriftReport",
    "decode_notification",
    "decode_request",
    "decode_result",
    "drift_notes",
    "dump",
)
"""What the package exports from its module `decode`."""


def plan_decode(protocol: Protocol) -> str:
    """Return the source of `decode.py`."""
    ids = [f"{table.kind.upper()}_IDS" for table in id_tables(protocol)]
    return render("decode.py.jinja", ids=ids, public=DECODE_EXPORTS)

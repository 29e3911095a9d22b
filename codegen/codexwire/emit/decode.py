"""The decoding functions of the generated package."""

from __future__ import annotations

from codexwire.emit.render import render

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


def plan_decode() -> str:
    """Return the source of `decode.py`."""
    return render("decode.py.jinja", public=DECODE_EXPORTS)

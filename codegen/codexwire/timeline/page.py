"""One HTML file that holds everything: style, script, and the data packed."""

from __future__ import annotations

import json
import zlib
from base64 import b64encode
from collections.abc import Mapping, Sequence
from hashlib import sha256
from typing import Any

from codexwire._version import __version__
from codexwire.resources import templates_root
from codexwire.timeline.rows import TimelineRow

__all__ = ["page"]

_STYLES = ("page/base.css", "timeline/style.css")
_SCRIPTS = (
    *("page/el.js", "timeline/data.js", "timeline/lanes.js"),
    *("timeline/list.js", "timeline/detail.js", "timeline/app.js"),
)


def page(index: Mapping[str, Any], rows: Sequence[TimelineRow], *, redacted: bool) -> bytes:
    """Return the page.

    All that comes from a recording stands in two blocks of base64 that a browser takes for data: outside
    of them the page is the same whatever was recorded, and its policy lets no script run but its own.
    """
    root = templates_root()
    style, script = (
        b"\n".join((root / name).read_bytes() for name in names) for names in (_STYLES, _SCRIPTS)
    )
    facts = {"tool": f"codexwire {__version__}", "redacted": redacted, **index}
    values = {
        b"STYLE": style,
        b"STYLE_HASH": _hash(style),
        b"SCRIPT": script,
        b"SCRIPT_HASH": _hash(script),
        b"INDEX": _packed(json.dumps(facts, separators=(",", ":")).encode()),
        b"LINES": _packed(b"\n".join(row.data for row in rows)),
    }
    pieces = (root / "timeline" / "index.html").read_bytes().split(b"@@")
    pieces[1::2] = [values[name] for name in pieces[1::2]]
    return b"".join(pieces)


def _packed(data: bytes) -> bytes:
    """Return data as base64 of a zlib stream, which has no time and no system in its head."""
    return b64encode(zlib.compress(data, 9))


def _hash(text: bytes) -> bytes:
    return b"sha256-" + b64encode(sha256(text).digest())

"""The files of the explorer: pages, script, style, and data that registers itself."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

from codexwire._version import __version__
from codexwire.explorer.document import ReleaseSources, document
from codexwire.normalize import Normalized
from codexwire.resources import templates_root

__all__ = ["explorer_files"]

_PAGES = (
    *("explorer/index.html", "explorer/app.js", "explorer/draw.js", "explorer/style.css"),
    *("page/el.js", "page/base.css"),
)


def explorer_files(normalized: Normalized, sources: ReleaseSources) -> dict[str, bytes]:
    """Return every file of the folder, by path.

    A browser does not fetch from `file://`, so data are scripts that call a function with a value.
    `data/archive.js` is only loaded when releases are compared.
    """
    assets = map(templates_root().joinpath, _PAGES)
    files = {asset.name: asset.read_bytes() for asset in assets}
    shown = document(normalized, sources)
    files["data/release.js"] = _registered("release", {"tool": f"codexwire {__version__}", **shown})
    files["data/archive.js"] = _registered("archive", asdict(sources.history))
    manifest = {"tool": f"codexwire {__version__}", "release": shown["release"]}
    files["manifest.json"] = json.dumps(manifest, indent=2).encode() + b"\n"
    return files


def _registered(what: str, value: Any) -> bytes:
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # In a script, `</` could end it, and two characters of JSON are line ends to old JavaScript.
    for character, escaped in (("</", "<\\/"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029")):
        text = text.replace(character, escaped)
    return f"codexwire.{what}({text});\n".encode("utf-8", "surrogatepass")

"""A normalized protocol becomes the complete generated package of a language, in memory."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codexwire.emit.emitter import Emitted, EmitterInput
from codexwire.emit.emitters import MANIFEST, PYTHON, emitted
from codexwire.emit.header import Stamp
from codexwire.emit.ids import lost_ids
from codexwire.emit.known import holes_as_text, results_by
from codexwire.emit.methods import TABLE_NAMES
from codexwire.emit.styles import Style
from codexwire.ir.hole import Hole
from codexwire.ir.model import UNIONS, Protocol
from codexwire.normalize import Application, Normalized

__all__ = ["PackagePlan", "json_bytes", "plan_package"]


@dataclass(frozen=True, slots=True)
class PackagePlan:
    """Every file of a generated package: path below the package folder → content.

    `holes` are what the schema leaves open, and the places where the package knows less than it says.
    """

    package: str
    files: Mapping[str, bytes]
    classes: tuple[str, ...]
    holes: tuple[Hole, ...] = ()
    lang: str = PYTHON


def plan_package(
    normalized: Normalized,
    stamp: Stamp,
    *,
    package: str,
    style: Style = "pydantic",
    lang: str = PYTHON,
    elsewhere: Mapping[str, str] | None = None,
) -> PackagePlan:
    """Return the plan of a package, as the emitter of a language makes it.

    Raises UsageError for an unknown language, EmitError for an emitter that fails or whose files cannot
    be written.
    """
    made = emitted(lang, EmitterInput(normalized, stamp, package, style, elsewhere or {}))
    protocol = normalized.protocol
    holes = tuple(sorted({*protocol.holes, *made.holes, *lost_ids(protocol)}))
    files = {name: stamp.on(name, content) for name, content in made.files.items()}
    files[MANIFEST] = json_bytes(
        _manifest(normalized, stamp, made, holes, package=package, style=style, lang=lang)
    )
    return PackagePlan(
        package, dict(sorted(files.items())), tuple(sorted(made.classes)), holes, lang
    )


def _manifest(
    normalized: Normalized,
    stamp: Stamp,
    made: Emitted,
    holes: tuple[Hole, ...],
    *,
    package: str,
    style: Style,
    lang: str,
) -> dict[str, Any]:
    """Return what `manifest.json` holds: where the package came from and what is in it."""
    protocol = normalized.protocol
    return {
        "version": 1,
        "package": package,
        "protocol": protocol.name,
        "protocol_version": str(protocol.version) if protocol.version else None,
        "command": stamp.command,
        "tool": f"codexwire {stamp.tool}",
        "digest": stamp.digest,
        **({"style": style} if lang == PYTHON else {"lang": lang}),
        "sources": [{"channel": s.channel, "digest": s.digest} for s in protocol.sources],
        "rules": [_applied(application) for application in normalized.applied],
        "results": results_by(protocol),
        "holes": holes_as_text(holes),
        "methods": {
            TABLE_NAMES[union]: count for union, count in sorted(_counts(protocol).items())
        },
        "classes": {name: made.classes[name] for name in sorted(made.classes)},
    }


def _applied(application: Application) -> dict[str, Any]:
    return {"id": application.rule.id, "places": len(application.places)}


def _counts(protocol: Protocol) -> dict[str, int]:
    return {u.union: len(protocol.table(u.sender, u.kind)) for u in UNIONS}


def json_bytes(value: Any) -> bytes:
    """Return a value as indented JSON, the last line ended."""
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()

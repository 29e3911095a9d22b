"""A normalized protocol becomes the complete generated package, in memory."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from codexwire.emit.client import client_classes, plan_client
from codexwire.emit.decode import DECODE_EXPORTS, plan_decode
from codexwire.emit.format import format_python
from codexwire.emit.header import Stamp
from codexwire.emit.ids import lost_ids
from codexwire.emit.kept import made_once
from codexwire.emit.known import holes_as_text, results_by
from codexwire.emit.lines import line_exports, plan_lines
from codexwire.emit.methods import TABLE_NAMES, plan_methods
from codexwire.emit.models import ModelPlan, Style, plan_models
from codexwire.emit.notifications import plan_notifications, registry_exports
from codexwire.emit.render import render
from codexwire.emit.stubs import plan_stubs
from codexwire.emit.validators import VALIDATOR_EXPORTS, plan_validators
from codexwire.ir.hole import Hole
from codexwire.ir.model import UNIONS, Protocol
from codexwire.normalize import Application, Normalized
from codexwire.normalize.plain import prepared

__all__ = ["Plan", "json_bytes", "manifest", "plan_package"]


@dataclass(frozen=True, slots=True)
class Plan:
    """Every file of a generated package: path below the package folder → content.

    `holes` are what the schema leaves open, and the places where the package knows less than it says.
    """

    package: str
    files: Mapping[str, bytes]
    classes: tuple[str, ...]
    holes: tuple[Hole, ...] = ()


def plan_package(
    normalized: Normalized, stamp: Stamp, *, package: str, style: Style = "pydantic"
) -> Plan:
    """Return the plan of a package, which is made once for the same input.

    Styles other than `pydantic` have models only.
    """
    return made_once(
        lambda: _planned(normalized, stamp, package, style),
        Plan,
        (normalized,),
        *(stamp, package, style),
    )


def _planned(normalized: Normalized, stamp: Stamp, package: str, style: Style) -> Plan:
    protocol = prepared(normalized.protocol)
    models = plan_models(protocol, style=style)
    sources = dict(models.files)
    exports: dict[str, tuple[str, ...]] = {}
    if style == "pydantic" and protocol.layout.root:
        sources |= plan_lines(normalized.protocol, models.class_of)
        exports = {**line_exports(protocol)}
    elif style == "pydantic":
        sources["methods.py"] = plan_methods(protocol, models.class_of)
        sources["notification_registry.py"] = plan_notifications(protocol)
        sources["decode.py"] = plan_decode()
        sources |= plan_stubs(protocol, models.class_of)
        sources |= plan_validators(normalized.protocol, package)
        sources |= plan_client(protocol, models.class_of)
        clients = client_classes(protocol)
        exports = {
            **({"client": clients} if clients else {}),
            "decode": DECODE_EXPORTS,
            "methods": tuple(sorted(TABLE_NAMES.values())),
            "notification_registry": registry_exports(protocol),
            "validators": VALIDATOR_EXPORTS,
        }
    sources["__init__.py"] = _package_init(protocol, stamp, exports)
    formatted = format_python(sources, f"{stamp.comment()}\n")
    files = {name: text.encode() for name, text in formatted.items()}
    files["py.typed"] = b""
    holes = tuple(sorted({*protocol.holes, *models.holes, *lost_ids(protocol)}))
    files["manifest.json"] = json_bytes(
        manifest(normalized, stamp, models, holes, package=package, style=style)
    )
    return Plan(package, dict(sorted(files.items())), tuple(sorted(models.classes)), holes)


_MODULES = {
    "client": "clients with a typed method for each request",
    "decode": "messages and results read as models, and what has drifted in them",
    "ids": "the ids in a line",
    "methods": "every method with its params, its result and its sender",
    "models": "the types; `help(models.NAME)` tells the fields of one",
    "notification_registry": "the model of each notification, and the ids in a message",
    "validators": "whether messages, results and values are as the schema says",
}
"""Module → what is in it, as the package's docstring tells it."""


def _package_init(protocol: Protocol, stamp: Stamp, exports: Mapping[str, tuple[str, ...]]) -> str:
    version = str(protocol.version) if protocol.version else None
    modules = sorted(["models", *exports])
    names = [name for group in exports.values() for name in group]
    return render(
        "package.py.jinja",
        title=f"The {protocol.name} protocol"
        + (f" of codex {version}." if version else ", of an unknown version."),
        modules_told=[(name, _MODULES[name]) for name in modules if name in _MODULES],
        version=f'"{version}"' if version else None,
        digest=stamp.digest,
        modules=modules,
        exports=exports,
        public=sorted(["PROTOCOL_DIGEST", "PROTOCOL_VERSION", *modules, *names]),
    )


def manifest(
    normalized: Normalized,
    stamp: Stamp,
    models: ModelPlan,
    holes: tuple[Hole, ...],
    *,
    package: str,
    style: Style,
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
        "style": style,
        "sources": [{"channel": s.channel, "digest": s.digest} for s in protocol.sources],
        "rules": [_applied(application) for application in normalized.applied],
        "results": results_by(protocol),
        "holes": holes_as_text(holes),
        "methods": {
            TABLE_NAMES[union]: count for union, count in sorted(_counts(protocol).items())
        },
        "classes": {name: models.classes[name].module for name in sorted(models.classes)},
    }


def _applied(application: Application) -> dict[str, Any]:
    return {"id": application.rule.id, "places": len(application.places)}


def _counts(protocol: Protocol) -> dict[str, int]:
    return {u.union: len(protocol.table(u.sender, u.kind)) for u in UNIONS}


def json_bytes(value: Any) -> bytes:
    """Return a value as indented JSON, the last line ended."""
    return (json.dumps(value, indent=2, ensure_ascii=False) + "\n").encode()

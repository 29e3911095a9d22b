"""Python's emitter: the typed package of a protocol."""

from __future__ import annotations

from collections.abc import Mapping

from codexwire.emit.client import client_classes, plan_client
from codexwire.emit.decode import DECODE_EXPORTS, plan_decode
from codexwire.emit.emitter import Emitted, EmitterInput
from codexwire.emit.format import format_python
from codexwire.emit.header import Stamp
from codexwire.emit.ids import lost_ids
from codexwire.emit.kept import made_once
from codexwire.emit.lines import line_exports, plan_lines
from codexwire.emit.methods import TABLE_NAMES, plan_methods
from codexwire.emit.models import Style, plan_models
from codexwire.emit.notifications import plan_notifications, registry_exports
from codexwire.emit.render import render
from codexwire.emit.stubs import plan_stubs
from codexwire.emit.validators import VALIDATOR_EXPORTS, plan_validators
from codexwire.ir.model import Protocol
from codexwire.normalize import Normalized
from codexwire.normalize.plain import prepared

__all__ = ["emit"]


def emit(given: EmitterInput) -> Emitted:
    """Return the files of a Python package, which are made once for the same input.

    Styles other than `pydantic` have models only.
    """
    return made_once(
        lambda: _planned(given.normalized, given.stamp, given.package, given.style),
        Emitted,
        (given.normalized,),
        *(given.stamp, given.package, given.style),
    )


def _planned(normalized: Normalized, stamp: Stamp, package: str, style: Style) -> Emitted:
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
    classes = {name: found.module for name, found in models.classes.items()}
    return Emitted(files, classes, (*protocol.holes, *models.holes, *lost_ids(protocol)))


def _package_init(protocol: Protocol, stamp: Stamp, exports: Mapping[str, tuple[str, ...]]) -> str:
    version = str(protocol.version) if protocol.version else None
    modules = sorted(["models", *exports])
    names = [name for group in exports.values() for name in group]
    return render(
        "package.py.jinja",
        title=f"The {protocol.name} protocol"
        + (f" of codex {version}." if version else ", of an unknown version."),
        summary="Nothing is imported before it is used.",
        version=f'"{version}"' if version else None,
        digest=stamp.digest,
        modules=modules,
        exports=exports,
        public=sorted(["PROTOCOL_DIGEST", "PROTOCOL_VERSION", *modules, *names]),
    )

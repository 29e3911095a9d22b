"""`codexwire.lock`: what was generated from what, one table per package."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import msgspec
import tomli_w

from codexwire.emit.emitters import PYTHON
from codexwire.emit.header import Stamp
from codexwire.emit.known import holes_as_text, results_by
from codexwire.emit.plan import PackagePlan
from codexwire.normalize import Normalized
from codexwire.toml import read_toml

__all__ = ["LOCK_NAME", "lock_content"]

LOCK_NAME = "codexwire.lock"


def lock_content(path: Path, packages: Iterable[tuple[Normalized, Stamp, PackagePlan]]) -> bytes:
    """Return the lock file's bytes with the tables of these packages added or replaced."""
    tables = _read(path) | {plan.package: _table(n, stamp, plan) for n, stamp, plan in packages}
    head = "# Written by codexwire; do not edit.\n\n"
    body = tomli_w.dumps({"package": dict(sorted(tables.items()))})
    return (head + body).encode()


def _table(normalized: Normalized, stamp: Stamp, plan: PackagePlan) -> dict[str, Any]:
    protocol = normalized.protocol
    lang = {} if plan.lang == PYTHON else {"lang": plan.lang}
    return {
        **lang,
        "version": str(protocol.version) if protocol.version else "unknown",
        "command": stamp.command,
        "tool": f"codexwire {stamp.tool}",
        "digest": stamp.digest,
        "sources": [{"channel": s.channel, "digest": s.digest} for s in protocol.sources],
        "rules": [application.rule.id for application in normalized.applied],
        "holes": holes_as_text(plan.holes),
        "classes": list(plan.classes),
        "results": results_by(protocol),
    }


class _Document(msgspec.Struct, frozen=True):
    """A lock file as it is written."""

    package: dict[str, Any] = {}


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    return read_toml(path, "lock file", hint="delete it and generate again").read(_Document).package

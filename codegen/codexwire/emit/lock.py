"""`codexwire.lock`: what was generated from what, one table per package."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import tomli_w

from codexwire.emit.header import Stamp
from codexwire.emit.plan import Plan
from codexwire.errors import UsageError
from codexwire.location import Location
from codexwire.normalize import Normalized

__all__ = ["LOCK_NAME", "lock_content"]

LOCK_NAME = "codexwire.lock"


def lock_content(path: Path, normalized: Normalized, stamp: Stamp, plan: Plan) -> bytes:
    """Return the lock file's bytes with this package's table added or replaced."""
    packages = _read(path)
    protocol = normalized.protocol
    packages[plan.package] = {
        "version": str(protocol.version) if protocol.version else "unknown",
        "command": stamp.command,
        "tool": f"codexwire {stamp.tool}",
        "digest": stamp.digest,
        "sources": [{"channel": s.channel, "digest": s.digest} for s in protocol.sources],
        "rules": [application.rule.id for application in normalized.applied],
        "classes": list(plan.classes),
    }
    head = "# Written by codexwire; do not edit.\n\n"
    body = tomli_w.dumps({"package": dict(sorted(packages.items()))})
    return (head + body).encode()


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text("utf-8")).get("package", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(
            f"not TOML: {error}", location=Location(str(path)), hint="delete it and generate again"
        ) from None
    return dict(table)

"""`codexwire.lock`: what was generated from what, one table per package."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import tomli_w

from codexwire.emit.header import Stamp
from codexwire.emit.known import holes_as_text, results_by
from codexwire.emit.plan import Plan
from codexwire.errors import UsageError
from codexwire.location import Location
from codexwire.normalize import Normalized

__all__ = ["LOCK_NAME", "lock_content"]

LOCK_NAME = "codexwire.lock"


def lock_content(path: Path, packages: Iterable[tuple[Normalized, Stamp, Plan]]) -> bytes:
    """Return the lock file's bytes with the tables of these packages added or replaced."""
    tables = _read(path) | {plan.package: _table(n, stamp, plan) for n, stamp, plan in packages}
    head = "# Written by codexwire; do not edit.\n\n"
    body = tomli_w.dumps({"package": dict(sorted(tables.items()))})
    return (head + body).encode()


def _table(normalized: Normalized, stamp: Stamp, plan: Plan) -> dict[str, Any]:
    protocol = normalized.protocol
    return {
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


def _read(path: Path) -> dict[str, Any]:
    if not path.is_file():
        return {}
    try:
        table = tomllib.loads(path.read_text("utf-8")).get("package", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise _unusable(path, f"not TOML: {error}") from None
    if not isinstance(table, dict):
        raise _unusable(path, "'package' must be a table")
    return table


def _unusable(path: Path, problem: str) -> UsageError:
    return UsageError(problem, location=Location(str(path)), hint="delete it and generate again")

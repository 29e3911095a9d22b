"""Several releases side by side in one package, each a package below it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codexwire.emit.format import format_python
from codexwire.emit.header import Stamp
from codexwire.emit.plan import PackagePlan, json_bytes
from codexwire.emit.render import render
from codexwire.version import Version

__all__ = ["module_name", "plan_versions"]


@dataclass(frozen=True, slots=True)
class ReleaseRow:
    """One release as the template prints it."""

    version: str
    module: str


def module_name(version: Version) -> str:
    """Return the name of a release's package (`v0_163_0`)."""
    return "v" + "".join(c if c.isalnum() else "_" for c in str(version))


def plan_versions(
    plans: Sequence[tuple[Version, PackagePlan]], stamp: Stamp, *, package: str, protocol: str
) -> PackagePlan:
    """Return the plan of a package that holds the packages of several releases.

    `plans` has each release with its own plan, in any order; `stamp` is that of the newest,
    `protocol` the name of the protocol.
    """
    ordered = sorted(plans, key=lambda item: item[0])
    rows = [ReleaseRow(str(version), module_name(version)) for version, _ in ordered]
    source = render(
        "versions.py.jinja",
        title=f"The {protocol} protocol of {len(rows)} releases, side by side.",
        rows=rows,
    )
    init = format_python({"__init__.py": source}, f"{stamp.comment()}\n")["__init__.py"]
    files = {
        "__init__.py": init.encode(),
        "manifest.json": json_bytes(
            {
                "version": 1,
                "package": package,
                "command": stamp.command,
                "tool": f"codexwire {stamp.tool}",
                "versions": {row.version: row.module for row in rows},
            }
        ),
        "py.typed": b"",
    }
    for row, (_, plan) in zip(rows, ordered, strict=True):
        files |= {f"{row.module}/{name}": content for name, content in plan.files.items()}
    holes = sorted({hole for _, plan in ordered for hole in plan.holes})
    return PackagePlan(package, dict(sorted(files.items())), (), tuple(holes))

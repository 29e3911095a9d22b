"""What `codexwire generate` writes: planned files, where they go, and how they differ from the disk."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from codexwire.emit.companion.upstream import exported_types
from codexwire.emit.header import Stamp, stamp_of
from codexwire.emit.layouts import LAYOUTS, PackageLayout
from codexwire.emit.lock import LOCK_NAME, lock_content
from codexwire.emit.plan import PackagePlan, plan_package
from codexwire.emit.versions import module_name, plan_versions
from codexwire.emit.write import FileDifference, differences, write_file, write_folder
from codexwire.errors import UsageError
from codexwire.ir.chains import following_chains
from codexwire.ir.hole import Hole
from codexwire.ir.model import Protocol
from codexwire.normalize import Normalized
from codexwire.usecases.generate_request import GenerateRequest
from codexwire.version import Version

__all__ = ["Output", "output_of"]


@dataclass(frozen=True, slots=True)
class Output:
    """Planned files below a folder.

    A package owns its whole folder, and the lock file beside it says so; without a lock only the
    planned files of the folder matter. What a lock file should hold is told when it is to be written: other
    packages have their tables in it, too. `schemas` are the sources, and `found` what they came to;
    `holes` are what each protocol or its models leave open.
    """

    folder: Path
    files: Mapping[str, bytes]
    summary: str
    schemas: tuple[str, ...]
    found: tuple[Normalized, ...]
    lock: tuple[Path, Callable[[], bytes]] | None = None
    holes: tuple[tuple[Protocol, tuple[Hole, ...]], ...] = ()

    def write(self) -> None:
        """Write the files; UsageError or EmitError where that cannot be done."""
        if self.lock is None:
            for name, content in self.files.items():
                write_file(self.folder / name, content)
            return
        write_folder(self.folder, self.files)
        path, table = self.lock
        write_file(path, table())

    def drift(self) -> list[FileDifference]:
        """Return every file that is not as planned."""
        found = differences(self.folder, self.files)
        if self.lock is None:
            found = [drift for drift in found if drift.problem != "orphan"]
        found = [replace(d, path=f"{self.folder.as_posix()}/{d.path}") for d in found]
        if self.lock is not None:
            path, table = self.lock
            if not path.is_file() or path.read_bytes() != table():
                problem = "different" if path.is_file() else "missing"
                found.append(FileDifference(path.as_posix(), problem))
        return found


def output_of(request: GenerateRequest, found: list[Normalized]) -> Output:
    """Return what the request comes to; `found` has a normalized protocol per schema asked for."""
    if (layout := LAYOUTS.get(request.layout)) is not None:
        return _files(request, layout, found[0])
    if len(found) > 1:
        return _versions(request, found)
    stamp = stamp_of(found[0].protocol, request.options)
    companion = request.companion
    types = None if companion is None else exported_types(companion, request.folder)
    plan = plan_package(
        found[0],
        stamp,
        package=request.package,
        style=request.style,
        lang=request.lang,
        elsewhere=types,
    )
    return _package(request, plan, [(found[0], stamp, plan)])


def _package(
    request: GenerateRequest, plan: PackagePlan, parts: list[tuple[Normalized, Stamp, PackagePlan]]
) -> Output:
    lock = request.lock_folder / LOCK_NAME
    protocols = [normalized.protocol for normalized, _, _ in parts]
    shown = ", ".join(
        f"codex {p.version}" if p.version else "an unknown version" for p in protocols
    )
    classes = sum(len(part.classes) for _, _, part in parts)
    summary = (
        f"{request.folder.as_posix()}: {shown}, {sum(len(p.methods) for p in protocols)} methods, "
        f"{f'{classes} classes, ' if classes else ''}{len(plan.files)} files, "
        f"{sum(len(n.applied) for n, _, _ in parts)} rules applied"
    )
    holes = tuple((normalized.protocol, part.holes) for normalized, _, part in parts)
    found = tuple(normalized for normalized, _, _ in parts)
    content = partial(lock_content, lock, parts)
    return Output(
        request.folder, plan.files, summary, request.schemas, found, (lock, content), holes
    )


def _versions(request: GenerateRequest, found: list[Normalized]) -> Output:
    parts: dict[Version, tuple[Normalized, Stamp, PackagePlan]] = {}
    for normalized in found:
        version = normalized.protocol.version
        if version is None or version in parts:
            raise UsageError(
                "several schemas need a version each, no two the same",
                hint="name releases: --schema 0.125.0,0.163.0",
            )
        stamp = stamp_of(normalized.protocol, request.options)
        package = f"{request.package}.{module_name(version)}"
        plan = plan_package(normalized, stamp, package=package, style=request.style)
        parts[version] = normalized, stamp, plan
    newest = parts[max(parts)][1]
    plans = [(version, plan) for version, (_, _, plan) in parts.items()]
    whole = plan_versions(plans, newest, package=request.package, protocol=found[0].protocol.name)
    return _package(request, whole, list(parts.values()))


def _files(request: GenerateRequest, layout: PackageLayout, normalized: Normalized) -> Output:
    protocol = normalized.protocol
    with following_chains(protocol, f"the layout {request.layout!r}"):
        files = layout.plan(normalized, stamp_of(protocol, request.options), request.channel)
    names = " and ".join(sorted(files))
    summary = f"{request.folder.as_posix()}: {names}"
    holes = ((protocol, protocol.holes),)
    return Output(request.folder, files, summary, request.schemas, (normalized,), holes=holes)

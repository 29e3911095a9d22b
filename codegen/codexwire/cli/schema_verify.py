"""`codexwire schema verify`: what is kept is what was published, and what a binary writes."""

from __future__ import annotations

import hashlib
import json
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from codexwire.cli.console import steps
from codexwire.errors import CodexwireError, UsageError
from codexwire.ingest.at_hand import Kept, kept_schemas
from codexwire.ingest.cache import default_cache, kept_binary
from codexwire.ingest.document import open_document
from codexwire.ingest.embedded import published
from codexwire.ingest.fetch.binary import derive

__all__ = ["Check", "verify_schemas"]


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison: which schema, against what, and what is wrong (nothing: an empty text)."""

    release: str
    channel: str
    place: str
    against: str
    problem: str


def verify_schemas(
    versions: Annotated[
        list[str] | None, typer.Argument(metavar="VERSION", help="Only these.")
    ] = None,
    binary: Annotated[
        Path | None, typer.Option(help="Compare with what this codex binary writes, too.")
    ] = None,
    format: Annotated[str, typer.Option(help="text or json.")] = "text",
) -> None:
    """Compare every schema at hand with its digests, and with its binary where that is at hand."""
    if format not in ("text", "json"):
        raise UsageError(f"no format {format!r}", hint="text or json")
    kept = [k for k in kept_schemas() if not versions or str(k.release.version) in versions]
    for name in versions or ():
        if all(str(k.release.version) != name for k in kept):
            raise UsageError(
                f"no bundle of {name!r} is at hand",
                hint=f"`codexwire schema pull {name}` gets it",
            )
    with steps() as say:
        checks = [check for k in kept for check in _checks_of_file(k)]
        checks += _checks_of_binaries(kept, binary, say)
    if format == "json":
        rows = [asdict(check) for check in checks]
        sys.stdout.write(json.dumps({"version": 1, "checks": rows}, indent=2) + "\n")
    else:
        for check in checks:
            typer.echo(
                f"{check.release:10}  {check.channel:12}  {check.place:8}  {check.against:9}  "
                f"{check.problem or 'ok'}"
            )
    raise typer.Exit(1 if any(check.problem for check in checks) else 0)


def _checks_of_file(kept: Kept) -> Iterator[Check]:
    release = kept.release
    yield _check(kept, "digest", _file_problem(kept))
    known = [r for r in published() if (r.version, r.channel) == (release.version, release.channel)]
    if known:
        same = known[0].digest == release.digest
        yield _check(kept, "published", "" if same else "not what this release published")


def _file_problem(kept: Kept) -> str:
    release = kept.release
    if release.file is None or not release.file.is_file():
        return "the file is missing"
    if hashlib.sha256(release.file.read_bytes()).hexdigest() != release.sha256:
        return "the file is not the one that was kept"
    try:
        digest = open_document(release.file).digest
    except CodexwireError as error:
        return str(error)
    return "" if digest == release.digest else "the content has another digest"


def _checks_of_binaries(
    kept: list[Kept], binary: Path | None, say: Callable[[str], None]
) -> Iterator[Check]:
    cache = default_cache()
    for version in dict.fromkeys(k.release.version for k in kept):
        chosen = binary or kept_binary(cache, version)
        if chosen is None:
            continue
        derived = derive(chosen, say=say)
        if derived.version not in (None, version):
            continue
        digests = _digests(derived.bundles)
        for k in kept:
            if k.release.version == version:
                same = digests.get(k.release.channel) == k.release.digest
                yield _check(k, "binary", "" if same else "the binary writes something else")


def _digests(bundles: Mapping[str, bytes]) -> dict[str, str]:
    with TemporaryDirectory(prefix="codexwire-") as folder:
        digests = {}
        for channel, content in bundles.items():
            path = Path(folder, f"{channel}.json")
            path.write_bytes(content)
            digests[channel] = open_document(path).digest
        return digests


def _check(kept: Kept, against: str, problem: str) -> Check:
    release = kept.release
    return Check(str(release.version), release.channel, kept.place, against, problem)

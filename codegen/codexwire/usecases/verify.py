"""Whether available schemas are what was published, and what a binary writes."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from codexwire.errors import CodexwireError, UsageError
from codexwire.ingest.archive import archive
from codexwire.ingest.available import AvailableSchema, kept_schemas
from codexwire.ingest.cache import default_cache, kept_binary
from codexwire.ingest.document import open_document
from codexwire.ingest.embedded import Release, published
from codexwire.ingest.fetch.binary import derive
from codexwire.profiles.table import PROFILES, of_source
from codexwire.usecases.notices import Say, silent
from codexwire.version import Version

__all__ = ["Check", "verify"]


_PUBLISHED = tuple(profile for profile in PROFILES if profile.archive)
"""The protocols whose schemas binaries write."""


@dataclass(frozen=True, slots=True)
class Check:
    """One comparison: which schema, against what, and what is wrong (nothing: an empty text)."""

    release: str
    channel: str
    place: str
    against: str
    problem: str


def verify(
    versions: Sequence[str] = (), binary: Path | None = None, say: Say = silent
) -> tuple[Check, ...]:
    """Compare available schemas with their digests, and with what their binary writes where it is available.

    `versions` are the releases to look at (default: all), `binary` a codex binary to compare them with.
    UsageError for a version that is not available.
    """
    found = (k for profile in _PUBLISHED for k in kept_schemas(profile))
    kept = [k for k in found if not versions or str(k.release.version) in versions]
    for name in versions:
        if all(str(k.release.version) != name for k in kept):
            raise UsageError(
                f"no bundle of {name!r} is available",
                hint=f"`codexwire schema pull {name}` gets it",
            )
    checks = (check for k in kept for check in _checks_of_file(k))
    return (*checks, *_checks_of_binaries(kept, binary, say))


def _checks_of_file(kept: AvailableSchema) -> Iterator[Check]:
    release = kept.release
    yield _check(kept, "digest", _file_problem(kept))
    known = _published(release)
    if known is not None:
        same = known == release.digest
        yield _check(kept, "published", "" if same else "not what this release published")


def _published(release: Release) -> str | None:
    """Return the digest of what a release published, None for one that nobody knows."""
    lines = of_source(release.channel)  # a channel of messages is called otherwise
    if lines is not None:
        return archive(lines).digest(release.version, release.channel)
    found = (r.digest for r in published() if (r.version, r.channel) == _key(release))
    return next(found, None)


def _key(release: Release) -> tuple[Version, str]:
    return release.version, release.channel


def _file_problem(kept: AvailableSchema) -> str:
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
    kept: list[AvailableSchema], binary: Path | None, say: Say
) -> Iterator[Check]:
    cache = default_cache()
    for version in dict.fromkeys(k.release.version for k in kept):
        chosen = binary or kept_binary(cache, version)
        if chosen is None:
            continue
        derived = derive(chosen, say=say)
        if derived.version not in (None, version):
            continue
        digests = _digests({**derived.bundles, **derived.lines})
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


def _check(kept: AvailableSchema, against: str, problem: str) -> Check:
    release = kept.release
    return Check(str(release.version), release.channel, kept.place, against, problem)

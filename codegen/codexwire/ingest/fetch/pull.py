"""Pull a release's schema: fetch, check, put it into the cache. A failure leaves the cache as it was."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from codexwire.errors import CodexwireError, IngestError, UsageError
from codexwire.ingest import load_files
from codexwire.ingest.cache import (
    Cache,
    Stored,
    cached_release,
    kept_binary,
    locked,
    store,
    workspace,
)
from codexwire.ingest.document import Document, open_document
from codexwire.ingest.embedded import Release, identify, published
from codexwire.ingest.fetch import git, registry
from codexwire.ingest.fetch.archive import extract_one
from codexwire.ingest.fetch.binary import COMMAND, LIMITS, Derived, derive
from codexwire.ingest.fetch.client import sha256_of
from codexwire.ingest.fetch.process import Limits
from codexwire.location import Location
from codexwire.model.profile import Profile
from codexwire.profiles.table import DEFAULT, of_source
from codexwire.progress import Say, silent
from codexwire.version import Version

__all__ = ["PullOptions", "Pulled", "pull", "pull_binary", "pull_git"]

_LARGEST_BINARY = 1 << 30


@dataclass(frozen=True, slots=True)
class PullOptions:
    """How to pull.

    `say` is told each step; `registries` are asked in this order; `limits` are of one run of the
    binary; `force` pulls again what is cached.
    """

    say: Say = silent
    registries: tuple[str, ...] = tuple(registry.REGISTRIES)
    limits: Limits = LIMITS
    keep_binary: bool = False
    force: bool = False


@dataclass(frozen=True, slots=True)
class Pulled:
    """A cached release, and whether this pull brought it."""

    entry: Stored
    fresh: bool


@dataclass(frozen=True, slots=True)
class _Brought:
    """What came of a release: its schemas, facts about where they are from, its binary if there is one."""

    version: Version
    derived: Derived
    facts: Mapping[str, str]
    binary: Path | None = None


def pull(version: Version, cache: Cache, options: PullOptions) -> Pulled:
    """Return a release's cache entry; when there is none, make it from a registry's package.

    Raises IngestError; the cache is then as it was.
    """
    say = options.say
    with _guarded(cache, str(version)), locked(cache, str(version), say):
        entry = None if options.force else cached_release(cache, version)
        if entry and (not options.keep_binary or kept_binary(cache, version)):
            return Pulled(entry, fresh=False)
        with workspace(cache, version) as room:
            say("downloading")
            name, package = registry.fetch(
                version, room, names=options.registries, watch=_megabytes(say)
            )
            say(f"unpacking {package.spec}")
            binary = room / "codex"
            extract_one(package.archive, package.member, binary, limit=_LARGEST_BINARY)
            derived = derive(binary, limits=options.limits, say=say)
            if derived.version not in (None, version):
                raise IngestError(f"{package.spec} holds codex {derived.version}")
            facts = {"origin": name, "package": package.spec, "integrity": package.integrity}
            brought = _Brought(version, derived, facts | _facts_of(binary), binary)
            return _keep(brought, cache, options, room)


def pull_binary(
    binary: Path, version: Version | None, cache: Cache, options: PullOptions
) -> Pulled:
    """Return the cache entry made from a local binary, under the version that it names itself.

    `version` overrides that name. Raises IngestError; also when the cache has other content of that
    version and `force` is not set.
    """
    derived = derive(binary, limits=options.limits, say=options.say)
    version = version or derived.version
    if version is None:
        raise UsageError("this binary does not say its version", hint="name one with --as")
    facts = {"origin": "binary"} | _facts_of(binary)
    return _keep_given(_Brought(version, derived, facts, binary), cache, options)


def pull_git(
    place: str,
    version: Version | None,
    channel: str,
    cache: Cache,
    options: PullOptions,
    *,
    repository: Path,
) -> Pulled:
    """Return the cache entry made from a bundle in a git repository (`REV:PATH`).

    A bundle whose content is that of a known release needs no `version`, and then `channel` does not
    matter. Raises UsageError or IngestError.
    """
    committed = git.show(place, repository=repository)
    known = None
    if version is None:
        with _guarded(cache, "git"), workspace(cache, Version(0, 0, 0, "git")) as room:
            known = identify(_document(channel, committed.content, room).digest)
        if known is None:
            raise UsageError(
                "this bundle is of no known release", hint="name one with --as, and --channel"
            )
        version, channel = known.version, known.channel
    facts = {"origin": "git", "commit": committed.commit, "path": committed.path}
    derived = Derived(version, {channel: committed.content})
    return _keep_given(_Brought(version, derived, facts), cache, options)


def _keep_given(brought: _Brought, cache: Cache, options: PullOptions) -> Pulled:
    """Keep what the user brought, unless the cache has another schema of that version."""
    version = brought.version
    with _guarded(cache, str(version)), locked(cache, str(version), options.say):
        before = None if options.force else cached_release(cache, version)
        with workspace(cache, version) as room:
            if before is None:
                if brought.binary is not None and options.keep_binary:
                    copy = Path(shutil.copy(brought.binary, room / "codex"))
                    brought = replace(brought, binary=copy)
                return _keep(brought, cache, options, room)
            entry = _examined(brought, options, room)
            if [r.digest for r in entry.releases] != [r.digest for r in before.releases]:
                raise IngestError(
                    f"the cache has another schema of {version}",
                    hint="--force replaces it; --as names this one otherwise",
                )
            return Pulled(before, fresh=False)


def _keep(brought: _Brought, cache: Cache, options: PullOptions, room: Path) -> Pulled:
    """Put it into the cache; a binary that is to be kept is moved there."""
    entry, derived = _examined(brought, options, room), brought.derived
    files = {f"{channel}.json": content for channel, content in derived.bundles.items()}
    files |= {_file_of(source): content for source, content in derived.lines.items()}
    store(cache, entry, files, room, brought.binary if options.keep_binary else None)
    stored = cached_release(cache, brought.version)
    assert stored is not None  # it was stored under the lock that is still held
    return Pulled(stored, fresh=True)


def _examined(brought: _Brought, options: PullOptions, room: Path) -> Stored:
    """Return the entry for bundles that turn out to be the schema of that release."""
    options.say("checking")
    version, derived, bundles = brought.version, brought.derived, brought.derived.bundles
    documents = {c: _document(c, content, room) for c, content in bundles.items()}
    known = {r.channel: r.digest for r in published() if r.version == version}
    channels: dict[str, dict[str, Any]] = {}
    for channel, document in documents.items():
        if channel in known and known[channel] != document.digest:
            raise IngestError(
                f"this is not the {channel} schema that codex {version} published",
                hint="--as names it otherwise",
            )
        methods = load_files({channel: document}, version=version).methods
        channels[channel] = {
            "sha256": hashlib.sha256(bundles[channel]).hexdigest(),
            "digest": document.digest,
            "methods": len(methods),
            "types": len(document.types),
        }
    load_files(documents, version=version)  # the two must be of one release
    lines = {s: _facts_of_lines(s, content, room) for s, content in derived.lines.items()}
    table = {"version": str(version), **brought.facts, "channel": channels}
    table |= {"lines": lines} if lines else {}
    releases = tuple(Release(version, c, v["sha256"], v["digest"]) for c, v in channels.items())
    return Stored(version, releases, table)


def _facts_of_lines(source: str, content: bytes, room: Path) -> dict[str, Any]:
    document = _document(source, content, room, _named(source))
    return {
        "file": _file_of(source),
        "sha256": hashlib.sha256(content).hexdigest(),
        "digest": document.digest,
        "types": len(document.types),
    }


def _file_of(source: str) -> str:
    return _named(source).bundle.file


def _named(source: str) -> Profile:
    return of_source(source) or DEFAULT


def _document(channel: str, content: bytes, room: Path, profile: Profile = DEFAULT) -> Document:
    path = room / f"{channel}.json"
    path.write_bytes(content)
    try:
        return open_document(path, profile)
    except IngestError as error:
        line, pointer = (error.location.line, error.location.pointer) if error.location else (0, "")
        raise IngestError(
            f"what came is no schema: {error.message}",
            location=Location(f"{channel} {profile.bundle.file}", line or None, pointer),
        ) from None


def _facts_of(binary: Path) -> dict[str, str]:
    return {"binary": f"sha256:{sha256_of(binary)}", "command": COMMAND}


def _megabytes(say: Say) -> Callable[[int], None]:
    return lambda size: say(f"downloading, {size >> 20} MiB")


@contextmanager
def _guarded(cache: Cache, name: str) -> Iterator[None]:
    """Turn what the disk says into one clear error."""
    try:
        yield
    except CodexwireError:
        raise
    except OSError as error:
        raise IngestError(
            f"cannot keep {name} in the cache: {error.strerror or error}",
            location=Location(str(error.filename or cache.root)),
            hint="CODEXWIRE_CACHE names another folder",
        ) from None

"""A release as a folder of pages: what is known of every method and type, and how all releases had it."""

from __future__ import annotations

from pathlib import Path

from codexwire.errors import UsageError
from codexwire.explorer import explorer_files
from codexwire.explorer.document import Sources
from codexwire.explorer.timeline import timelines
from codexwire.ingest import load
from codexwire.model.profile import profile_of
from codexwire.normalize import normalize
from codexwire.profiles.table import DEFAULT
from codexwire.resources import recorded_examples
from codexwire.usecases.notices import Say, silent
from codexwire.usecases.project import rules_of
from codexwire.usecases.releases import mended_releases
from codexwire.usecases.rule_index import entries
from codexwire.usecases.sightings import sightings

__all__ = ["explore"]


def explore(
    source: str, *, channel: str = "experimental", project: Path | None = None, say: Say = silent
) -> dict[str, bytes]:
    """Return the files of the explorer of a schema, by path below its folder.

    `source` is a version, a file or a folder of the app-server's schema; IngestError where it cannot be
    read, UsageError for the schema of another protocol. The files depend on nothing else but codexwire
    and, where the folder of a `project` is given, its rules.
    """
    say("reading the schema")
    own = rules_of(project)
    normalized = normalize(load(source, channel=channel), project=own)
    if profile_of(normalized.protocol) is not DEFAULT:
        raise UsageError(
            f"{source} is no schema of the app-server",
            hint="`codexwire schema show` prints every schema",
        )
    say("reading all releases")
    rules = {
        entry.id: {"title": entry.title, "doc": entry.doc, "evidence": list(entry.evidence)}
        for entry in entries(own)
        if entry.family == "normalize"
    }
    sources = Sources(timelines(mended_releases()), recorded_examples(), _seen, rules)
    say("drawing")
    return explorer_files(normalized, sources)


def _seen(name: str) -> list[str]:
    """Return what the probed releases tell of a method or type."""
    return [str(sighting) for sighting in sightings(name)]

"""A release as a folder of pages: what is known of every method and type, and how all releases had it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from codexwire.errors import UsageError
from codexwire.explorer import explorer_files
from codexwire.explorer.document import ReleaseSources
from codexwire.explorer.timeline import timelines
from codexwire.ingest.observed import observed_profiles
from codexwire.model.profile import profile_of
from codexwire.profiles.table import DEFAULT
from codexwire.resources import recorded_examples
from codexwire.usecases.normalized import normalized
from codexwire.usecases.notices import Notice, Say, holes_of, silent, stale_rules_of
from codexwire.usecases.project import rules_of
from codexwire.usecases.releases import mended_releases
from codexwire.usecases.rule_index import rule_entries
from codexwire.usecases.sightings import sightings

__all__ = ["Exploration", "explore"]


@dataclass(frozen=True, slots=True)
class Exploration:
    """The files of the explorer, by path below its folder, and what a reader must know of the schema."""

    files: dict[str, bytes]
    notices: tuple[Notice, ...]


def explore(
    source: str, *, channel: str = "experimental", project: Path | None = None, say: Say = silent
) -> Exploration:
    """Return the explorer of a schema.

    `source` is a version, a file or a folder of the default protocol's schema; IngestError where it cannot be
    read, UsageError for the schema of another protocol. The files depend on nothing else but codexwire
    and, where the folder of a `project` is given, its rules.
    """
    say("reading the schema")
    own = rules_of(project)
    found = normalized(source, channel=channel, project=own, exact=False)
    if profile_of(found.protocol) is not DEFAULT:
        raise UsageError(
            f"{source} is no {DEFAULT.title}",
            hint="`codexwire schema show` prints every schema",
        )
    say("reading all releases")
    rules = {
        entry.id: {"title": entry.title, "doc": entry.doc, "evidence": list(entry.evidence)}
        for entry in rule_entries(own)
        if entry.family == "normalize"
    }
    probed = observed_profiles()

    def seen(name: str) -> list[str]:
        return [str(sighting) for sighting in sightings(name, probed)]

    sources = ReleaseSources(timelines(mended_releases()), recorded_examples(), seen, rules)
    say("drawing")
    notices = (*holes_of(found.protocol), *stale_rules_of(found))
    return Exploration(explorer_files(found, sources), notices)

"""Judge and read a large folder of saved sessions, which is not kept here.

    python tests/session_corpus.py FOLDER

FOLDER has `corpus/<release>/*.jsonl` (rollouts), `extra/` (migrated, mixed, killed and packed ones),
`exec/<release>/` (streams), `rec/<release>/` (recordings of the same sessions) and `drift.json`: how many
lines of a release (`"0.99.0|0.116.0"`) the schema of another refuses. What is not as it should be is
printed, and makes the exit code 1.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))

from session_compare import WRONG, figures

import codex_exec_stream
import codex_rollout
import codexwire
from codexwire import session
from codexwire.ingest.archive import archive
from codexwire.profiles.rollout.profile import ROLLOUT
from codexwire.version import Version
from codexwire.wire.lines import LineValidators

PACKAGES = {"corpus": codex_rollout, "exec": codex_exec_stream}


def releases(folder: Path) -> list[str]:
    return sorted((path.name for path in folder.iterdir() if path.is_dir()), key=Version.parse)


def refused(folder: Path) -> Iterator[str]:
    """Yield what validators, the models and the neutral view do not take."""
    folders = [path for path in sorted(folder.iterdir()) if path.is_dir()]
    found = codexwire.validate(*folders)
    for judgement in found.judgements:
        if judgement.counts.get("error") or judgement.unread or judgement.unchecked:
            yield f"{judgement.path}: an error, or something unread or unchecked"
        if judgement.unusable is not None:
            yield f"{judgement.path}: {judgement.unusable}"
    for file in session.read(*folders).files:
        if file.unknown or any(n.rule in ("unread", "not-understood", "torn") for n in file.notes):
            yield f"{file.path}: not read as a whole"


def changed(folder: Path) -> Iterator[str]:
    """Yield the lines that decoding and dumping do not give back."""
    for path in sorted(folder.rglob("*.jsonl")):
        package = PACKAGES[folder.name]
        for number, line in enumerate(path.read_bytes().splitlines(), 1):
            if package.dump_line(package.decode_line(line)) != line:
                yield f"{path}:{number}: comes back as another line"


def drifted(folder: Path) -> Iterator[str]:
    """Yield where a schema as published refuses more or fewer lines than it should."""
    expected: dict[str, int] = json.loads((folder / "drift.json").read_text("utf-8"))
    lines = {
        release: [
            json.loads(line)
            for path in sorted((folder / "corpus" / release).glob("*.jsonl"))
            for line in path.read_bytes().splitlines()
        ]
        for release in releases(folder / "corpus")
    }
    for schema in sorted({pair.partition("|")[2] for pair in expected}, key=Version.parse):
        protocol = archive(ROLLOUT).protocol(Version.parse(schema))
        if protocol is None:
            yield f"{schema}: no schema"
            continue
        validators = LineValidators(protocol)
        for release, own in lines.items():
            count = sum(not validators.accepts(line) for line in own)
            if count != expected[f"{release}|{schema}"]:
                yield f"{release} by {schema}: {count} lines refused, not {expected[f'{release}|{schema}']}"


def different(folder: Path) -> Iterator[str]:
    """Yield the values that two sources of a session tell otherwise."""
    for truth, other in (("rec", "corpus"), ("corpus", "exec")):
        for release in releases(folder / truth):
            left_out = (session.User,) if other == "exec" else ()
            found = figures(str(folder / truth / release), str(folder / other / release), left_out)
            print(f"{truth}/{release} and {other}/{release}: {found.turns}")
            for what in sorted(what for (what, verdict) in +found.counts if verdict == WRONG):
                yield f"{other}/{release}: another {what} than in {truth}"


def main(folder: Path) -> int:
    wrong = 0
    for check in (
        *(refused(folder / name) for name in ("corpus", "exec", "extra")),
        *(changed(folder / name) for name in PACKAGES),
        different(folder),
        drifted(folder),
    ):
        for line in check:
            wrong += 1
            print(line)
    print(f"{wrong} faults")
    return int(wrong > 0)


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))

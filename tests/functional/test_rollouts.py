"""Saved sessions judged: by the release that made them and by later ones, alone and together."""

from __future__ import annotations

import gzip
import shutil
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
import zstandard
from command import Run
from rollouts import DATA, PLAIN, RELEASES, TOOLS, lines_of, written
from validated import Judged, found

from codexwire.ingest.archive import archive
from codexwire.profiles.rollout.profile import ROLLOUT
from codexwire.transcript.coverage import everything
from codexwire.transcript.formats.table import detect
from codexwire.transcript.source import OpenRecording
from codexwire.version import Version
from codexwire.wire.lines import LineValidators

pytestmark = pytest.mark.usefixtures("own_cache")


@pytest.mark.parametrize("release", RELEASES)
def test_every_session_is_valid_by_its_own_release(release: str, judged: Judged) -> None:
    code, value = judged(DATA / "sessions" / release)
    assert code == 0
    own = "0.116.0" if release == "0.99.0" else release
    for file in value["files"]:
        assert (file["made_by"], file["accepted_by"]) == (
            release,
            {f"rollout@{own}": file["messages"]},
        )
    totals = value["totals"]
    assert (totals["unread"], totals["unchecked"], totals["unknown_types"]) == (0, 0, 0)
    known = {"lines/second-meta", "lines/earlier-history", "lines/two-files", "lines/no-turn"}
    assert {rule for rule, _, _ in found(value)} <= known
    assert all(level == "info" for _, level, _ in found(value))


def test_as_published_one_value_is_not_listed_and_some_members_are_not_declared(
    judged: Judged,
) -> None:
    for release in RELEASES[2:]:
        code, value = judged(DATA / "sessions" / release, "--as-published")
        assert code == 0
        rules = Counter((rule, pointer) for rule, _, pointer in found(value) if pointer)
        values = {key: n for key, n in rules.items() if key[0] == "lines/unknown-value"}
        firsts = [lines_of(Path(f["path"]))[0]["payload"] for f in value["files"]]
        sources = sum("thread_source" in payload for payload in firsts)
        assert values == {("lines/unknown-value", "/payload/thread_source"): sources}
        members = {
            pointer.rpartition("/")[2] for rule, pointer in rules if rule.endswith("undeclared")
        }
        assert members == {"create_time", "content_item_kinds"}


# Lines of these files that the schema of a release refuses as it was published, counted by jsonschema.
REFUSED = {
    "0.99.0": {"0.116.0": 0, "0.140.0": 0, "0.142.0": 21, "0.169.0": 130, "0.171.0": 130},
    "0.125.0": {"0.116.0": 0, "0.125.0": 0, "0.129.0": 4, "0.142.0": 28},
    "0.150.0": {"0.116.0": 44, "0.128.0": 38, "0.142.0": 39, "0.150.0": 9, "0.171.0": 9},
    "0.163.0": {"0.116.0": 199, "0.143.0": 125, "0.153.0": 13, "0.163.0": 11, "0.171.0": 11},
}


@pytest.mark.parametrize("release", RELEASES)
def test_what_other_releases_refuse(release: str) -> None:
    files = sorted((DATA / "sessions" / release).glob("*.jsonl"))
    lines = [line for path in files for line in lines_of(path)]
    refused = {}
    for schema in REFUSED[release]:
        protocol = archive(ROLLOUT).protocol(Version.parse(schema))
        assert protocol is not None
        validators = LineValidators(protocol)
        refused[schema] = sum(not validators.accepts(line) for line in lines)
    assert refused == REFUSED[release]


def test_migrated_mixed_killed_and_packed_files(judged: Judged) -> None:
    code, value = judged(DATA / "extra")
    assert code == 0
    assert (value["totals"]["unread"], value["totals"]["unchecked"]) == (0, 0)
    (open_turn,) = found(value)
    assert open_turn == ("lines/turn-without-end", "warning", None)
    mixed = next(f for f in value["files"] if "mixed" in f["path"])
    assert mixed["accepted_by"] == {"rollout@0.116.0": 79, "rollout@0.171.0": 17}
    assert mixed["understood"] == {
        "threads": ["01a221eb-a142-7163-9de8-3424e6c773df"],
        "history": "legacy",
        "turns": {"completed": 1, "unknown": 5},
    }
    packed = next(f for f in value["files"] if f["path"].endswith(".zst"))
    assert (packed["format"], packed["made_by"], packed["valid"]) == ("rollout", "0.144.4", True)


@pytest.mark.parametrize("size", [True, False])
def test_a_packed_file_is_the_plain_one(size: bool, judged: Judged, tmp_path: Path) -> None:
    packed = tmp_path / "rollout.jsonl.zst"
    pack = zstandard.ZstdCompressor(write_content_size=size).compress
    packed.write_bytes(pack(TOOLS.read_bytes()))
    zipped = tmp_path / "rollout.jsonl.gz"
    zipped.write_bytes(gzip.compress(TOOLS.read_bytes()))
    for path in (packed, zipped):
        code, value = judged(path)
        assert (code, value["totals"]["messages"]) == (0, len(lines_of(TOOLS)))


def test_a_forced_schema_judges_alone(judged: Judged, codexwire: Run) -> None:
    old = DATA / "sessions" / "0.99.0" / "s01_basic.jsonl"
    for schema in ("0.171.0", "rollout@0.171.0"):
        code, value = judged(old, "--schema", schema, "--as-published")
        assert code == 1
        rules = {(rule, pointer) for rule, level, pointer in found(value) if level == "error"}
        assert rules == {("schema/required", "/payload")}
    code, value = judged(old, "--schema", "0.171.0")
    assert (code, list(value["files"][0]["accepted_by"])) == (0, ["rollout@0.171.0"])
    code, _, err = codexwire("validate", old, "--schema", "exec-server")
    assert (code, "is a schema of codex-exec-server, and this is a Codex rollout" in err) == (
        2,
        True,
    )
    recording = DATA.parent / "recordings" / "0.163.0" / "s12_undocumented.jsonl"
    code, _, err = codexwire("validate", recording, "--schema", "rollout")
    assert (code, "is a schema of lines, and these are messages" in err) == (2, True)


def test_a_release_that_nobody_knows_is_unchecked(judged: Judged, tmp_path: Path) -> None:
    lines = lines_of(PLAIN)
    lines[0]["payload"]["cli_version"] = "9.9.9"
    lines[1]["payload"]["turn_id"] = 5
    code, value = judged(written(tmp_path / "new.jsonl", lines))
    assert (code, value["totals"]["unchecked"]) == (0, len(lines))
    assert ("schema/type", "info", "/payload/turn_id") in found(value)
    assert found(value)[0] == ("transcript/schema-version", "warning", None)
    assert judged(tmp_path / "new.jsonl", "--strict")[0] == 2


def test_the_unknown_is_noted_and_fails_nothing(judged: Judged, tmp_path: Path) -> None:
    lines = lines_of(PLAIN)
    made_up = [
        {"type": "dream", "payload": {"of": "sheep"}},
        {"type": "event_msg", "payload": {"type": "yawned"}},
        {"type": "event_msg", "payload": {"type": "yawned"}},
        {
            "type": "event_msg",
            "payload": {**lines[1]["payload"], "collaboration_mode_kind": "dancing"},
        },
        {"type": "turn_context", "payload": {**lines[5]["payload"], "mood": "calm"}},
    ]
    for extra in made_up:
        lines.append({"timestamp": "t", "ordinal": len(lines), **extra})
    code, value = judged(written(tmp_path / "odd.jsonl", lines))
    (file,) = value["files"]
    assert code == 0
    assert file["unknown_types"] == {"dream": 1, "event_msg/yawned": 2}
    assert (file["unchecked"], value["totals"]["unknown_types"], file["unread"]) == (5, 3, 0)
    assert Counter(found(value)) == {
        ("lines/unknown-type", "info", "/type"): 1,
        ("lines/unknown-type", "info", "/payload/type"): 2,
        ("lines/unknown-value", "info", "/payload/collaboration_mode_kind"): 1,
        ("lines/undeclared", "info", "/payload/mood"): 1,
        ("lines/turn-without-end", "warning", None): 1,
    }
    assert sum(file["accepted_by"].values()) == len(lines) - 4  # what is undeclared is accepted
    says = {f["rule"]: f["message"] for f in file["findings"]}
    assert says["lines/unknown-type"].endswith("has this type of line: it is not checked")
    assert says["lines/unknown-value"].endswith("lists this value: any is accepted")
    assert says["lines/undeclared"].endswith("declares this member: any is accepted")
    assert judged(tmp_path / "odd.jsonl", "--strict")[0] == 2


def test_a_wrong_value_is_an_error(judged: Judged, tmp_path: Path) -> None:
    lines = lines_of(PLAIN)
    lines[1]["payload"]["turn_id"] = 5
    del lines[2]["payload"]["role"]
    lines[3]["type"] = 7
    code, value = judged(written(tmp_path / "wrong.jsonl", lines))
    assert code == 1
    errors = [entry for entry in found(value) if entry[1] == "error"]
    assert errors == [
        ("schema/type", "error", "/payload/turn_id"),
        ("schema/required", "error", "/payload"),
        ("schema/type", "error", "/type"),
    ]


def test_a_torn_last_line_is_a_warning_and_a_broken_one_a_finding(
    judged: Judged, tmp_path: Path
) -> None:
    torn = tmp_path / "torn.jsonl"
    torn.write_bytes(PLAIN.read_bytes()[:-40])
    code, value = judged(torn)
    assert (code, value["totals"]["messages"]) == (0, len(lines_of(PLAIN)) - 1)
    assert ("transcript/truncated", "warning", None) in found(value)
    broken = tmp_path / "broken.jsonl"
    whole = PLAIN.read_bytes().splitlines(keepends=True)
    broken.write_bytes(b"".join([*whole[:4], whole[4][:30] + b"\n", b"[1]\n", *whole[5:]]))
    code, value = judged(broken)
    assert (code, value["totals"]["unread"]) == (2, 2)
    assert value["totals"]["messages"] == len(whole) - 1
    assert [f["line"] for f in value["files"][0]["findings"] if f["level"] == "error"] == [5, 6]
    assert [e for e in found(value) if e[0] == "lines/ordinals"] == [
        ("lines/ordinals", "warning", None)
    ]


def test_a_file_is_told_by_any_type_of_line_that_a_release_declares(tmp_path: Path) -> None:
    types: set[str] = set()
    for release in ("0.116.0", "0.123.0", "0.171.0"):
        protocol = archive(ROLLOUT).protocol(Version.parse(release))
        assert protocol is not None
        points = {(place, value) for _, place, value in everything(protocol)}
        types |= {value for place, value in points if place == "RolloutLine" and value}
    assert len(types) > 12
    for type in types:
        line = {"timestamp": "t", "type": type, "payload": {}}
        with OpenRecording(str(written(tmp_path / "one.jsonl", [line]))) as source:
            assert detect(source).id == "rollout", type


def test_the_summary_says_what_was_understood(codexwire: Run) -> None:
    _, out, _ = codexwire("validate", DATA / "extra" / "mixed")
    assert out == (
        "1 file, 96 lines, 41,294 bytes: 0 errors, 0 warnings, 0 info; "
        "6 turns, 5 of them of unknown status\n"
    )
    _, out, _ = codexwire("validate", DATA / "extra" / "killed")
    assert out.splitlines()[0].endswith(
        "(rollout, made by 0.150.0, schema rollout@0.150.0, 16 lines, "
        "2 turns, 1 of them of unknown status)"
    )


def test_a_session_can_be_covered(judged: Judged, codexwire: Run) -> None:
    _, value = judged(PLAIN, "--coverage")
    (covered,) = value["coverage"]
    assert covered["schema"] == "rollout@0.163.0"
    variants = next(g for g in covered["groups"] if g["group"] == "union variants")
    assert "RolloutLine: session_meta" in variants["seen"]
    assert "RolloutLine: compacted" in variants["missing"]
    text = codexwire("validate", PLAIN, "--coverage")[1]
    assert "union variants" in text
    assert "requests" not in text  # there are none in a file of lines


def home(folder: Path) -> Iterator[tuple[Path, Path]]:
    """What a home of codex has, and from which files of ours."""
    day = folder / "sessions" / "2026" / "11" / "28"
    yield day / "rollout-2026-11-28T11-32-32-a.jsonl", PLAIN
    yield folder / "archived_sessions" / "rollout-2026-11-28T11-32-33-b.jsonl", TOOLS


def test_the_sessions_of_codex_home_are_read_and_nothing_is_written(
    judged: Judged, codexwire: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "home"
    monkeypatch.setenv("CODEX_HOME", str(folder))
    code, _, err = codexwire("validate", "--sessions")
    assert (code, f"no saved sessions in {folder.as_posix()!r}" in err) == (2, True)
    for path, source in home(folder):
        path.parent.mkdir(parents=True)
        shutil.copy(source, path)
    (folder / "session_index.jsonl").write_text('{"id":"a","thread_name":"n","updated_at":"t"}\n')
    before = {p: p.stat().st_mtime_ns for p in folder.rglob("*")}
    folder.chmod(0o500)
    code, value = judged("--sessions")
    assert (code, len(value["files"])) == (0, 2)
    assert {p: p.stat().st_mtime_ns for p in folder.rglob("*")} == before
    code, value = judged(folder)
    assert (code, len(value["files"])) == (0, 2)
    assert value["skipped"] == [(folder / "session_index.jsonl").as_posix()]
    code, _, err = codexwire("validate")
    assert (code, "name what to read" in err) == (2, True)


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    first, *rest = TOOLS.read_bytes().splitlines(keepends=True)
    path = tmp_path / "long.jsonl"
    with path.open("wb") as file:
        file.write(first)
        for _ in range(60):
            file.writelines(rest)
    measured = (
        "import resource, sys; from codexwire.cli.app import run; code = run(sys.argv[1:]); "
        "print(code, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10)"
    )
    # By way of a small process: what is measured begins with what its parent had.
    small = "import subprocess, sys; sys.exit(subprocess.run(sys.argv[1:]).returncode)"
    arguments = ["validate", str(path), str(DATA / "extra"), "--max-findings", "10"]
    done = subprocess.run(
        [sys.executable, "-c", small, sys.executable, "-c", measured, *arguments],
        capture_output=True,
        text=True,
        check=True,
    )
    code, size = map(int, done.stdout.splitlines()[-1].split())
    assert path.stat().st_size > 8_000_000
    assert (code, size < 100) == (0, True), size

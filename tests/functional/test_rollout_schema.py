"""The schemas of saved sessions: all releases offline, listed, shown, followed, compared, generated."""

from __future__ import annotations

import gzip
import importlib
import json
import sys
from pathlib import Path
from types import ModuleType

import jsonschema
import pytest
from command import Run
from probe import check_package

from codexwire.emit.styles import STYLES
from codexwire.errors import CodexwireWarning, IngestError, UsageError
from codexwire.ingest import load
from codexwire.ingest.archive import archive
from codexwire.ir.canonical import canonical_json
from codexwire.ir.canonical import digest as digest_of
from codexwire.normalize import normalize
from codexwire.profiles.rollout.profile import ROLLOUT
from codexwire.resources import schema_root
from codexwire.usecases.generate import generate

SAMPLE = ("0.116.0", "0.140.0", "0.150.0", "0.171.0")


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CODEXWIRE_CACHE", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)


def file_of(version: str, folder: Path) -> Path:
    """A RolloutLine.json with the content that the release wrote."""
    path = folder / "RolloutLine.json"
    path.write_text(json.dumps(load(f"rollout@{version}").document()), "utf-8")
    return path


def test_the_archive_has_what_52_releases_published() -> None:
    kept = archive(ROLLOUT)
    assert (len(kept.versions), str(kept.versions[0]), str(kept.versions[-1])) == (
        52,
        "0.116.0",
        "0.171.0",
    )
    for version, (_, channels) in zip(kept.versions, kept.table["releases"], strict=True):
        protocol = kept.protocol(version)
        assert protocol is not None
        assert (
            digest_of({n: t.schema for n, t in protocol.types.items()}) == dict(channels)["rollout"]
        )


@pytest.mark.parametrize("version", SAMPLE)
def test_a_file_and_its_folder_are_the_release(version: str, tmp_path: Path) -> None:
    release = load(f"rollout@{version}")
    assert (release.methods, str(release.version)) == ((), version)
    assert normalize(release).stale == ()
    folder = tmp_path / "written"
    folder.mkdir()
    path = file_of(version, folder)
    packed = tmp_path / "packed.json.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    for source in (path, folder, packed):
        found = load(source)
        assert (found.name, found.version) == ("codex-rollout", release.version)
        assert canonical_json(found.document()) == canonical_json(release.document())


def test_the_newest_is_meant_and_the_nearest_taken() -> None:
    assert str(load("rollout").version) == "0.171.0"
    with pytest.warns(CodexwireWarning, match=r"0\.99\.0 is not available: 0\.116\.0 is taken"):
        assert str(load("rollout@0.99.0").version) == "0.116.0"
    with pytest.raises(UsageError, match=r"version 0\.99\.0 is not available"):
        load("rollout@0.99.0", exact=True)


def test_a_line_schema_without_its_title_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "RolloutLine.json"
    path.write_text('{"title": "Line", "definitions": {}}', "utf-8")
    with pytest.raises(IngestError, match="no Codex rollout schema: it is not titled RolloutLine"):
        load(path, profile=ROLLOUT)


def test_list_show_and_history_know_them(codexwire: Run) -> None:
    _, listed, _ = codexwire("schema", "list", "--protocol", "rollout", "--all")
    assert len(listed.splitlines()) == 52
    assert listed.splitlines()[-1].startswith(
        "0.171.0     rollout       archived     0 methods   225 types  409886e0cfea971c"
    )
    _, shown, _ = codexwire("schema", "show", "ThreadSource", "--schema", "rollout@0.171.0")
    assert shown.startswith("ThreadSource  unknown, since 0.129.0\n")
    assert "n026-thread-source-case  patch  ThreadSource" in shown
    _, told, _ = codexwire("schema", "history", "RolloutLine", "--protocol", "rollout")
    assert "  0.153.0    RolloutLine has the new variant token_usage_record" in told.splitlines()
    _, told, _ = codexwire(
        "schema", "history", "SessionMetaLine.session_id", "--protocol", "rollout"
    )
    assert told.splitlines() == [
        "SessionMetaLine.session_id (field, unknown): since 0.142.0",
        "  0.142.0    SessionMetaLine.session_id is new: optional SessionId",
    ]
    _, counts, _ = codexwire("schema", "history", "--protocol", "rollout", "--format", "json")
    assert len(json.loads(counts)["releases"]) == 52


@pytest.mark.parametrize(
    ("schema", "command"),
    [
        ("schema-list", "schema list --all --protocol"),
        ("schema-history", "schema history --protocol"),
        ("map", "schema show"),
    ],
)
@pytest.mark.parametrize("source", ["rollout", "exec-stream"])
def test_documents_are_as_described(schema: str, command: str, source: str, codexwire: Run) -> None:
    described = json.loads((schema_root() / "report" / f"{schema}.schema.json").read_text("utf-8"))
    code, out, err = codexwire(*command.split(), source, "--format", "json")
    assert code == 0, err
    jsonschema.validate(json.loads(out), described)


def test_two_releases_are_compared(codexwire: Run, tmp_path: Path) -> None:
    _, done, _ = codexwire("diff", "rollout@0.150.0", "rollout@0.151.0", "--format", "json")
    found = json.loads(done)
    named = {(f["rule"], f["type"]) for f in found["findings"]}
    assert {("variant-added", "TurnItem"), ("enum-value-added", "CodexErrorInfo")} <= named
    _, file, _ = codexwire(
        "diff", str(file_of("0.150.0", tmp_path)), "rollout@0.151.0", "--format", "json"
    )
    assert json.loads(file)["findings"] == found["findings"]
    code, _, err = codexwire("diff", "rollout@0.150.0", "0.171.0")
    assert (code, "is of the protocol codex-rollout" in err) == (2, True)


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> ModuleType:
    folder = tmp_path_factory.mktemp("rollout")
    (output,) = generate("rollout@0.163.0", out=folder, package="rollout_0163")
    output.write()
    assert check_package(folder) == ""
    sys.path.insert(0, str(folder))
    return importlib.import_module("rollout_0163")


LINE = (
    b'{"timestamp":"2026-11-28T11:31:12.127Z","ordinal":7,"type":"event_msg","payload":{"type":'
    b'"item_completed","thread_id":"T","turn_id":"U","item":{"type":"Plan","id":"I","text":"a"},'
    b'"completed_at_ms":1}}'
)


def test_its_package_decodes_judges_and_finds_ids(package: ModuleType) -> None:
    line = package.decode_line(LINE)
    assert type(line.root).__name__ == "EventMsgRolloutLine"
    assert (line.root.ordinal, line.root.payload.item.text) == (7, "a")
    ids = (package.thread_id, package.turn_id, package.item_id, package.call_id, package.session_id)
    assert [read(line) for read in ids] == ["T", "U", "I", None, None]
    assert [read(json.loads(LINE)) for read in ids] == ["T", "U", "I", None, None]
    assert package.accepts_line(LINE)
    assert not package.accepts_line(LINE.replace(b"turn_id", b"turn"))
    assert package.dump_line(line) == LINE


def test_what_it_does_not_know_is_kept(package: ModuleType) -> None:
    for old, new, rule in (
        (b'"Plan"', b'"Dream"', "unknown-variant"),
        (b'"event_msg"', b'"event_msg2"', "unknown-variant"),
        (b'"ordinal":7', b'"ordinal":7,"mood":"calm"', "unknown-field"),
        (b'"id":"I"', b'"id":"I","id":"J"', "repeated-key"),
    ):
        text = LINE.replace(old, new)
        line = package.decode_line(text)
        assert package.dump_line(line) == text
        assert [note.rule for note in package.drift_notes(line, part="")] == [rule]
    assert package.dump_line(package.decode_line(b"[1]")) == b"[1]"
    with pytest.raises(package.DecodeError, match="not JSON"):
        package.decode_line(LINE[:-1])
    with pytest.raises(package.DecodeError) as caught:
        package.decode_line(LINE.replace(b'"T"', b"5"), mode="strict")
    assert (caught.value.pointer, caught.value.rule) == ("/payload/thread_id", "schema/type")


@pytest.mark.parametrize("style", [s for s in STYLES if s != "pydantic"])
def test_other_styles_are_written_too(style: str, tmp_path: Path) -> None:
    (output,) = generate("rollout@0.116.0", out=tmp_path / "out", style=style)
    output.write()
    assert output.folder.name == "codex_rollout"
    assert check_package(tmp_path / "out") == ""


def test_a_file_becomes_the_same_package_as_its_release(tmp_path: Path) -> None:
    (named,) = generate("rollout@0.150.0", out=tmp_path / "a")
    (read,) = generate(str(file_of("0.150.0", tmp_path)), out=tmp_path / "a")
    assert read.files.keys() == named.files.keys()
    assert read.files["decode.py"].splitlines()[2:] == named.files["decode.py"].splitlines()[2:]

"""One schema, many forms: full bundle, flat bundle, gzip, a folder of types, a folder by channel."""

from __future__ import annotations

import gzip
import json
import shutil
import tarfile
from pathlib import Path
from typing import IO, cast

import pytest

from codexwire.direction import Stability
from codexwire.errors import IngestError
from codexwire.ingest import load, load_files
from codexwire.ingest.document import open_document
from codexwire.ingest.embedded import vendored
from codexwire.ir.canonical import canonical_json, strip_annotations
from codexwire.ir.hole import HoleKind
from codexwire.ir.model import Protocol
from codexwire.ir.walk import references
from codexwire.profiles.table import DEFAULT
from codexwire.version import Version

DATA = Path(__file__).parents[2] / "data" / "schema-forms" / "0.115.0-stable.tar.xz"
GOLDEN = Path(__file__).parents[2] / "golden"


@pytest.fixture(scope="module")
def written(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that the binary of 0.115.0 wrote."""
    folder = tmp_path_factory.mktemp("written")
    with tarfile.open(DATA) as tar:
        for member in filter(tarfile.TarInfo.isfile, tar.getmembers()):  # a filter is new in 3.11.4
            file = folder / member.name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(cast("IO[bytes]", tar.extractfile(member)).read())
    return folder / "stable"


@pytest.fixture
def types_only(written: Path, tmp_path: Path) -> Path:
    """That folder without its bundles."""
    folder = tmp_path / "types"
    shutil.copytree(written, folder)
    (folder / DEFAULT.bundle.file).unlink()
    (folder / DEFAULT.bundle.flat_file).unlink()
    return folder


def reachable(protocol: Protocol) -> dict[str, str]:
    """Full name → meaning of every type that a message can contain."""
    pending = [name for method in protocol.methods for name in references(method.branch)]
    found: dict[str, str] = {}
    while pending:
        name = pending.pop()
        if name not in found:
            schema = protocol.types[name].schema
            found[name] = canonical_json(strip_annotations(schema))
            pending.extend(references(schema))
    return found


def test_content_tells_the_release_in_any_form(written: Path, tmp_path: Path) -> None:
    bundle = written / DEFAULT.bundle.file
    packed = tmp_path / "packed"
    packed.write_bytes(gzip.compress(bundle.read_bytes()))
    shuffled = tmp_path / "shuffled.json"
    value = json.loads(bundle.read_text("utf-8"))
    value["definitions"] = dict(reversed(value["definitions"].items()))
    shuffled.write_text(json.dumps(value, indent=7), "utf-8")
    for path in (bundle, written, packed, shuffled):
        assert load(path).version == Version.parse("0.115.0"), path
    assert len({open_document(p).digest for p in (bundle, written, packed, shuffled)}) == 1


def test_a_changed_word_is_another_schema(written: Path, tmp_path: Path) -> None:
    text = (written / DEFAULT.bundle.file).read_text("utf-8")
    changed = tmp_path / "changed.json"
    changed.write_text(text.replace('"inProgress"', '"inprogress"', 1), "utf-8")
    assert text != changed.read_text("utf-8")
    assert load(changed).version is None


def test_a_folder_of_types_has_the_messages_of_the_bundle(written: Path, types_only: Path) -> None:
    bundle, folder = load(written), load(types_only)
    assert [m.name for m in folder.methods] == [m.name for m in bundle.methods]
    assert len(folder.methods) == 115
    assert reachable(folder) == reachable(bundle)


def test_a_folder_may_be_gzipped_file_by_file(types_only: Path) -> None:
    plain = open_document(types_only).digest
    for path in list(types_only.rglob("*.json")):
        path.with_name(path.name + ".gz").write_bytes(gzip.compress(path.read_bytes()))
        path.unlink()
    assert open_document(types_only).digest == plain


def test_a_bad_file_in_a_folder_is_named(types_only: Path) -> None:
    bad = types_only / "v2" / "TurnStartParams.json"
    bad.write_text("{")
    with pytest.raises(IngestError) as caught:
        load(types_only)
    assert caught.value.location is not None
    assert caught.value.location.file == str(bad)


def test_a_flat_bundle_says_what_it_lacks(written: Path) -> None:
    full, flat = open_document(written), open_document(written / DEFAULT.bundle.flat_file)
    assert full.complete
    assert not flat.complete
    assert set(flat.types) <= set(full.types)
    meaning = strip_annotations
    other = [n for n in flat.types if meaning(flat.types[n]) != meaning(full.types[n])]
    assert other == []
    lacking = {"ServerRequest", "ClientNotification", "JSONRPCError"}
    assert lacking <= set(full.types) - set(flat.types)
    names = {m.name for m in load(written / DEFAULT.bundle.flat_file).methods}
    assert "turn/start" in names


def test_a_folder_by_channel_is_both_schemas_and_is_called_after_its_release(
    tmp_path: Path,
) -> None:
    folder = tmp_path / "9.9.1"
    folder.mkdir()
    for channel in ("stable", "experimental"):
        shutil.copy(GOLDEN / f"{channel}.json", folder)
    protocol = load(folder)
    assert protocol.version == Version.parse("9.9.1")
    assert {s.channel for s in protocol.sources} == {"stable", "experimental"}
    assert {m.stability for m in protocol.methods} == {Stability.STABLE, Stability.EXPERIMENTAL}
    stable = load(folder, channel="stable")
    assert {m.stability for m in stable.methods} == {Stability.STABLE}
    assert len(stable.methods) < len(protocol.methods)
    folder.rename(tmp_path / "elsewhere")
    assert load(tmp_path / "elsewhere").version is None


def test_a_folder_by_channel_of_a_known_release_needs_no_name(tmp_path: Path) -> None:
    for channel, path in vendored(Version.parse("0.125.0")).items():
        shutil.copy(path, tmp_path / f"{channel}.json")
    assert load(tmp_path).version == Version.parse("0.125.0")


def test_the_experimental_file_of_a_known_release_finds_its_stable_one() -> None:
    files = vendored(Version.parse("0.125.0"))
    assert load(files["experimental"]).types == load("0.125.0").types
    assert {m.stability for m in load(files["stable"]).methods} == {Stability.STABLE}


def test_one_schema_of_no_known_release_does_not_tell_what_is_stable() -> None:
    protocol = load(GOLDEN / "experimental.json")
    assert {m.stability for m in protocol.methods} == {Stability.UNKNOWN}


def test_where_two_schemas_contradict_each_other_the_experimental_one_counts(
    tmp_path: Path,
) -> None:
    documents = {c: open_document(GOLDEN / f"{c}.json") for c in ("stable", "experimental")}
    other = json.loads((GOLDEN / "experimental.json").read_text("utf-8"))
    name = next(n for n, t in other["definitions"].items() if t.get("type") == "string")
    other["definitions"][name]["type"] = "integer"
    path = tmp_path / "experimental.json"
    path.write_text(json.dumps(other), "utf-8")
    assert load_files(documents).holes == ()
    protocol = load_files({**documents, "experimental": open_document(path)})
    assert [(h.kind, h.place) for h in protocol.holes] == [(HoleKind.CHANNEL, f"{name}#/type")]
    assert protocol.types[name].schema == other["definitions"][name]

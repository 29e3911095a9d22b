"""The archive of releases: what goes in comes out, for every release."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from unittest.mock import Mock

import pytest

from codexwire.ingest import channel, load_files, load_version
from codexwire.ingest.archive import archive
from codexwire.ingest.channel import archived_document
from codexwire.ingest.document import open_document
from codexwire.ingest.embedded import index
from codexwire.ingest.pack import pack, write_archive
from codexwire.ir.canonical import bare, protocol_digest
from codexwire.ir.model import Protocol, Source, TypeDef
from codexwire.model.archive import Archive, read_archive
from codexwire.profiles.table import DEFAULT
from codexwire.usecases.comparable import mended
from codexwire.version import Version

GOLDEN = Path(__file__).parents[2] / "golden"


def golden(version: str, *without: str) -> tuple[Protocol, Protocol]:
    """The golden protocol as a release, with and without some of its types, and itself mended."""
    documents = {c: open_document(GOLDEN / f"{c}.json") for c in ("stable", "experimental")}
    protocol = load_files(documents, version=Version.parse(version))
    types = {n: t for n, t in protocol.types.items() if n not in without}
    return replace(protocol, types=types), protocol


def undescribed(protocol: Protocol) -> Protocol:
    return replace(
        protocol,
        types={n: replace(t, schema=bare(t.schema)) for n, t in protocol.types.items()},
        methods=tuple(replace(m, branch=bare(m.branch)) for m in protocol.methods),  # type: ignore[arg-type]
        envelope={
            union: {name: bare(node) for name, node in beside.items()}
            for union, beside in protocol.envelope.items()
        },
    )


@pytest.fixture
def small(tmp_path: Path) -> Archive:
    """Four releases; `v2/Turn` is there, gone, there again, and mended in all of them."""
    releases = [golden("1.0.0"), golden("1.1.0", "v2/Turn"), golden("1.2.0"), golden("1.3.0")]
    path = tmp_path / "archive"
    path.write_bytes(
        write_archive(pack(releases), {(Version(1, 0, 0), Version(1, 3, 0)): (1, 2, 3, 4)})
    )
    return read_archive(path, DEFAULT)


def test_what_goes_in_comes_out(small: Archive) -> None:
    for version, without in {"1.0.0": (), "1.1.0": ("v2/Turn",), "1.3.0": ()}.items():
        published, mended = golden(version, *without)
        for expected, is_mended in ((published, False), (mended, True)):
            found = small.protocol(Version.parse(version), mended=is_mended)
            assert found is not None
            assert protocol_digest(found) == protocol_digest(undescribed(expected))
            assert found.sources == expected.sources
    assert small.protocol(Version(9, 9, 9)) is None


def test_since_is_of_the_period_that_a_release_is_in(tmp_path: Path) -> None:
    releases = [(p, p) for p, _ in (golden("1.0.0"), golden("1.1.0", "v2/Turn"), golden("1.2.0"))]
    path = tmp_path / "archive"
    path.write_bytes(write_archive(pack(releases), {}))
    found = read_archive(path, DEFAULT)
    since = {str(v): found.since("types", "v2/Turn", v) for v in found.versions}
    assert since == {"1.0.0": Version(1, 0, 0), "1.1.0": None, "1.2.0": Version(1, 2, 0)}
    assert found.since("types", "v2/Nothing", Version(1, 0, 0)) is None
    assert found.since("methods", "client request turn/start", Version(1, 2, 0)) == Version(1, 0, 0)


def test_breaks_are_those_of_a_pair(small: Archive) -> None:
    assert small.breaks(Version(1, 0, 0), Version(1, 3, 0)) == (1, 2, 3, 4)
    assert small.breaks(Version(1, 0, 0), Version(1, 2, 0)) is None
    assert small.sample == (Version(1, 0, 0), Version(1, 3, 0))


@pytest.mark.parametrize("version", archive().versions, ids=str)
def test_the_committed_archive_is_mended_by_the_rules_as_they_are(version: Version) -> None:
    """Else `python docs/write_releases.py` has to be run again."""
    published, kept = archive().protocol(version), archive().protocol(version, mended=True)
    assert published is not None
    assert kept is not None
    now = undescribed(mended(published))
    assert {n: (t.schema, t.stability) for n, t in kept.types.items()} == {
        n: (t.schema, t.stability) for n, t in now.types.items()
    }
    assert {(m.sender, m.kind, m.name): m for m in kept.methods} == {
        (m.sender, m.kind, m.name): m for m in now.methods
    }
    assert kept.envelope == now.envelope


@pytest.mark.parametrize("release", index(), ids=lambda r: f"{r.version}-{r.channel}")
def test_either_schema_of_a_release_is_in_it(release) -> None:  # type: ignore[no-untyped-def]
    bundle = open_document(release.file)
    found = archived_document(release.version, release.channel)
    assert found is not None
    assert found.types == {name: bare(node) for name, node in bundle.types.items()}


def test_a_value_that_only_one_schema_has_is_left_out_of_the_other(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An invented release: so far none has an enum whose values the two schemas list differently."""
    enum = {"enum": ["a", "b"], "x-experimental-values": ["b"]}
    sources = tuple(Source(name, "") for name in ("stable", "experimental"))
    release = Protocol("codex-app-server", None, sources, {"T": TypeDef("T", enum)}, ())
    kept = Mock(protocol=Mock(return_value=release))
    monkeypatch.setattr(channel, "archive", lambda: kept)
    for name, values in (("stable", ["a"]), ("experimental", ["a", "b"])):
        found = archived_document(Version.parse("0.171.0"), name)
        assert found is not None
        assert found.types == {"T": {"enum": values}}


@pytest.mark.parametrize("version", ["0.72.0", "0.125.0", "0.171.0"])
def test_methods_are_in_published_order(version: str) -> None:
    found = archive().protocol(Version.parse(version))
    assert found is not None
    assert [m.name for m in found.methods] == [
        m.name for m in load_version(Version.parse(version)).methods
    ]

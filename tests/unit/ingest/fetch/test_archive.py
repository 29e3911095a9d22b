"""One file out of a package, whatever else the package holds."""

from __future__ import annotations

import gzip
import re
import stat
import zipfile
from pathlib import Path

import pytest

from codexwire.errors import IngestError
from codexwire.ingest.fetch.archive import extract_one
from fake_release import tarball

WANTED = re.compile(r"package/bin/codex")
BINARY = b"\x7fELF" + b"." * 5000


def packed(path: Path, members: dict[str, bytes | str]) -> Path:
    path.write_bytes(tarball(members))
    return path


def zipped(path: Path, members: dict[str, bytes]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name, content)
    return path


@pytest.mark.parametrize("make", [packed, zipped])
def test_the_binary_is_taken_alone_and_can_be_run(make, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    members = {"package/a": b"a", "package/bin/codex": BINARY, "package/bin/codex-2": b"b"}
    archive = make(tmp_path / "archive", members)
    target = tmp_path / "out"
    extract_one(archive, WANTED, target, limit=1 << 20)
    assert target.read_bytes() == BINARY
    assert target.stat().st_mode & stat.S_IXUSR
    assert sorted(p.name for p in tmp_path.iterdir()) == ["archive", "out"]


@pytest.mark.parametrize(
    "name",
    [
        "../codex",
        "package/../../codex",
        "/etc/codex",
        "..\\codex",
        "C:\\codex",
        "package/a/../../../x",
    ],
)
@pytest.mark.parametrize("make", [packed, zipped])
def test_a_member_outside_its_folder_spoils_the_package(make, name: str, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    archive = make(tmp_path / "archive", {"package/bin/codex": BINARY, name: b"x"})
    with pytest.raises(IngestError, match="member outside its folder") as caught:
        extract_one(archive, WANTED, tmp_path / "out", limit=1 << 20)
    assert str(caught.value).startswith("archive: ")


@pytest.mark.parametrize("link", ["../../outside", "/etc/passwd", "a/../../../x"])
def test_a_link_outside_its_folder_spoils_the_package(link: str, tmp_path: Path) -> None:
    archive = packed(tmp_path / "archive", {"package/link": link, "package/bin/codex": BINARY})
    with pytest.raises(IngestError, match="member outside its folder"):
        extract_one(archive, WANTED, tmp_path / "out", limit=1 << 20)


def test_a_link_inside_its_folder_is_no_harm(tmp_path: Path) -> None:
    archive = packed(tmp_path / "archive", {"package/b/l": "../c", "package/bin/codex": BINARY})
    extract_one(archive, WANTED, tmp_path / "out", limit=1 << 20)
    assert (tmp_path / "out").read_bytes() == BINARY


def test_a_link_is_no_binary(tmp_path: Path) -> None:
    archive = packed(tmp_path / "archive", {"package/bin/codex": "other"})
    with pytest.raises(IngestError, match="no codex binary for this platform"):
        extract_one(archive, WANTED, tmp_path / "out", limit=1 << 20)
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize("make", [packed, zipped])
def test_a_binary_of_any_size_is_not_unpacked(make, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    archive = make(tmp_path / "archive", {"package/bin/codex": b"\0" * 50_000_000})
    assert archive.stat().st_size < 100_000
    with pytest.raises(IngestError, match="too large"):
        extract_one(archive, WANTED, tmp_path / "out", limit=10_000_000)
    assert (tmp_path / "out").stat().st_size <= 10_000_000


@pytest.mark.parametrize(
    "content",
    [
        tarball({"package/bin/codex": BINARY * 40})[:300],
        gzip.compress(b"no tar at all" * 400),
        b"neither gzip nor zip",
        b"",
        b"PK\x03\x04 no zip",
    ],
    ids=["cut short", "no tar", "rubbish", "empty", "no zip"],
)
def test_a_damaged_package_is_called_so(content: bytes, tmp_path: Path) -> None:
    archive = tmp_path / "archive"
    archive.write_bytes(content)
    with pytest.raises(IngestError, match="the package is damaged"):
        extract_one(archive, WANTED, tmp_path / "out", limit=1 << 20)


NAME = "package/bin/codex"


@pytest.mark.parametrize(
    ("local", "central"),
    [
        ({0: b"XX"}, {}),  # no member begins here
        ({30 + len(NAME) + 4: b"\xff"}, {}),  # the content is not what was packed
        ({14: bytes(4)}, {16: bytes(4)}),  # nor is its checksum
        ({8: bytes(2)}, {10: bytes(2), 20: b"\xff\xff\xff\x7f" * 2}),  # it is longer than the file
        ({6: b"\x01"}, {8: b"\x01"}),  # it is encrypted
        ({8: b"\x63"}, {10: b"\x63"}),  # or compressed in a way that nobody knows
    ],
)
def test_a_zip_that_is_damaged_inside(
    local: dict[int, bytes], central: dict[int, bytes], tmp_path: Path
) -> None:
    archive = zipped(tmp_path / "archive", {NAME: BINARY})
    data = bytearray(archive.read_bytes())
    for start, changes in ((0, local), (data.index(b"PK\x01\x02"), central)):
        for at, value in changes.items():
            data[start + at : start + at + len(value)] = value
    archive.write_bytes(bytes(data))
    with pytest.raises(IngestError, match="the package is damaged"):
        extract_one(archive, WANTED, tmp_path / "out", limit=1 << 20)

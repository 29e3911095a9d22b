"""A binary is asked in an empty room, and whatever it does there ends in a schema or one clear line."""

from __future__ import annotations

import json
import os
import time
from contextlib import suppress
from pathlib import Path

import pytest

from codexwire.errors import IngestError
from codexwire.ingest.fetch.binary import derive
from codexwire.ingest.fetch.process import Limits
from codexwire.version import Version
from fake_release import LINES, fake_binary, golden_bundles, put_binary

PATIENT = Limits(seconds=60, size=64 << 20)


def fake(tmp_path: Path, behaviour: str, **more: object) -> Path:
    content = fake_binary("9.9.1", behaviour, **more)  # type: ignore[arg-type]
    return put_binary(tmp_path / "codex", content)


def test_both_channels_as_written_and_the_version(tmp_path: Path) -> None:
    steps: list[str] = []
    derived = derive(fake(tmp_path, "good"), limits=PATIENT, say=steps.append)
    assert derived.version == Version.parse("9.9.1")
    assert {c: b.decode() for c, b in derived.bundles.items()} == golden_bundles()
    assert steps == [
        "running codex app-server generate-json-schema --out DIR",
        "running codex app-server generate-json-schema --out DIR --experimental",
        "running codex app-server generate-internal-json-schema --out DIR",
    ]
    assert derived.lines == {"rollout": LINES.encode()}


def test_no_schema_of_lines_of_a_release_that_writes_none(tmp_path: Path) -> None:
    derived = derive(fake(tmp_path, "good", lines=""), limits=PATIENT)
    assert (list(derived.bundles), derived.lines) == (["stable", "experimental"], {})


def test_one_channel_of_a_release_that_has_no_other(tmp_path: Path) -> None:
    stable = {"stable": golden_bundles()["stable"]}
    assert list(derive(fake(tmp_path, "good", bundles=stable)).bundles) == ["stable"]


def test_it_sees_nothing_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "a secret")
    monkeypatch.setenv("CODEX_HOME", str(tmp_path))
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:9")
    needed = (
        "LANG",
        "LC_ALL",
        "PATH",
        "SYSTEMROOT",
        "WINDIR",
    )  # texts, programs, and Windows itself
    for name in needed[:2] + needed[3:]:
        monkeypatch.setenv(name, "C")
    before = sorted(tmp_path.iterdir())
    derived = derive(fake(tmp_path, "spy"), limits=PATIENT)
    for content in derived.bundles.values():
        seen = json.loads(content)
        assert "a secret" not in content.decode()
        assert not {"OPENAI_API_KEY", "HTTPS_PROXY"} & seen["environment"].keys()
        assert all(seen["environment"][name] == os.environ[name] for name in needed)
        for name in ("HOME", "CODEX_HOME", "TMPDIR", "USERPROFILE"):
            assert "codexwire-" in seen["environment"][name]
        assert (seen["home"], seen["work"]) == ([], [])
        assert (seen["terminal"], seen["input"]) == (False, "")
        assert not Path(seen["environment"]["HOME"]).exists()
    assert sorted(tmp_path.iterdir()) == [*before, tmp_path / "codex"]


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [
        ("crash", "codex failed to write its stable schema: thread 'main' panicked"),
        ("fail", "codex failed to write its stable schema: Error: no space for ideas"),
        ("nothing", "codex wrote no codex_app_server_protocol.schemas.json"),
        ("link", "codex wrote no codex_app_server_protocol.schemas.json"),
        ("older", "cannot write its schema: error: unrecognized subcommand"),
    ],
)
def test_a_binary_that_does_not_do_it(behaviour: str, message: str, tmp_path: Path) -> None:
    with pytest.raises(IngestError) as caught:
        derive(fake(tmp_path, behaviour), limits=PATIENT)
    assert message in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_binary_that_hangs_is_killed_with_its_children(tmp_path: Path) -> None:
    note = tmp_path / "child"
    binary = fake(tmp_path, "hang", note=note)
    with pytest.raises(IngestError, match=r"did not end within 1\.5 s"):
        derive(binary, limits=Limits(seconds=1.5, size=64 << 20))
    child = int(note.read_text())
    for _ in range(100):  # until whoever inherited it has reaped it
        if gone(child):
            break
        time.sleep(0.05)
    assert gone(child)


def gone(pid: int) -> bool:
    with suppress(OSError):
        if "State:\tZ" in Path(f"/proc/{pid}/status").read_text():
            return True
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return True
    return False


@pytest.mark.parametrize("behaviour", ["huge-file", "huge-output"])
def test_a_binary_that_does_not_stop_writing_is_killed(behaviour: str, tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="wrote more than 8 MiB"):
        derive(fake(tmp_path, behaviour), limits=Limits(seconds=60, size=8 << 20))


def test_a_file_that_is_no_program(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="cannot run codex --version: Exec format error"):
        derive(put_binary(tmp_path / "codex", b"\x00\x01\x02\x03" * 100))


def test_a_file_that_may_not_be_run(tmp_path: Path) -> None:
    path = fake(tmp_path, "good")
    path.chmod(0o644)
    with pytest.raises(IngestError, match="cannot run codex --version: Permission denied"):
        derive(path)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(IngestError, match="there is no such binary") as caught:
        derive(tmp_path / "codex")
    assert str(caught.value).startswith(str(tmp_path / "codex"))


def test_a_build_that_does_not_say_its_version(tmp_path: Path) -> None:
    content = fake_binary("")
    assert derive(put_binary(tmp_path / "codex", content)).version is None

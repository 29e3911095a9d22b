"""`codexwire schema pull` as a user runs it: real pip, npm and git, fake releases, every failure."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from fake_world import ENTRY, World, provenance, refused

from codexwire.ingest import load
from fake_release import (
    LINES,
    NPM_MEMBER,
    OLD_NPM_MEMBER,
    PLATFORM,
    WHEEL_MEMBER,
    fake_binary,
    golden_bundles,
    index_page,
    npm_package,
    put_binary,
    sha512,
    wheel,
)


def test_a_wheel_becomes_a_cache_entry_with_its_provenance(world: World) -> None:
    path = world.release("9.9.1")
    done = world.pull("9.9.1")
    assert done.code == 0, done.err
    assert world.cached() == [f"schema/9.9.1/{name}" for name in ENTRY]
    table = provenance(world, "9.9.1")
    for channel, text in golden_bundles().items():
        content = (world.cache / "schema/9.9.1" / f"{channel}.json").read_bytes()
        assert content == text.encode()
        assert table["channel"][channel]["sha256"] == hashlib.sha256(content).hexdigest()
    assert table["origin"] == "pypi"
    assert table["package"] == "openai-codex-cli-bin==9.9.1"
    assert table["integrity"] == f"sha256:{hashlib.sha256(path.read_bytes()).hexdigest()}"
    assert table["binary"] == f"sha256:{hashlib.sha256(fake_binary('9.9.1')).hexdigest()}"
    assert table["command"] == "codex app-server generate-json-schema --out DIR"
    assert str(world.folder) not in (world.cache / "schema/9.9.1/provenance.toml").read_text()
    methods = {c: t["methods"] for c, t in table["channel"].items()}
    assert done.out == (
        "9.9.1: pulled from openai-codex-cli-bin==9.9.1: "
        f"stable {methods['stable']} methods, experimental {methods['experimental']} methods, "
        "RolloutLine.json\n"
    )
    assert load("9.9.1").methods == load(world.cache / "schema/9.9.1").methods


def test_the_schema_of_saved_sessions_is_kept_beside_the_bundle(
    world: World, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    world.release("9.9.1")
    assert world.pull("9.9.1", "--to", str(tmp_path / "kept")).code == 0
    kept = tmp_path / "kept" / "9.9.1" / "RolloutLine.json"
    assert kept.read_text("utf-8") == LINES
    monkeypatch.setenv("CODEXWIRE_CACHE", str(world.cache))
    for source in ("rollout@9.9.1", str(kept), "rollout"):
        protocol = load(source)
        assert (protocol.name, sorted(protocol.types)) == (
            "codex-rollout",
            ["RolloutLine", "SessionMetaLine"],
        )
    verified = world.command("schema", "verify", "9.9.1")
    assert (verified.code, "rollout" in verified.out) == (0, True)
    path = world.cache / "schema/9.9.1/RolloutLine.json"
    path.write_text(LINES.replace("timestamp", "time"), "utf-8")
    assert "the file is not the one that was kept" in world.command("schema", "verify").out
    listed = world.command("schema", "list", "--protocol", "rollout")
    assert listed.out.startswith("9.9.1       rollout       cached       0 methods     2 types  ")


def test_a_release_without_a_schema_of_saved_sessions_says_so(world: World) -> None:
    world.release("9.9.1", lines="")
    done = world.pull("9.9.1")
    assert done.code == 0
    assert done.out.endswith(" methods\n")
    note = "9.9.1 writes no RolloutLine.json (releases from 0.116.0 on do)"
    assert done.err == f"codexwire: note: {note}\n"


def test_the_second_pull_needs_nobody(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.release("9.9.1")
    assert world.pull("9.9.1").code == 0
    shutil.rmtree(world.wheels)
    monkeypatch.setenv("PATH", "")
    done = world.pull("9.9.1")
    assert (done.code, done.err) == (0, "")
    assert done.out.startswith("9.9.1: already cached: stable ")


def test_force_pulls_again(world: World) -> None:
    world.release("9.9.1")
    assert world.pull("9.9.1").code == 0
    (world.cache / "schema/9.9.1/stable.json").write_text("{}")
    (world.cache / "schema/9.9.1/provenance.toml").write_text("rubbish")
    assert "damaged" in world.pull("9.9.1").err
    assert "pulled from" in world.pull("9.9.1", "--force").out
    assert world.command("schema", "verify", "9.9.1").code == 0


def test_a_kept_binary_is_what_verify_asks(world: World) -> None:
    world.release("9.9.1")
    assert world.pull("9.9.1").code == 0
    assert "binary" not in world.command("schema", "verify", "9.9.1").out
    assert world.pull("9.9.1", "--keep-binary").code == 0
    assert "bin/9.9.1/codex" in world.cached()
    done = world.command("schema", "verify", "9.9.1")
    assert done.code == 0
    assert done.out.count("  binary     ok") == 3
    other = golden_bundles() | {"experimental": golden_bundles()["stable"]}
    put_binary(world.cache / "bin/9.9.1/codex", fake_binary("9.9.1", bundles=other))
    done = world.command("schema", "verify", "9.9.1")
    assert done.code == 1
    assert done.out.count("the binary writes something else") == 1


@pytest.mark.parametrize("form", ["split", "old"])
def test_an_npm_package_of_either_form(form: str, world: World, npm: Callable[..., None]) -> None:
    name, member = {
        "split": (f"9.9.1-{PLATFORM}", NPM_MEMBER),
        "old": ("9.9.1", OLD_NPM_MEMBER),
    }[form]
    others = {"package/vendor/sparc-sun-solaris/codex/codex": b"other platform"}
    package = npm_package(name, {**others, member: fake_binary("9.9.1")})
    npm({name: package})
    done = world.pull("9.9.1", "--source", "npm")
    assert done.code == 0, done.err
    table = provenance(world, "9.9.1")
    assert (table["origin"], table["package"]) == ("npm", f"@openai/codex@{name}")
    assert table["integrity"] == sha512(package)
    assert world.cached() == [f"schema/9.9.1/{name}" for name in ENTRY]


@pytest.mark.parametrize("asked", ["9.9.1a4", "9.9.1-alpha.4"])
@pytest.mark.parametrize("registry", ["pypi", "npm"])
def test_each_registry_is_asked_for_a_pre_release_in_its_own_spelling(
    world: World, npm: Callable[..., None], asked: str, registry: str
) -> None:
    binary = fake_binary("9.9.1-alpha.4")
    wheel(world.wheels, "9.9.1a4", {WHEEL_MEMBER: binary})
    npm({"9.9.1-alpha.4": npm_package("9.9.1-alpha.4", {OLD_NPM_MEMBER: binary})})
    done = world.pull(asked, "--source", registry)
    assert done.code == 0, done.err
    package = {"pypi": "openai-codex-cli-bin==9.9.1a4", "npm": "@openai/codex@9.9.1-alpha.4"}
    assert done.out.startswith(f"9.9.1-alpha.4: pulled from {package[registry]}: ")
    assert world.cached() == [f"schema/9.9.1-alpha.4/{name}" for name in ENTRY]
    assert str(load("9.9.1a4").version) == "9.9.1-alpha.4"


def test_whichever_registry_has_it(world: World, npm: Callable[..., None]) -> None:
    world.release("9.9.1")
    npm({"9.9.2": npm_package("9.9.2", {OLD_NPM_MEMBER: fake_binary("9.9.2")})})
    done = world.command("schema", "pull", "9.9.1", "9.9.2")
    assert done.code == 0, done.err
    assert "openai-codex-cli-bin==9.9.1" in done.out
    assert "@openai/codex@9.9.2" in done.out


def test_a_registry_that_is_down_does_not_hide_the_other(world: World) -> None:
    world.release("9.9.1")
    assert world.command("schema", "pull", "9.9.1").code == 0
    done = world.command("schema", "pull", "9.9.2")
    assert done.code == 2
    assert "npm could not download @openai/codex@9.9.2" in done.err


def test_no_network_is_not_no_such_release(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("PIP_NO_INDEX")
    monkeypatch.setenv("PIP_INDEX_URL", "http://127.0.0.1:9/simple")  # where nobody listens
    monkeypatch.setenv("PIP_RETRIES", "1")
    done = world.pull("9.9.1", "--source", "pypi")
    refused(world, done, "pip could not reach its index for openai-codex-cli-bin==9.9.1")


def test_no_such_release(world: World, npm: Callable[..., None]) -> None:
    world.release("9.9.1")
    npm({"9.9.1": npm_package("9.9.1", {})})
    done = world.command("schema", "pull", "9.9.3")
    refused(world, done, "no release 9.9.3", "openai-codex-cli-bin==9.9.3", "@openai/codex@9.9.3")


def test_no_client(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    done = world.pull("9.9.1", "--source", "npm")
    refused(world, done, "no release 9.9.1: npm is not available")


def test_a_wheel_that_is_not_what_its_index_says(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = index_page({world.release("9.9.1"): "0" * 64}, world.folder / "index.html")
    monkeypatch.setenv("PIP_FIND_LINKS", str(page))
    refused(world, world.pull("9.9.1"), "wrong checksum: openai-codex-cli-bin==9.9.1")


def test_an_npm_package_that_is_not_what_its_registry_says(
    world: World, npm: Callable[..., None]
) -> None:
    package = npm_package("9.9.1", {OLD_NPM_MEMBER: fake_binary("9.9.1")})
    npm({"9.9.1": package}, integrity={"9.9.1": sha512(b"something else")})
    done = world.pull("9.9.1", "--source", "npm")
    refused(world, done, "wrong checksum: @openai/codex@9.9.1")


def test_a_member_outside_its_folder(world: World, npm: Callable[..., None]) -> None:
    members = {OLD_NPM_MEMBER: fake_binary("9.9.1"), "package/../../escaped": b"x"}
    npm({"9.9.1": npm_package("9.9.1", members)})
    done = world.pull("9.9.1", "--source", "npm")
    refused(world, done, "member outside its folder: 'package/../../escaped'")


def test_a_package_without_a_binary(world: World) -> None:
    wheel(world.wheels, "9.9.1", {"codex_cli_bin/__init__.py": b""})
    refused(world, world.pull("9.9.1"), "no codex binary for this platform")


def changed(**channels: object) -> dict[str, str]:
    return {c: t if isinstance(t, str) else json.dumps(t) for c, t in channels.items()}


BAD_BUNDLES = {
    "rubbish": (changed(stable="no JSON"), "what came is no schema: not JSON"),
    "cut short": (changed(stable=golden_bundles()["stable"][:999]), "no schema: not JSON"),
    "foreign": (changed(stable={"openapi": "3.1.0"}), "no definitions/ClientRequest"),
}


@pytest.mark.parametrize("case", BAD_BUNDLES)
def test_a_binary_that_writes_no_schema(case: str, world: World) -> None:
    bundles, message = BAD_BUNDLES[case]
    world.release("9.9.1", bundles=bundles)
    refused(world, world.pull("9.9.1"), message)


ODD_BUNDLES = {
    "contradiction": (
        changed(
            stable=golden_bundles()["stable"],
            experimental=golden_bundles()["experimental"].replace(
                '"type": "boolean"', '"type": "integer"'
            ),
        ),
        "contradict each other",
    ),
    "without a response": (
        changed(stable=golden_bundles()["stable"].replace("ThreadStartResponse", "ThreadOdd")),
        '"thread/start" = "v2/TYPE"',
    ),
    "a reference to nothing": (
        changed(stable=golden_bundles()["stable"].replace('"TurnStatus": {', '"TurnOdd": {')),
        "v2/TurnStatus is not defined",
    ),
}


@pytest.mark.parametrize("case", ODD_BUNDLES)
def test_what_is_not_known_of_a_release_is_a_warning(case: str, world: World) -> None:
    bundles, message = ODD_BUNDLES[case]
    world.release("9.9.1", bundles=bundles)
    done = world.pull("9.9.1")
    assert done.code == 0, done.err
    assert done.out.startswith("9.9.1: pulled from ")
    assert done.err.startswith("codexwire: warning: codex-app-server 9.9.1: ")
    assert message in done.err


@pytest.mark.parametrize(
    ("behaviour", "message"),
    [("crash", "panicked"), ("nothing", "codex wrote no"), ("older", "cannot write its schema")],
)
def test_a_binary_that_fails(behaviour: str, message: str, world: World) -> None:
    world.release("9.9.1", behaviour)
    refused(world, world.pull("9.9.1"), message)


def test_a_binary_that_hangs(world: World) -> None:
    world.release("9.9.1", "hang", note=world.folder / "child")
    refused(world, world.pull("9.9.1", "--timeout", "1"), "did not end within 1 s", "--timeout")


def test_a_package_that_holds_another_release(world: World) -> None:
    wheel(world.wheels, "9.9.1", {WHEEL_MEMBER: fake_binary("9.9.2")})
    refused(world, world.pull("9.9.1"), "openai-codex-cli-bin==9.9.1 holds codex 9.9.2")


def test_a_known_release_that_says_something_else(world: World) -> None:
    world.release("0.163.0")
    message = "this is not the stable schema that codex 0.163.0 published"
    refused(world, world.pull("0.163.0"), message)

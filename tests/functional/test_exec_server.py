"""The exec-server's schema through the whole pipeline: packages, decoding, ids, validators, diff."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType
from typing import Any, get_args, get_type_hints

import jsonschema
import pytest
from command import Run
from fake_exec_server import FakeExecServer

import codex_exec_server_protocol as pinned
from codexwire.resources import schema_root
from codexwire.runtime.errors import MessageError

DATA = Path(__file__).parents[1] / "data" / "exec-server"
RECORDED = ("0.140.0", "0.163.0")


def payloads(version: str) -> Iterator[tuple[str, str, str, Any, Any]]:
    """Yield (sender, kind, method, payload, whole message) of a release's recordings."""
    for path in sorted((DATA / version).glob("*.jsonl")):
        asked: dict[tuple[Any, str], str] = {}
        for line in path.read_text("utf-8").splitlines():
            entry = json.loads(line)
            message = entry.get("msg")
            if not isinstance(message, dict):
                continue
            key = entry.get("conn"), repr(message.get("id"))
            if "method" in message:
                kind = "request" if "id" in message else "notification"
                asked[key] = message["method"]
                yield entry["dir"], kind, message["method"], message.get("params"), message
            elif "result" in message and key in asked:
                yield entry["dir"], "result", asked[key], message["result"], message


def text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


# Decoding -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("version", RECORDED)
def test_recordings_decode_strictly_and_come_back(
    version: str, package_of: Callable[[str], ModuleType]
) -> None:
    package = package_of(f"exec-server@{version}")
    decoded: Counter[str] = Counter()
    for sender, kind, method, payload, message in payloads(version):
        value = getattr(package, f"decode_{kind}")(method, payload)
        assert text(package.dump(value)) == text(payload), message
        if sender == "server":  # the recorder was wrong on purpose at times, servers never
            typed = getattr(package, f"decode_{kind}")(method, payload, mode="strict")
            assert not package.drift_notes(typed)
            decoded[kind] += 1
    assert decoded["notification"] > 30
    assert decoded["result"] > 40


@pytest.mark.parametrize("version", RECORDED)
def test_the_pinned_package_reads_both(version: str) -> None:
    rules = {
        note.rule
        for sender, kind, method, payload, _ in payloads(version)
        for note in pinned.drift_notes(getattr(pinned, f"decode_{kind}")(method, payload))
        if sender == "server"
    }
    # An old server leaves out what came later; nothing else.
    assert rules == ({"missing-field", "t019-field-omitted"} if version == "0.140.0" else set())


@pytest.mark.parametrize("version", RECORDED)
def test_extractors_find_what_a_person_finds(
    version: str, package_of: Callable[[str], ModuleType]
) -> None:
    package = package_of(f"exec-server@{version}")
    found: Counter[str] = Counter()
    kinds: set[type] = set()
    for _, kind, method, payload, message in payloads(version):
        if not isinstance(payload, dict):
            continue
        part = "result" if kind == "result" else "params"
        process = payload.get("processId")
        if method in package.CLIENT_REQUESTS or method in package.SERVER_NOTIFICATIONS:
            expected = process if isinstance(process, str) else None
            assert package.process_id(method, payload, part=part) == expected, message
            found["process"] += expected is not None
        seq = payload.get("seq", payload.get("nextSeq"))
        assert package.seq(method, payload, part=part) == seq, message
        kinds.add(type(seq))
        found["seq"] += seq is not None
        if kind == "notification" and method in package.SERVER_NOTIFICATIONS:
            model = package.decode_notification(method, payload)
            assert package.seq(method, model) == seq
            assert package.process_id(method, model) == process
            assert package.request_id(method, model) == payload.get("requestId")
    assert found["process"] > 80
    assert found["seq"] > 40
    assert {*get_args(get_type_hints(package.seq)["return"])} == kinds


@pytest.mark.parametrize("version", RECORDED)
def test_validators_accept_what_servers_sent(
    version: str, package_of: Callable[[str], ModuleType]
) -> None:
    package = package_of(f"exec-server@{version}")
    for sender, kind, method, payload, message in payloads(version):
        if sender != "server":
            continue
        if kind == "result":
            assert package.accepts_value(method, payload, "client"), message
        else:
            assert package.accepts_message(message, "server"), message
            broken = {**message, "params": {**payload, "seq": "1"}}
            assert not package.accepts_message(broken, "server")


# The package --------------------------------------------------------------------------------------


def test_the_package_speaks_of_its_own_protocol() -> None:
    folder = Path(pinned.__file__).parent
    sources = {path: path.read_text("utf-8") for path in folder.rglob("*.py")}
    assert not [path for path, text in sources.items() if re.search(r"app.?server", text, re.I)]
    assert pinned.__doc__ is not None
    assert pinned.__doc__.startswith("The codex-exec-server protocol of codex 0.163.0.")
    manifest = json.loads((folder / "manifest.json").read_text("utf-8"))
    assert manifest["protocol"] == "codex-exec-server"
    assert manifest["command"] == "codexwire generate --schema exec-server@0.163.0"


def test_its_clients_have_a_typed_method_for_each_request() -> None:
    for kind in (pinned.ExecServerClient, pinned.AsyncExecServerClient):
        for method in pinned.CLIENT_REQUESTS:
            name = re.sub(r"(?<=[a-z])(?=[A-Z])", "_", method.replace("/", "_")).lower()
            assert callable(getattr(kind, name)), name


def test_what_does_not_make_params_is_not_sent() -> None:
    server = FakeExecServer()
    with pinned.ExecServerClient(server.open) as client:
        with pytest.raises(MessageError, match="process_id"):
            client.process_read(process_id=5)  # type: ignore[arg-type]
        answer = client.process_terminate(process_id="p")
        assert isinstance(answer, pinned.models.ProcessTerminateResponse)
        assert answer.running is True
        client.process_read(process_id="p", after_seq=None)
    assert server.sent("process/read") == [{"processId": "p", "afterSeq": None}]


# `generate` ---------------------------------------------------------------------------------------


def test_it_is_generated_by_itself(
    codexwire: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    args = ("generate", "--schema", "exec-server@0.140.0", "--package", "mine", "--out", "there")
    code, out, err = codexwire(*args)
    assert (code, err) == (0, "")
    assert out.startswith("there/mine: codex 0.140.0, 21 methods")
    assert codexwire(*args, "--check")[0] == 0
    (tmp_path / "there" / "mine" / "methods.py").write_text("")
    code, out, _ = codexwire(*args, "--check")
    assert code == 1
    assert "different  there/mine/methods.py" in out


def test_without_a_name_it_is_no_app_server(
    codexwire: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    settings = '[tool.codexwire]\nschema = "0.163.0"\npackage = "wire"\n'
    (tmp_path / "pyproject.toml").write_text(settings)
    code, _, err = codexwire("generate", "--schema", "exec-server", "--style", "typeddict")
    assert (code, err) == (0, "")
    assert [p.name for p in (tmp_path / "generated").iterdir()] == ["codex_exec_server_protocol"]


def test_a_project_has_further_packages(
    codexwire: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(
        '[tool.codexwire]\nschema = "exec-server@0.140.0"\nout = "src"\nstyle = "typeddict"\n'
        '[[tool.codexwire.packages]]\nschema = "exec-server@0.163.0"\npackage = "newer"\n'
    )
    code, out, err = codexwire("generate")
    assert (code, err) == (0, "")
    written = [line.split(",")[0] for line in out.splitlines()]
    assert written == [
        "src/codex_exec_server_protocol: codex 0.140.0",
        "src/newer: codex 0.163.0",
    ]
    lock = (tmp_path / "codexwire.lock").read_text("utf-8")
    assert "[package.codex_exec_server_protocol]" in lock
    assert "[package.newer]" in lock
    assert codexwire("generate", "--check")[0] == 0
    (tmp_path / "src" / "newer" / "extra.py").touch()
    code, out, _ = codexwire("generate", "--check")
    assert code == 1
    assert "orphan     src/newer/extra.py" in out
    assert "src/codex_exec_server_protocol: all" in out
    for named in ("newer", "codex_exec_server_protocol"):
        code, out, _ = codexwire("generate", "--package", named)
        assert (code, len(out.splitlines())) == (0, 1)
    assert codexwire("generate", "--check")[0] == 0


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[[tool.codexwire.packages]]\npackage = 'x'\n", "pyproject.toml:1: 'schema' is missing"),
        ("[[tool.codexwire.packages]]\nschema = 1\n", "schema must be a string"),
        ("[[tool.codexwire.packages]]\nshema = 'x'\n", "unknown key 'shema'"),
        ("[tool.codexwire]\npackages = 'x'\n", "packages must be tables"),
        ("[tool.codexwire]\npackages = ['x']\n", "packages[0] must be a table"),
    ],
)
def test_bad_settings_are_one_line(
    codexwire: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    text: str,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pyproject.toml").write_text(text)
    code, out, err = codexwire("generate")
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1


@pytest.mark.parametrize(
    ("args", "message"),
    [
        (["--schema", "exec-server@x"], "'x' is no version"),
        (["--schema", "exec-server@0.99.0"], "no exec-server protocol is known of 0.99.0"),
        (["--schema", "0.163.0,exec-server"], "must be of one protocol"),
        (["--schema", "exec-server", "--layout", "openai-sdk", "--out", "x"], "app-server only"),
    ],
)
def test_what_cannot_be_generated_is_one_line(
    codexwire: Run,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    args: list[str],
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    code, out, err = codexwire("generate", *args)
    assert (code, out) == (2, "")
    assert message in err
    assert err.count("\n") == 1
    assert not list(tmp_path.iterdir())


# `schema` -----------------------------------------------------------------------------------------


def test_schema_commands(codexwire: Run) -> None:
    code, out, _ = codexwire("schema", "list", "--protocol", "exec-server", "--format", "json")
    assert code == 0
    listed = json.loads(out)
    contract = json.loads((schema_root() / "report" / "schema-list.schema.json").read_text("utf-8"))
    jsonschema.validate(listed, contract)
    releases = [row["release"] for row in listed["schemas"]]
    assert (releases[0], releases[-1]) == ("0.0.0", "0.171.0")
    code, out, _ = codexwire("schema", "show", "exec-server@0.171.0")
    assert code == 0
    assert out.startswith("codex-exec-server 0.171.0\n\nclient requests (23)\n")
    code, out, _ = codexwire("schema", "show", "fs/open", "--schema", "exec-server")
    assert code == 0
    assert out.startswith("fs/open  client request, v2, stable, since 0.142.0\n")
    code, out, _ = codexwire(
        "schema", "history", "ProcessReadResponse", "--protocol", "exec-server"
    )
    assert code == 0
    assert "0.142.0    ProcessReadResponse.sandboxDenied is new: required boolean" in out
    code, _, err = codexwire("schema", "history", "turn/start", "--protocol", "exec-server")
    assert (code, err.count("\n")) == (2, 1)
    assert codexwire("schema", "list", "--protocol", "other")[0] == 2


# `diff` -------------------------------------------------------------------------------------------

# What the report on the recordings lists, per step: (rule, type or method, member).
STEPS: dict[tuple[str, str], set[tuple[str, str]]] = {
    ("0.0.0", "0.120.0"): {
        ("property-removed-required", "InitializeResponse.protocolVersion"),
        ("property-added-required", "InitializeResponse.sessionId"),
        ("property-added-optional", "InitializeParams.resumeSessionId"),
        ("property-added-optional", "ProcessStartParams.pipeStdin"),
        ("property-added-required", "ProcessReadResponse.closed"),
        ("property-added-required", "ProcessReadResponse.failure"),
        ("property-added-required", "ProcessOutputChunk.seq"),
        ("property-added-required", "ProcessOutputNotification.seq"),
        ("property-added-required", "ProcessExitedNotification.seq"),
        ("property-removed-required", "ProcessWriteResponse.accepted"),
        ("property-added-required", "ProcessWriteResponse.status"),
        ("notification-added", "process/closed"),
        *(
            ("request-added", f"fs/{name}")
            for name in (
                "copy",
                "createDirectory",
                "getMetadata",
                "readDirectory",
                "readFile",
                "remove",
                "writeFile",
            )
        ),
    },
    ("0.120.0", "0.140.0"): {
        ("property-added-required", "FsGetMetadataResponse.isSymlink"),
        ("property-added-required", "FsGetMetadataResponse.size"),
        ("property-added-optional", "ProcessStartParams.envPolicy"),
        ("request-added", "environment/info"),
        ("request-added", "fs/canonicalize"),
        ("request-added", "http/request"),
        ("request-added", "process/signal"),
        ("notification-added", "http/request/bodyDelta"),
    },
    ("0.140.0", "0.150.0"): {
        ("constraint-tightened", "ExecPath"),
        ("constraint-loosened", "ExecPath"),
        ("property-added-required", "InitializeResponse.environmentInfo"),
        ("property-added-required", "EnvironmentInfoResponse.capabilities"),
        ("property-added-required", "EnvironmentInfoResponse.cwd"),
        ("property-added-required", "EnvironmentInfoResponse.tempDir"),
        ("property-added-required", "EnvironmentInfoResponse.temporaryDirectories"),
        ("property-added-required", "ProcessExitedNotification.sandboxDenied"),
        ("property-added-required", "ProcessReadResponse.sandboxDenied"),
        ("property-added-required", "ProcessStartResponse.sandboxType"),
        ("property-added-required", "ProcessWriteParams.writeId"),
        ("property-added-optional", "ProcessStartParams.enforceManagedNetwork"),
        ("property-added-optional", "ProcessStartParams.managedNetwork"),
        ("property-added-optional", "ProcessStartParams.sandbox"),
        ("request-added", "environment/status"),
        ("request-added", "fs/close"),
        ("request-added", "fs/open"),
        ("request-added", "fs/readBlock"),
        ("request-added", "fs/walk"),
    },
    ("0.150.0", "0.169.0"): {
        ("property-added-required", "EnvironmentInfoResponse.executorVersion"),
        ("property-added-required", "EnvironmentInfoResponse.platformOs"),
        ("property-added-required", "EnvironmentInfoResponse.providerId"),
        ("property-added-required", "EnvironmentInfoResponse.userHomeDir"),
        ("property-added-optional", "ProcessStartParams.metadata"),
        ("request-added", "environmentConfig/read"),
        ("request-added", "fs/watchMissing"),
    },
    ("0.169.0", "0.171.0"): {
        ("property-added-optional", "ExecServerCapabilities.networkProxyTransparentTcp"),
    },
}


@pytest.mark.parametrize("step", STEPS, ids="→".join)
def test_the_diff_lists_what_was_seen(codexwire: Run, step: tuple[str, str]) -> None:
    old, new = (f"exec-server@{version}" for version in step)
    code, out, err = codexwire("diff", old, new, "--format", "json", "--all")
    assert (code, err) == (0, "")
    report = json.loads(out)
    contract = json.loads((schema_root() / "report" / "diff.schema.json").read_text("utf-8"))
    jsonschema.validate(report, contract)
    listed = {(f["rule"], subject(f)) for f in report["findings"]}
    assert STEPS[step] <= listed, sorted(STEPS[step] - listed)
    assert not [f for f in listed if f[0].startswith("request-removed")]


def subject(finding: dict[str, Any]) -> str:
    """The method, type or member that a finding is about."""
    if finding["type"] in ("ClientRequest", "ServerNotification"):
        return str(finding["methods"][0])
    member = finding["pointer"].rpartition("/properties/")[2]
    return f"{finding['type']}.{member}" if member else str(finding["type"])


@pytest.mark.parametrize("format", ["text", "markdown"])
def test_the_diff_has_a_break_that_fails(codexwire: Run, format: str) -> None:
    args = ("diff", "exec-server@0.140.0", "exec-server@0.150.0", "--format", format)
    code, out, err = codexwire(*args, "--fail-on", "breaking:i")
    assert (code, err) == (1, "")
    assert "ProcessWriteParams" in out
    assert "writeId" in out

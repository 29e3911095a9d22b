"""`compat --contract`: what servers refuse of what a client sends, and what strict readers may fail on.

What the servers did stands beside the cases: it was tried on the released binaries (`benchmarks/compat.py`).
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import jsonschema
import pytest
from command import Run

from codexwire.resources import schema_root

CONTRACTS = Path(__file__).parents[1] / "data" / "contracts"
RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"
SCHEMA = json.loads((schema_root() / "report" / "compat.schema.json").read_text("utf-8"))

Cells: TypeAlias = "dict[str, dict[str, Any]]"


@pytest.fixture
def cells(codexwire: Run) -> Callable[..., Cells]:
    """Run `compat` with a contract; return the client's cells, by server."""

    def call(contract: Path, *servers: str) -> Cells:
        args = [*servers, "--contract", contract, "--format", "json"]
        code, out, _ = codexwire("compat", *args)
        assert code == 0
        document = json.loads(out)
        jsonschema.validate(document, SCHEMA)
        found: Cells = document["clients"][0]["servers"]
        return found

    return call


@pytest.fixture
def contract(tmp_path: Path) -> Callable[[str], Path]:
    """Write a contract of a client of 0.163.0."""

    def write(text: str) -> Path:
        path = tmp_path / "contract.toml"
        path.write_text(f'version = 1\nrelease = "0.163.0"\n{text}', "utf-8")
        return path

    return write


def refused(found: Cells) -> dict[str, list[str]]:
    for cell in found.values():
        assert cell["refused"] == len(cell["refusals"])
        assert cell["breaks"] == cell["refused"] + cell["strict_readers"]
    return {server: [r["what"] for r in cell["refusals"]] for server, cell in found.items()}


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("mini", {"0.72.0": [], "0.107.0": [], "0.115.0": [], "0.171.0": []}),
        ("mini2", {"0.120.0": ["thread/turns/list"], "0.125.0": [], "0.171.0": []}),
        ("mini3", {"0.107.0": [], "0.115.0": [], "0.135.0": [], "0.171.0": []}),
    ],
)
def test_small_contracts(
    cells: Callable[..., Cells], name: str, expected: dict[str, list[str]]
) -> None:
    assert refused(cells(CONTRACTS / f"{name}.toml", *expected)) == expected


@pytest.mark.parametrize(
    ("text", "server", "expected"),
    [
        ('[sends."v2/ReasoningEffort"]\nvalues = ["=max"]', "0.115.0", ["v2/ReasoningEffort=max"]),
        ('[sends."v2/ReasoningEffort"]\nvalues = ["=max"]', "0.163.0", []),
        (
            '[methods]\nClientRequest = ["review/start"]\n[sends."v2/ReviewDelivery"]\n'
            'values = ["=detached"]',
            "0.169.0",
            ["v2/ReviewDelivery=detached"],
        ),
        (
            '[methods]\nClientRequest = ["turn/start"]\n[sends."v2/UserInput"]\n'
            'variants = ["<audio>"]\nfields = ["<audio>.url"]\n'
            '[sends."v2/TurnStartParams"]\nfields = [".input"]',
            "0.125.0",
            ["v2/UserInput<audio>"],
        ),
        (
            '[methods]\nClientRequest = ["thread/start"]\n[sends."v2/ThreadStartParams"]\n'
            'fields = [".cwd", ".daybreakEnabled"]',
            "0.99.0",
            [],  # an unknown field is ignored
        ),
        ('[methods]\nClientNotification = ["initialized"]', "0.58.0", []),
        (
            '[methods]\nServerRequest = ["item/commandExecution/requestApproval"]\n'
            '[sends.CommandExecutionApprovalDecision]\nvalues = ["=acceptForSession"]',
            "0.63.0",
            ["CommandExecutionApprovalDecision=acceptForSession"],
        ),
    ],
    ids=["value", "own", "removed", "variant", "field", "notification", "answer"],
)
def test_what_is_refused(
    cells: Callable[..., Cells],
    contract: Callable[[str], Path],
    text: str,
    server: str,
    expected: list[str],
) -> None:
    assert refused(cells(contract(text), server)) == {server: expected}


HELLO = '[sends.InitializeParams]\nfields = [".clientInfo"]\n'
ASKING = (
    '[sends.InitializeParams]\nfields = [".capabilities"]\n'
    '[sends.InitializeCapabilities]\nfields = [".experimentalApi"]\n'
    'values = [".experimentalApi=%s"]\n'
)


@pytest.mark.parametrize(
    ("hello", "sent", "expected"),
    [
        (HELLO, "true", ["v2/ThreadStartParams.experimentalRawEvents"]),
        (HELLO, "false", []),
        (ASKING % "true", "true", []),
        (ASKING % "false", "true", ["v2/ThreadStartParams.experimentalRawEvents"]),
        ("", "true", []),  # it does not say how it begins
    ],
    ids=["not asked", "false", "asked", "asked not", "unknown"],
)
def test_what_is_experimental_is_for_who_asked(
    cells: Callable[..., Cells],
    contract: Callable[[str], Path],
    hello: str,
    sent: str,
    expected: list[str],
) -> None:
    path = contract(
        '[methods]\nClientRequest = ["initialize", "thread/start"]\n'
        f'{hello}[sends."v2/ThreadStartParams"]\nfields = [".experimentalRawEvents"]\n'
        f'values = [".experimentalRawEvents={sent}"]\n'
    )
    assert refused(cells(path, "0.125.0")) == {"0.125.0": expected}


def test_strict_readers_are_counted_apart(cells: Callable[..., Cells], tmp_path: Path) -> None:
    """A new kind of item is none of what the client sends, and may come to who reads items."""
    path = tmp_path / "contract.toml"
    path.write_text(
        'version = 1\nrelease = "0.163.0"\n[methods]\nClientRequest = ["turn/start"]\n'
        '[sends."v2/TurnStartParams"]\nfields = [".threadId", ".input"]\n'
        '[reads."v2/Thread"]\nfields = [".id", ".updatedAt"]\n'
        '[reads."v2/ThreadItem"]\nvariants = ["<agentMessage>"]\n',
        "utf-8",
    )
    found = cells(path, "0.107.0", "0.163.0", "0.169.0")
    assert refused(found) == {"0.107.0": [], "0.163.0": [], "0.169.0": []}
    assert found["0.163.0"]["strict_readers"] == 0
    assert found["0.169.0"]["strict_readers"] > 0
    assert all(cell["mild"] <= cell["strict_readers"] for cell in found.values())


def test_the_text_names_what_is_refused_and_the_servers_that_work(codexwire: Run) -> None:
    path = CONTRACTS / "mini2.toml"
    servers = ("0.115.0", "0.120.0", "0.125.0", "0.163.0", "0.169.0")
    code, out, err = codexwire("compat", *servers, "--contract", path)
    assert (code, err) == (0, "")
    assert out.splitlines()[1].split() == ["0.163.0", "1+4", "1+3", "+3", "·", "+3"]
    assert out.splitlines()[3:] == [
        "refused: thread/turns/list (unknown request) by 0.115.0, 0.120.0",
        "nor does a strict reader fail with: 0.163.0",
        "a client of 0.163.0 that keeps to the contract works with: 0.125.0 … 0.169.0",
    ]


def test_a_contract_keeps_values_that_a_server_may_refuse(codexwire: Run, tmp_path: Path) -> None:
    path = tmp_path / "contract.toml"
    code, out, err = codexwire("contract", "from", CONTRACTS / "sent.jsonl", "-o", path)
    assert (code, out) == (0, f"{path}: 4 messages of 0.163.0\n")
    text = path.read_text("utf-8")
    for kept in ('"=low"', '".serviceTier=fast"', '".model=null"', '".ephemeral=false"'):
        assert kept in text
    assert "secret" not in text
    assert "loud" not in text + err
    assert "left out, because 0.163.0 does not have it" in err
    assert "v2/TurnStartParams.myOwn" in err
    assert "v2/ThreadStartParams.personality=" in err
    assert codexwire("compat", "0.163.0", "0.99.0", "--contract", path)[0] == 0


def test_what_the_server_refused_is_no_part_of_the_contract(codexwire: Run, tmp_path: Path) -> None:
    path = tmp_path / "contract.toml"
    code, _, err = codexwire("contract", "from", CONTRACTS / "refused.jsonl", "-o", path)
    assert code == 0
    assert err.splitlines() == [
        "codexwire: note: left out, because the server refused it: review/start"
    ]
    assert "review/start" not in path.read_text("utf-8")
    code, out, _ = codexwire("compat", "0.125.0", "0.171.0", "--contract", path)
    assert code == 0
    assert out.endswith("works with: 0.125.0, 0.171.0\n")


@pytest.mark.parametrize("code", [-32603, -32001])
def test_a_request_that_failed_was_taken(codexwire: Run, tmp_path: Path, code: int) -> None:
    """The server failed in doing it, or had too much to do."""
    path = tmp_path / "failed.jsonl"
    lines = (CONTRACTS / "refused.jsonl").read_text("utf-8").replace("-32600", str(code))
    path.write_text(lines.replace("sideways", "inline"), "utf-8")
    exit_code, out, err = codexwire("contract", "from", path)
    assert (exit_code, err) == (0, "")
    assert "review/start" in out


def test_reads_are_an_upper_bound(codexwire: Run) -> None:
    recording = RECORDINGS / "0.163.0" / "s02_command_approval.jsonl"
    text = codexwire("contract", "from", recording)[1]
    assert text.splitlines()[2].startswith("# What it reads is an upper bound")


def test_a_release_that_nobody_said_is_guessed(codexwire: Run, tmp_path: Path) -> None:
    path = tmp_path / "silent.jsonl"
    lines = (CONTRACTS / "sent.jsonl").read_text("utf-8").splitlines(keepends=True)
    path.write_text(lines[0] + lines[2], "utf-8")
    code, out, err = codexwire("contract", "from", path)
    assert code == 0
    assert 'release = "0.163.0"' not in out
    assert "codexwire: warning: nothing says which release the server is; judged by" in err
    both = codexwire("contract", "from", path, CONTRACTS / "sent.jsonl")
    assert both[0] == 0
    assert 'release = "0.163.0"' in both[1]
    assert "nothing says" not in both[2]


def test_several_recordings_and_folders_are_one_client(codexwire: Run, tmp_path: Path) -> None:
    for name in ("sent", "refused"):
        (tmp_path / f"{name}.jsonl").write_bytes((CONTRACTS / f"{name}.jsonl").read_bytes())
    folder = codexwire("contract", "from", tmp_path)
    files = codexwire("contract", "from", *sorted(tmp_path.iterdir(), reverse=True))
    assert folder == files
    assert folder[0] == 0
    assert '"thread/start", "turn/start"' in folder[1]

"""`codexwire contract`, and `diff --contract`: only what a client touches."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command import Document, Run

RECORDINGS = Path(__file__).parents[1] / "data" / "recordings"


def test_a_contract_keeps_what_a_client_uses(codexwire: Run, tmp_path: Path) -> None:
    path = tmp_path / "contract.toml"
    recording = RECORDINGS / "0.163.0" / "s02_command_approval.jsonl"
    code, out, err = codexwire("contract", "from", recording, "-o", path)
    assert (code, err) == (0, "")
    assert out == f"{path}: 168 messages of 0.163.0\n"
    text = path.read_text("utf-8")
    assert 'release = "0.163.0"' in text
    assert 'ServerRequest = ["item/commandExecution/requestApproval"]' in text
    _, out, _ = codexwire("diff", "0.163.0", "0.166.0", "--contract", path, "--format", "json")
    kept = json.loads(out)["findings"]
    assert {f["type"] for f in kept if f["witness"]} == {"v2/ThreadItem"}
    everything = json.loads(codexwire("diff", "0.163.0", "0.166.0", "--format", "json")[1])
    assert len(kept) < len(everything["findings"]) / 4


def test_a_contract_of_methods_alone_is_about_all_they_contain(
    document: Document, tmp_path: Path
) -> None:
    path = tmp_path / "contract.toml"
    path.write_text('version = 1\n[methods]\nClientRequest = ["review/start"]\n', "utf-8")
    kept = document("0.163.0", "0.166.0", "--contract", path)["findings"]
    assert ("enum-value-removed", "v2/ReviewDelivery") in {(f["rule"], f["type"]) for f in kept}
    assert all("review/start" in f["methods"] for f in kept)


@pytest.mark.parametrize(
    ("contract", "name", "rule"),
    [
        ('[sends."v2/ReasoningEffort"]\nvalues = ["=low"]', "v2/ReasoningEffort", "type-widened"),
        (
            '[methods]\nClientRequest = ["thread/realtime/start"]',
            "v2/RealtimeVoice",
            "enum-value-added",
        ),
    ],
    ids=["sends", "methods"],
)
def test_a_contract_judges_by_the_side_that_it_uses(
    codexwire: Run,
    document: Document,
    tmp_path: Path,
    contract: str,
    name: str,
    rule: str,
) -> None:
    """Both sides write the type: what the server may write anew is nothing to who only sends it."""
    path = tmp_path / "contract.toml"
    path.write_text(f"version = 1\n{contract}\n", "utf-8")
    pair = ("0.125.0", "0.163.0")
    every = [f for f in document(*pair)["findings"] if (f["type"], f["rule"]) == (name, rule)]
    assert {f["breaks"]["old_client_new_server"] for f in every} == {"breaks"}
    kept = document(*pair, "--contract", path)["findings"]
    found = [f for f in kept if (f["type"], f["rule"]) == (name, rule)]
    assert [f["fingerprint"] for f in found] == [f["fingerprint"] for f in every]
    for finding in found:
        assert finding["directions"] == ["client_to_server"]
        assert finding["breaks"] == {
            "old_client_new_server": "safe",
            "new_client_old_server": "conditional",
        }
        assert finding["witness"].keys() == {"new_client_old_server"}
    run = codexwire("diff", *pair, "--contract", path, "--fail-on", "breaking:i")
    assert (run[0], run[2]) == (0, "")


def test_a_contract_that_asks_for_nothing_is_an_error(codexwire: Run, tmp_path: Path) -> None:
    path = tmp_path / "contract.toml"
    for text in ("version = 1\n", "version = 1\n[methods]\nClientRequest = []\n"):
        path.write_text(text, "utf-8")
        code, out, err = codexwire("diff", "0.163.0", "0.166.0", "--contract", path)
        assert (code, out) == (2, "")
        assert "the contract names no method and no type" in err


def test_a_contract_has_the_legacy_events_that_a_client_reads(
    codexwire: Run, document: Document, tmp_path: Path
) -> None:
    path = tmp_path / "contract.toml"
    recording = RECORDINGS / "0.72.0" / "s04_interrupt_steer.jsonl"
    assert codexwire("contract", "from", recording, "-o", path)[0] == 0
    assert '[reads."EventMsg"]' in path.read_text("utf-8")
    kept = document("0.72.0", "0.99.0", "--contract", path)["findings"]
    events = {(f["rule"], f["new"]) for f in kept if f["type"] == "EventMsg"}
    assert ("property-added-required", "required WebSearchAction") not in events
    assert any(rule == "variant-added" for rule, _ in events)


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ('ClientRequest = ["turn/stop"]', "no version has the ClientRequest method 'turn/stop'"),
        ('ServerEvent = ["x"]', "no union 'ServerEvent'"),
        ('ClientRequest = ["turn_start"]', "(did you mean 'turn/start'?)"),
        ('[reads."v2/Thraed"]', "(did you mean 'v2/Thread'?)"),
        ('[reads."v2/Thread"]\nfields = [".created_at"]', "(did you mean '.createdAt'?)"),
        ('[reads."v2/Nothing"]', "no version has the type 'v2/Nothing'"),
        ('[reads."v2/Thread"]\nfields = [".nope"]', "no version has '.nope' in v2/Thread"),
        ('[reads."v2/ThreadItem"]\nvariants = ["<x>"]', "no version has '<x>' in v2/ThreadItem"),
        ('[reads."v2/TurnStatus"]\nvalues = ["=x"]', "no version has '=x' in v2/TurnStatus"),
        (
            '[reads."v2/Thread"]\nfields = [\n".id",\n".nope"]',
            ":6: no version has '.nope' in v2/Thread (did you mean '.name'?)",
        ),
        (
            '[reads."v2/Thread"]\nfield = [".id"]',
            ":4: unknown key 'field' (did you mean 'fields'? known: fields, variants, values)",
        ),
        ('[reads."v2/Thread"]\nfields = ".id"', ":4: fields must be a list, got '.id'"),
        ("ClientRequest = [1]", ":3: ClientRequest[0] must be a string, got 1"),
        ("[extra]", ":3: unknown key 'extra' (known: version, release, methods, sends, reads)"),
    ],
)
def test_a_contract_that_names_nothing_is_an_error(
    codexwire: Run, tmp_path: Path, change: str, problem: str
) -> None:
    path = tmp_path / "contract.toml"
    path.write_text(f"version = 1\n[methods]\n{change}\n", "utf-8")
    code, out, err = codexwire("diff", "0.163.0", "0.166.0", "--contract", path)
    assert (code, out) == (2, "")
    assert problem in err
    assert err.startswith(f"codexwire: error: {path}:")
    assert err.count("\n") == 1


def test_what_neither_release_has_is_not_there_and_no_misspelling(
    codexwire: Run, tmp_path: Path
) -> None:
    """`thread/turns/list` came with 0.125.0: a client of a newer release calls it."""
    path = tmp_path / "contract.toml"
    path.write_text(
        'version = 1\n[methods]\nClientRequest = ["thread/turns/list", "turn/start"]\n', "utf-8"
    )
    code, out, err = codexwire("diff", "0.107.0", "0.115.0", "--contract", path)
    assert code == 0
    assert "\n9 changes\n" in out
    assert err == (
        "codexwire: note: of the contract, neither 0.107.0 nor 0.115.0 has:"
        " the ClientRequest method 'thread/turns/list'\n"
    )
    assert codexwire("diff", "0.107.0", "0.125.0", "--contract", path)[2] == ""


def test_a_contract_needs_a_recording_it_can_read(codexwire: Run, tmp_path: Path) -> None:
    empty = tmp_path / "empty.jsonl"
    empty.write_text("", "utf-8")
    code, out, err = codexwire("contract", "from", empty)
    assert (code, out) == (2, "")
    assert "the file is empty" in err
    two = [RECORDINGS / "0.163.0" / "s02_command_approval.jsonl"]
    two += sorted((RECORDINGS / "0.140.0").glob("*.jsonl"))[:1]
    code, _, err = codexwire("contract", "from", *two)
    assert code == 2
    assert "the recordings are of 0.163.0 and of 0.140.0" in err
    assert codexwire("contract", "from", *two, "--schema", "0.163.0")[0] == 0


def said(*messages: str) -> str:
    """A recording of an initialized session with these messages after it: the sender, then the message."""
    hello = (
        'client {"id":1,"method":"initialize","params":{"clientInfo":{"name":"c","version":"1"}}}',
        'server {"id":1,"result":{"userAgent":"c/0.163.0 (Linux)","codexHome":"/h","platformFamily":"unix",'
        '"platformOs":"linux"}}',
    )
    told = (message.partition(" ") for message in (*hello, *messages))
    return "".join(f'{{"ts":1,"dir":"{sender}","msg":{body}}}\n' for sender, _, body in told)


@pytest.mark.parametrize("error", ["null", '"boom"', "{}", "7"])
def test_an_error_of_any_form_is_a_refusal(error: str, codexwire: Run, tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(
        said(
            'client {"id":2,"method":"model/list","params":{}}',
            f'server {{"id":2,"error":{error}}}',
        )
    )
    code, out, err = codexwire("contract", "from", path)
    assert code == 0
    assert "model/list" not in out
    assert err == "codexwire: note: left out, because the server refused it: model/list\n"


def test_an_answer_that_does_not_fit_is_named_by_its_type(codexwire: Run, tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(
        said(
            'client {"id":2,"method":"model/list","params":{}}',
            'server {"id":2,"result":{"turn":{}}}',
        )
    )
    err = codexwire("contract", "from", path)[2]
    assert err.endswith("because 0.163.0 does not have it: v2/ModelListResponse<>\n")


def test_a_method_of_the_other_side_is_not_asked_for(codexwire: Run, tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(
        said('server {"method":"initialized\\u001b[1m"}', 'server {"method":"initialized"}')
    )
    err = codexwire("contract", "from", path)[2]
    assert err.endswith(
        "does not have it: initialized, initialized\\u001b[1m (did you mean 'initialized'?)\n"
    )


def test_a_contract_of_a_damaged_recording_is_no_success(codexwire: Run, tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(said() + "nonsense\n" + said())
    code, out, err = codexwire("contract", "from", path)
    assert code == 2
    assert '"initialize"' in out
    assert "lines not read, because they are no messages: 1" in err


def test_a_contract_says_what_of_a_recording_it_leaves_out(codexwire: Run, tmp_path: Path) -> None:
    lines = (RECORDINGS / "0.163.0" / "s02_command_approval.jsonl").read_bytes().splitlines(True)
    torn, bad = tmp_path / "torn.jsonl", tmp_path / "bad.jsonl"
    torn.write_bytes(b"".join(lines)[:-40])
    raw = json.dumps({"ts": 1, "dir": "client", "raw": "not json"}).encode() + b"\n"
    bad.write_bytes(b"".join([*lines[:8], raw, raw, *lines[8:]]))
    whole = codexwire("contract", "from", bad)[1]
    code, out, err = codexwire("contract", "from", torn, bad)
    assert (code, out) == (0, whole)
    assert err.splitlines() == [
        f"codexwire: warning: {torn}: the last line is cut short and is left out",
        f"codexwire: warning: {bad}: lines not read, because they are no messages: 2"
        " (`codexwire validate` lists them)",
    ]

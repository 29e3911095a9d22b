"""What makes two versions comparable, where one of them is less than a whole release."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bundles import flat_bundle, full_bundle

from codexwire.direction import Kind, Side
from codexwire.errors import CodexwireWarning
from codexwire.usecases.comparable import OpenPair, open_pair

KINDS = {(Side.CLIENT, Kind.REQUEST), (Side.SERVER, Kind.NOTIFICATION)}


@pytest.fixture
def flat(tmp_path: Path) -> str:
    """The flat bundle of a build that is no release: it has lost its server requests."""
    bundle = flat_bundle(full_bundle("0.163.0", "experimental"))
    bundle["definitions"]["Thread"]["properties"]["brandNew"] = {"type": "string"}
    path = tmp_path / "flat.json"
    path.write_text(json.dumps(bundle), "utf-8")
    return str(path)


def test_what_is_compared_is_what_servers_do() -> None:
    """No bundle says by which type a request is answered."""
    found = open_pair("0.163.0", "0.171.0", channel="experimental", as_published=False)
    for protocol in (found.old, found.new):
        method = protocol.method("turn/start", Side.CLIENT, Kind.REQUEST)
        assert method is not None
        assert method.result == "v2/TurnStartResponse"


@pytest.mark.filterwarnings("ignore:.*flat bundle of no release")
@pytest.mark.parametrize("flat_first", [True, False])
def test_what_a_flat_bundle_lacks_is_not_compared(flat: str, flat_first: bool) -> None:
    old, new = (flat, "0.163.0") if flat_first else ("0.163.0", flat)
    with pytest.warns(CodexwireWarning, match="what it lacks is not compared"):
        found: OpenPair = open_pair(old, new, channel="experimental", as_published=False)
    for protocol in (found.old, found.new):
        assert {(m.sender, m.kind) for m in protocol.methods} == KINDS
    names = [{m.name for m in protocol.methods} for protocol in (found.old, found.new)]
    assert names[0] == names[1]

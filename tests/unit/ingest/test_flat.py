"""Flat v2 bundles: completed from their own release, or from none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bundles import flat_bundle, full_bundle

from codexwire.direction import Kind, Side
from codexwire.errors import CodexwireWarning
from codexwire.ingest import load
from codexwire.ir.canonical import bare
from codexwire.ir.model import Protocol

RELEASES = [
    ("0.72.0", "stable"),
    ("0.115.0", "stable"),
    ("0.128.0", "experimental"),
    ("0.144.3", "stable"),
    ("0.157.1", "experimental"),
    ("0.163.0", "experimental"),
    ("0.171.0", "stable"),
]


def loaded(bundle: dict[str, Any], path: Path) -> Protocol:
    path.write_text(json.dumps(bundle), "utf-8")
    return load(path)


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize(("version", "channel"), RELEASES)
def test_a_flat_bundle_is_completed_from_its_own_release(
    version: str, channel: str, tmp_path: Path
) -> None:
    flat = loaded(flat_bundle(full_bundle(version, channel)), tmp_path / "flat.json")
    whole = load(version, channel=channel)
    assert {s.channel for s in flat.sources} == {s.channel for s in whole.sources}
    assert {n: bare(t.schema) for n, t in flat.types.items()} == {
        n: bare(t.schema) for n, t in whole.types.items()
    }
    assert [(m.name, m.sender, m.stability) for m in flat.methods] == [
        (m.name, m.sender, m.stability) for m in whole.methods
    ]


def test_descriptions_of_a_flat_bundle_are_kept(tmp_path: Path) -> None:
    bundle = flat_bundle(full_bundle("0.140.0", "stable"))
    bundle["definitions"]["Thread"]["description"] = "What the flat bundle says."
    flat = loaded(bundle, tmp_path / "flat.json")
    assert str(flat.version) == "0.140.0"
    assert flat.types["v2/Thread"].schema["description"] == "What the flat bundle says."  # type: ignore[index]


def test_a_flat_bundle_of_an_unknown_release_borrows_nothing(tmp_path: Path) -> None:
    bundle = flat_bundle(full_bundle("0.171.0", "experimental"))
    bundle["definitions"]["Thread"]["properties"]["brandNew"] = {"type": "string"}
    with pytest.warns(CodexwireWarning, match="flat bundle of no available release") as told:
        flat = loaded(bundle, tmp_path / "flat.json")
    assert len(told) == 1
    assert flat.version is None
    assert flat.table(Side.SERVER, Kind.REQUEST) == ()
    assert flat.table(Side.CLIENT, Kind.NOTIFICATION) == ()
    assert {flat.namespaces.bare(name) for name in flat.types} <= set(bundle["definitions"])
    assert len(flat.table(Side.CLIENT, Kind.REQUEST)) == 189


def test_the_envelope_belongs_to_no_namespace(tmp_path: Path) -> None:
    """Invented: the flat bundles of releases have no types of the envelope yet."""
    full = full_bundle("0.171.0", "experimental")
    bundle = flat_bundle(full)
    bundle["definitions"]["Thread"]["properties"]["brandNew"] = {"type": "string"}
    envelope = {n: node for n, node in full["definitions"].items() if n.startswith("JSONRPC")}
    bundle["definitions"] |= envelope
    with pytest.warns(CodexwireWarning, match="flat bundle of no available release"):
        flat = loaded(bundle, tmp_path / "flat.json")
    assert len(envelope) == 6
    assert envelope.keys() <= flat.types.keys()

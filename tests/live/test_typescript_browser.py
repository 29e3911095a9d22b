"""A TypeScript package in a real browser: every entry loads, and reads a recording as Python does."""

from __future__ import annotations

import json
from pathlib import Path

from browsing import browse
from noding import typescript_package
from recorded import messages

import codex_app_server_protocol as python
from codexwire.ingest import load
from codexwire.normalize import normalize
from codexwire.runtime.drift import drift_notes


def test_a_browser_reads_a_recording_as_python_does(tmp_path: Path) -> None:
    package = typescript_package(normalize(load("0.171.0")), tmp_path, "codex-protocol")
    sent = [m for side, m, _ in messages("0.72.0") if side == "server" and "method" in m]
    told = [m for m in sent if "id" not in m]
    lines = tmp_path / "lines.jsonl"
    lines.write_text("".join(f"{json.dumps(message)}\n" for message in told))
    seen = browse("typescript.mjs", str(package), str(lines))
    assert seen["troubles"] == []
    assert {"Client", "decodeNotification", "isThread", "step", "webSocket"} <= {*seen["names"]}
    assert all(said["same"] for said in seen["said"])
    assert [said["notes"] for said in seen["said"]] == [
        [
            [note.pointer, note.rule]
            for note in drift_notes(python.decode_notification(m["method"], m.get("params")))
        ]
        for m in told
    ]
    assert any(said["notes"] for said in seen["said"])
    assert seen["ended"] is True
    assert seen["text"]

"""Every recording with the models of every vendored release: all decoded, all given back."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from types import ModuleType
from typing import Any

import pytest
from amount import sample_of
from recorded import RECORDINGS, messages

from codexwire.runtime.unknown import UnknownNotification, UnknownRequest, UnknownResult

MODELS = sample_of(("0.72.0", "0.99.0", "0.125.0", "0.163.0", "0.169.0", "0.171.0"), 3)
RECORDED = sorted(p.name for p in RECORDINGS.iterdir() if p.is_dir())
OTHER_TABLE = (UnknownNotification, UnknownRequest, UnknownResult)


def payloads(version: str) -> Iterator[tuple[str, str, str, Any]]:
    """Yield sender, kind, method and payload of everything that either side sent."""
    for sender, message, answered in messages(version):
        method = message.get("method", answered)
        if "method" in message:
            kind = "request" if "id" in message else "notification"
            yield sender, kind, method, message.get("params")
        elif "result" in message and method is not None:
            yield sender, "result", method, message["result"]


def text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("release", MODELS)
@pytest.mark.parametrize("version", RECORDED)
def test_everything_decodes_and_comes_back(
    package_of: Callable[[str], ModuleType], version: str, release: str
) -> None:
    package = package_of(release)
    for _, kind, method, payload in payloads(version):
        value = getattr(package, f"decode_{kind}")(method, payload)
        assert text(package.dump(value)) == text(payload), (kind, method)


@pytest.mark.parametrize("version", [v for v in RECORDED if v in MODELS])
def test_servers_and_models_of_one_release_agree(
    package_of: Callable[[str], ModuleType], version: str
) -> None:
    package = package_of(version)
    drift = package.DriftReport()
    known = {*package.CLIENT_REQUESTS, *package.SERVER_NOTIFICATIONS, *package.SERVER_REQUESTS}
    for sender, kind, method, payload in payloads(version):
        if sender == "server" and method in known:
            getattr(package, f"decode_{kind}")(method, payload, report=drift)
            getattr(package, f"decode_{kind}")(method, payload, mode="strict")
    # The one place where servers send what their schema does not have.
    added = "/params/item/internal_chat_message_metadata_passthrough/"
    assert not [note for note, _ in drift.counts() if not note.pointer.startswith(added)]


def test_an_older_session_keeps_its_types(package_of: Callable[[str], ModuleType]) -> None:
    """What the models of 0.163.0 know by name is typed, also where 0.99.0 sent it otherwise."""
    package = package_of("0.163.0")
    known = [
        getattr(package, f"decode_{kind}")(method, payload)
        for sender, kind, method, payload in payloads("0.99.0")
        if sender == "server" and (method in package.SERVER_NOTIFICATIONS or kind == "result")
    ]
    assert len(known) > 50
    assert not [value for value in known if isinstance(value, OTHER_TABLE)]

"""A contract is of one release: of the one that recordings name, also where its schema is not available."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from codexwire.errors import UsageError
from codexwire.usecases.contract import contract_from


def answer(release: str) -> dict[str, Any]:
    return {"id": 1, "result": {"userAgent": f"recorder/{release} (Debian 12.0.0; x86_64) xterm"}}


def thread(release: str) -> dict[str, Any]:
    return {"method": "thread/started", "params": {"thread": {"id": "T", "cliVersion": release}}}


@pytest.mark.parametrize("message", [answer, thread])
@pytest.mark.filterwarnings("ignore::codexwire.errors.CodexwireWarning")
def test_recordings_of_two_releases_are_no_contract(
    message: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The nearest release that is available is the same for both."""
    monkeypatch.setenv("CODEXWIRE_CACHE", str(tmp_path / "cache"))
    for release in ("0.112.0", "0.112.1"):
        record = {"dir": "server", "msg": message(release)}
        (tmp_path / f"{release}.jsonl").write_text(f"{json.dumps(record)}\n", "utf-8")
    with pytest.raises(UsageError, match=r"the recordings are of 0\.112\.0 and of 0\.112\.1"):
        contract_from(*sorted(tmp_path.glob("*.jsonl")))

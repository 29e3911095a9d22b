"""A fuzzer run for a while: what it tried is counted, what failed is made small and written to a folder."""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from fuzzing.fuzzer import Case, Fuzzer
from fuzzing.shrink import minimal

__all__ = ["Campaign", "name_of", "run"]

_EVERY = 60  # seconds
_MOST = 50
"""So many failures end a campaign: they are all the same few kinds by then."""


@dataclass
class Campaign:
    """What a run came to; `seconds` are those of the processor, `failed` the small cases by name."""

    messages: int = 0
    valid: int = 0
    seconds: float = 0.0
    failed: dict[str, Case] = field(default_factory=dict)

    def __str__(self) -> str:
        """Say it in one line."""
        rate = 3600 * self.messages / (self.seconds or 1)
        share = self.valid / (self.messages or 1)
        return (
            f"{self.messages:,} messages in {self.seconds:,.0f} s of CPU ({rate:,.0f} an hour),"
            f" {share:.0%} valid, {len(self.failed)} failures"
        )


def run(
    fuzzer: Fuzzer,
    seed: int,
    *,
    seconds: float | None = None,
    count: int | None = None,
    folder: Path | None = None,
    shrink_for: float = 20.0,
) -> Campaign:
    """Try for some seconds, or a number of messages, and say each minute how it goes.

    Each failure becomes a file of the folder, as small as it could be made in `shrink_for` seconds.
    """
    found, began, told = Campaign(), time.monotonic(), 0.0
    before = time.process_time()
    for tried in fuzzer.tries(Random(seed)):
        found.messages += tried.messages
        found.valid += tried.valid
        for case in tried.failed[:3]:
            _note(fuzzer, minimal(fuzzer, case, shrink_for), found, folder)
        found.seconds = time.process_time() - before
        passed = time.monotonic() - began
        if passed - told > _EVERY:
            told = passed
            print(found, flush=True)
        over = seconds is not None and passed >= seconds
        if over or (count is not None and found.messages >= count) or len(found.failed) == _MOST:
            return found
    raise AssertionError("a fuzzer never ends")


def _note(fuzzer: Fuzzer, case: Case, found: Campaign, folder: Path | None) -> None:
    name = name_of(case)
    if name in found.failed:
        return
    found.failed[name] = case
    words = fuzzer.broken(case)
    print(f"{name}: {words}: {json.dumps(case)[:400]}", flush=True)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
        text = json.dumps({**case, "failed": words}, indent=1) + "\n"
        (folder / f"{name}.json").write_text(text, "utf-8")


def name_of(case: Case) -> str:
    """Return a name that says what is in a case, the same one for the same content."""
    return hashlib.sha256(json.dumps(case, sort_keys=True).encode()).hexdigest()[:12]

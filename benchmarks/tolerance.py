"""Decode every recording with the models of every release, beside the official SDK, in one run.

For each release's recordings (rows) and models (columns): how many of the server's messages decode
without an exception, how many come back as equal JSON, and how many are of methods that the models do
not have (kept raw). Beside it what the official SDK makes of the same notifications: decoded, failed
(the SDK turns them into UnknownNotification without a word), method unknown, and of those decoded how
many lose something.

    python benchmarks/tolerance.py [FOLDER ...] [--models 0.72.0 0.99.0 0.125.0 0.163.0 0.169.0]

A FOLDER holds recordings in codexwire's own format and is named after its release; the default are those
in `tests/`. Recordings of the exec-server (`s11_*`) are another protocol and left out.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any, NamedTuple

from openai_codex.generated.notification_registry import NOTIFICATION_MODELS

from codexwire.cli.app import run
from codexwire.runtime.drift import DriftReport
from codexwire.runtime.unknown import UnknownNotification, UnknownRequest, UnknownResult

RECORDINGS = Path(__file__).parents[1] / "tests" / "data" / "recordings"
MODELS = ("0.72.0", "0.99.0", "0.125.0", "0.163.0", "0.169.0")
UNKNOWN = (UnknownNotification, UnknownRequest, UnknownResult)


class Payload(NamedTuple):
    """What a message carries: `notification`, `request` or `result`, its method, and the JSON value."""

    kind: str
    method: str
    value: Any

    @property
    def part(self) -> str:
        """The member of the message."""
        return "result" if self.kind == "result" else "params"


def payloads(folder: Path) -> Iterator[Payload]:
    """Yield what the server sent in the recordings of a folder; error answers have no payload."""
    for path in sorted(folder.glob("*.jsonl")):
        if path.name.startswith("s11_"):
            continue
        asked: dict[tuple[Any, str], list[str]] = {}
        for line in path.read_text("utf-8").splitlines():
            entry = json.loads(line)
            message = entry.get("msg")
            if not isinstance(message, dict):
                continue
            key = (entry.get("conn"), repr(message.get("id")))
            if entry["dir"] == "client":
                if "method" in message:
                    asked.setdefault(key, []).append(message["method"])
            elif "method" in message:
                kind = "request" if "id" in message else "notification"
                yield Payload(kind, message["method"], message.get("params"))
            elif "result" in message:
                waiting = asked.get(key) or [""]
                yield Payload("result", waiting.pop(0), message["result"])
            elif "error" in message and asked.get(key):
                asked[key].pop(0)


def generate(versions: list[str], folder: str) -> dict[str, ModuleType]:
    """Return a freshly generated package per release."""
    sys.path.insert(0, folder)
    found = {}
    for version in versions:
        name = f"models_{version.replace('.', '_')}"
        if run(["generate", "--schema", version, "--package", name, "--out", folder]):
            raise SystemExit(f"{version} could not be generated")
        found[version] = import_module(name)
    return found


def measure(models: ModuleType, found: list[Payload]) -> tuple[Counter[str], DriftReport]:
    """Return how many payloads decode, come back equal and are of unknown methods, and the drift."""
    counts: Counter[str] = Counter()
    drift = DriftReport()
    for kind, method, value in found:
        try:
            decoded = getattr(models, f"decode_{kind}")(method, value)
        except Exception:
            counts["raised"] += 1
            continue
        counts["decoded"] += 1
        counts["equal"] += text(models.dump(decoded)) == text(value)
        counts["unknown"] += isinstance(decoded, UNKNOWN)
        drift.add(decoded, method=method, part="result" if kind == "result" else "params")
    return counts, drift


def official(found: list[Payload]) -> Counter[str]:
    """Return what the official SDK's models make of the notifications."""
    counts: Counter[str] = Counter()
    for kind, method, value in found:
        if kind != "notification":
            continue
        model = NOTIFICATION_MODELS.get(method)
        if model is None:
            counts["unknown"] += 1
            continue
        try:
            decoded = model.model_validate(value)
        except ValueError:
            counts["failed"] += 1
            continue
        counts["decoded"] += 1
        back = decoded.model_dump(by_alias=True, exclude_unset=True, mode="json")
        counts["lossy"] += text(back) != text(value)
    return counts


def text(value: Any) -> str:
    """Return a JSON value in one form, in which 1 and 1.0 differ."""
    return json.dumps(value, sort_keys=True)


def percent(part: int, whole: int) -> str:
    """Return a share with as many digits as tell it from 100 %."""
    return f"{100 * part / whole:.4g} %" if whole else "-"


def main() -> None:
    """Print the matrix, what drifted, and the official SDK's figures."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--models", nargs="+", default=list(MODELS))
    options = parser.parse_args()
    folders = options.folders or sorted(p for p in RECORDINGS.iterdir() if p.is_dir())
    recorded = {folder.name: list(payloads(folder)) for folder in folders}
    recorded = {version: found for version, found in recorded.items() if found}
    with tempfile.TemporaryDirectory() as folder:
        packages = generate(options.models, folder)
        print("\nserver messages decoded / equal after the round trip / unknown methods kept raw")
        for version, found in recorded.items():
            print(f"\nrecorded with {version}: {len(found)} server messages")
            for release, models in packages.items():
                counts, drift = measure(models, found)
                rules: Counter[str] = Counter()
                for note, count in drift.counts():
                    rules[note.rule] += count
                print(
                    f"  models {release:8} decoded {percent(counts['decoded'], len(found)):>6}"
                    f"  equal {percent(counts['equal'], len(found)):>6}"
                    f"  unknown {counts['unknown']:5}"
                    f"  drift {', '.join(f'{r} {c}' for r, c in rules.most_common()) or 'none'}"
                )
            sdk = official(found)
            print(
                f"  official SDK 0.163.0, notifications only: decoded {sdk['decoded']}, failed "
                f"{sdk['failed']}, method unknown {sdk['unknown']}; {sdk['lossy']} of those decoded "
                "come back changed"
            )


if __name__ == "__main__":
    main()

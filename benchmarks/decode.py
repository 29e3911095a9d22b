"""Decode recorded notifications of the models' own release, against the official SDK's path, in one run.

Both get the bytes of a line, as a client does, and read the method from it. The official path is
`json.loads`, then `NOTIFICATION_MODELS[method].model_validate`. Rates are of the best of several rounds,
the contenders taking turns; read the ratios. Only notifications that the SDK can decode are measured.

    python benchmarks/decode.py [FOLDER ...] [--rounds 7]

A FOLDER holds recordings in codexwire's own format of 0.163.0; the default is the one in `tests/`.
"""

from __future__ import annotations

import argparse
import gc
import json
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from openai_codex.generated.notification_registry import NOTIFICATION_MODELS

from codex_app_server_protocol import decode_notification, dump
from codexwire.model.message import parse

RECORDINGS = Path(__file__).parents[1] / "tests" / "data" / "recordings" / "0.163.0"


def lines(folders: list[Path]) -> list[bytes]:
    """Return the notifications of the server as they were on the wire."""
    found = []
    for path in sorted(p for folder in folders for p in folder.glob("*.jsonl")):
        if path.name.startswith("s11_"):
            continue  # another protocol
        for text in path.read_text("utf-8").splitlines():
            entry = json.loads(text)
            message = entry.get("msg")
            if entry.get("dir") == "server" and _is_known_notification(message):
                compact = json.dumps(message, separators=(",", ":"), ensure_ascii=False)
                found.append(compact.encode())
    return found


def _is_known_notification(message: Any) -> bool:
    if not isinstance(message, dict) or "id" in message:
        return False
    return message.get("method") in NOTIFICATION_MODELS


def official(line: bytes) -> Any:
    """Decode as the official SDK does."""
    message = json.loads(line)
    return NOTIFICATION_MODELS[message["method"]].model_validate(message["params"])


def ours(line: bytes) -> Any:
    """Decode with the generated package, the line read by its own reader."""
    message = parse(line)
    return decode_notification(message["method"], message["params"])


def ours_after_json_loads(line: bytes) -> Any:
    """Decode with the generated package, the line read by the standard library."""
    message = json.loads(line)
    return decode_notification(message["method"], message["params"])


def only_parse(line: bytes) -> Any:
    """Read the line and stop."""
    return json.loads(line)


def round_trip(line: bytes) -> Any:
    """Decode, and give back the JSON value."""
    return dump(ours(line))


CONTENDERS: dict[str, Callable[[bytes], Any]] = {
    "official SDK": official,
    "codexwire": ours,
    "codexwire after json.loads": ours_after_json_loads,
    "codexwire and dump": round_trip,
    "json.loads only": only_parse,
}


def main() -> None:
    """Print rates, and how they compare with the official path."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folders", nargs="*", type=Path)
    parser.add_argument("--rounds", type=int, default=7)
    options = parser.parse_args()
    found = lines(options.folders or [RECORDINGS])
    best = dict.fromkeys(CONTENDERS, float("inf"))
    for decode in CONTENDERS.values():  # builds the models
        for line in found:
            decode(line)
    gc.freeze()
    for _ in range(options.rounds):
        for name, decode in CONTENDERS.items():
            start = time.perf_counter()
            for line in found:
                decode(line)
            best[name] = min(best[name], time.perf_counter() - start)
    size = sum(map(len, found)) / len(found)
    print(f"{len(found)} notifications of 0.163.0, {size:.0f} bytes on average")
    for name, seconds in best.items():
        ratio = best["official SDK"] / seconds
        print(f"  {name:28} {len(found) / seconds:9,.0f}/s  {ratio:5.2f}× the official path")


if __name__ == "__main__":
    main()

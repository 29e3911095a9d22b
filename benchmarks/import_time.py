"""Import a generated package and use `ItemCompletedNotification`, against the official SDK's models.

Whole processes, Python and pydantic included, and the same less an empty interpreter that has
imported pydantic. Run it from an environment with `codexwire[test]`:

    python benchmarks/import_time.py [--runs 9]
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time

CASES = {
    "python": "pass",
    "pydantic": "from pydantic import BaseModel, RootModel, TypeAdapter",
    "openai_codex.generated.v2_all": "import openai_codex.generated.v2_all",
    "codex_app_server_protocol": (
        "from codex_app_server_protocol import models\n"
        "models.ItemCompletedNotification.model_validate_json({message!r})"
    ),
}
MESSAGE = {
    "item": {"id": "i", "type": "agentMessage", "text": "hello"},
    "threadId": "t",
    "turnId": "0",
    "completedAtMs": 1,
}
OURS, THEIRS = "codex_app_server_protocol", "openai_codex.generated.v2_all"


def measure(code: str, cache: str) -> float:
    """Return the wall time of a fresh interpreter that runs `code`, in milliseconds.

    Compiled files of both sides are kept in the folder `cache`.
    """
    env = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-c", code], check=True, env={**env, "PYTHONPYCACHEPREFIX": cache}
    )
    return (time.perf_counter() - start) * 1000


def main() -> None:
    """Print the medians, and our share of the official figure."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=9)
    runs = parser.parse_args().runs
    code = {name: text.format(message=json.dumps(MESSAGE)) for name, text in CASES.items()}
    times: dict[str, list[float]] = {name: [] for name in code}
    with tempfile.TemporaryDirectory() as cache:
        for run in range(runs + 1):
            for name, text in code.items():
                elapsed = measure(text, cache)
                if run > 0:  # the first round compiles
                    times[name].append(elapsed)
    median = {name: statistics.median(found) for name, found in times.items()}
    for name, value in median.items():
        print(f"{name:32} {value:7.0f} ms  ({min(times[name]):.0f}–{max(times[name]):.0f})")
    print(f"whole process: {median[OURS] / median[THEIRS]:.2f} of the official models")
    ours, theirs = (median[name] - median["pydantic"] for name in (OURS, THEIRS))
    print(f"less pydantic: {ours / theirs:.2f}  ({ours:.0f} ms / {theirs:.0f} ms)")


if __name__ == "__main__":
    main()

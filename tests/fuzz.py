"""Hold all that decides about messages against `jsonschema-rs`, on random input, for as long as asked.

    python tests/fuzz.py schemas --seconds 3600               # random schemas, each with values
    python tests/fuzz.py recordings --count 100000 --seed 7   # recordings of tests/data, damaged
    python tests/fuzz.py schemas --replay fuzz-failures/*.json

From the bytes, from the value and by the walk that explains, a message must be as valid as `jsonschema-rs`
says. Of a recording, `validate` must say the same, generated packages too, and decoding must lose nothing.
Whatever fails is made small and written into a folder: move it to `tests/cases/fuzz` when it is mended.
Exit code 1 when anything failed. The same seed tries the same, several million messages an hour.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "support"))

from fuzzing.campaign import run
from fuzzing.recording_fuzzer import RECORDINGS
from fuzzing.schema_fuzzer import SCHEMAS

FUZZERS = {fuzzer.name: fuzzer for fuzzer in (SCHEMAS, RECORDINGS)}


def main() -> int:
    options = _options()
    fuzzer = FUZZERS[options.fuzzer]
    if options.replay:
        found = [fuzzer.broken(json.loads(path.read_text("utf-8"))) for path in options.replay]
        for path, words in zip(options.replay, found, strict=True):
            print(f"{path}: {words or 'as it should be'}")
        return int(any(found))
    print(f"{fuzzer.name}, seed {options.seed}", flush=True)
    campaign = run(
        fuzzer,
        options.seed,
        seconds=options.seconds,
        count=options.count,
        folder=options.failures,
    )
    print(campaign)
    return int(bool(campaign.failed))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("fuzzer", choices=FUZZERS)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    parser.add_argument("--failures", type=Path, default=Path("fuzz-failures"), metavar="FOLDER")
    parser.add_argument("--replay", type=Path, nargs="+", metavar="FILE", default=[])
    much = parser.add_mutually_exclusive_group()
    much.add_argument("--seconds", type=float, default=None)
    much.add_argument("--count", type=int, default=None, help="of messages")
    options = parser.parse_args()
    if options.seconds is None and options.count is None:
        options.count = 100_000
    return options


if __name__ == "__main__":
    sys.exit(main())

"""The validators of a generated TypeScript package, against ajv's compiled ones of the same schema.

Both judge the same recorded messages and answers, decoded, in one process and by turns; the best round
counts. What ajv compiles is one document, with a function for each method.

    python benchmarks/typescript.py [--schema 0.163.0] [--recordings 0.163.0] [--rounds 9]
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

TESTS = Path(__file__).parents[1] / "tests"
sys.path.insert(0, str(TESTS / "support"))

from noding import FOLDER, node, typescript_package  # noqa: E402
from recorded import messages  # noqa: E402

from codexwire import ingest, normalize  # noqa: E402
from codexwire.direction import Side  # noqa: E402
from codexwire.ir.complete import complete  # noqa: E402
from codexwire.ir.envelope import message_schemas, response_schema  # noqa: E402


def main() -> int:
    """Print what both need for all messages, and the ratio."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--schema", default="0.163.0")
    parser.add_argument("--recordings", default="0.163.0")
    parser.add_argument("--rounds", type=int, default=9)
    options = parser.parse_args()
    found = normalize.normalize(ingest.load(options.schema))
    protocol, _ = complete(found.protocol)
    document = protocol.document()
    for side in Side:
        for method, schema in message_schemas(protocol, side).items():
            document["definitions"][f"{side} {method}"] = schema
    for method in protocol.methods:
        document["definitions"][f"answer {method.name}"] = response_schema(protocol, method.result)
    entries = [
        {"sender": sender, "asked": asked, "message": message}
        for sender, message, asked in messages(options.recordings)
        if "method" in message or (asked and "result" in message)
    ]
    with tempfile.TemporaryDirectory() as folder:
        package = typescript_package(found, Path(folder), "codex-protocol")
        given = {"package": str(package), "document": document, "entries": entries}
        file = Path(folder) / "given.json"
        file.write_text(json.dumps({**given, "rounds": options.rounds}))
        done: subprocess.CompletedProcess[str] = node(str(FOLDER / "bench.mjs"), str(file))
    sys.stdout.write(done.stdout or done.stderr)
    return done.returncode


if __name__ == "__main__":
    sys.exit(main())

"""Write the golden package again: `python tests/golden/update.py`."""

from __future__ import annotations

from pathlib import Path

from codexwire.emit.header import stamp_of
from codexwire.emit.plan import Plan, plan_package
from codexwire.emit.write import write_folder
from codexwire.ingest import load_files
from codexwire.ingest.document import open_document
from codexwire.normalize import normalize

HERE = Path(__file__).parent
EXPECTED = HERE / "expected"
PACKAGE = "golden_protocol"


def golden_plan() -> Plan:
    documents = {c: open_document(HERE / f"{c}.json") for c in ("stable", "experimental")}
    normalized = normalize(load_files(documents))
    stamp = stamp_of(normalized.protocol, "--schema PATH --channel experimental")
    return plan_package(normalized, stamp, package=PACKAGE)


if __name__ == "__main__":
    write_folder(EXPECTED / PACKAGE, golden_plan().files)

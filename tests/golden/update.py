"""Write the golden packages again: `python tests/golden/update.py`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path

from codexwire.emit.header import stamp_of
from codexwire.emit.plan import PackagePlan, plan_package
from codexwire.emit.write import write_folder
from codexwire.ingest import load_files
from codexwire.ingest.document import open_document
from codexwire.normalize import normalize

HERE = Path(__file__).parent
EXPECTED = HERE / "expected"
PACKAGE = "golden_protocol"
FOLDERS = {"python": PACKAGE, "typescript": "golden_typescript", "testdata": "golden_testdata"}
"""Language → the folder of its package."""

_KEPT: Mapping[str, Callable[[str], bool]] = {
    "python": lambda _: True,
    "typescript": lambda name: not name.startswith("runtime/"),  # which is copied as it is
    "testdata": lambda name: (
        name in ("index.json", "lines.jsonl", "manifest.json")
    ),  # the rest is long
}


def golden_plan(lang: str) -> PackagePlan:
    """Return the package of the invented protocol in a language."""
    documents = {c: open_document(HERE / f"{c}.json") for c in ("stable", "experimental")}
    normalized = normalize(load_files(documents))
    stamp = stamp_of(normalized.protocol, "--schema PATH --channel experimental")
    return plan_package(normalized, stamp, package=PACKAGE, lang=lang)


def golden_files(lang: str) -> dict[str, bytes]:
    """Return the files of it that are kept here."""
    files = golden_plan(lang).files
    return {name: content for name, content in files.items() if _KEPT[lang](name)}


if __name__ == "__main__":
    for lang, folder in FOLDERS.items():
        write_folder(EXPECTED / folder, golden_files(lang))

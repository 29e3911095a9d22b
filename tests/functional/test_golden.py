"""The packages generated from the small invented protocol are the committed ones, byte for byte."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "golden"))

import black
from update import EXPECTED, FOLDERS, golden_files, golden_plan

from codexwire.emit.format import LINE_LENGTH
from codexwire.emit.write import differences
from codexwire.resources import templates_root


def test_golden_packages() -> None:
    found = {lang: differences(EXPECTED / FOLDERS[lang], golden_files(lang)) for lang in FOLDERS}
    drift = {lang: files for lang, files in found.items() if files}
    assert not drift, "python tests/golden/update.py writes it again; look at the diff"


def test_the_runtime_of_typescript_is_copied_whole() -> None:
    files = golden_plan("typescript").files
    runtime = templates_root() / "typescript" / "runtime"
    names = {path.relative_to(runtime).as_posix() for path in runtime.rglob("*.*")}
    assert {f"runtime/{name}" for name in names} == {n for n in files if n.startswith("runtime/")}


def test_black_leaves_the_package_as_it_is() -> None:
    mode = black.Mode(line_length=LINE_LENGTH)
    for path in (EXPECTED / FOLDERS["python"]).rglob("*.py"):
        source = path.read_text("utf-8")
        assert black.format_str(source, mode=mode) == source, path

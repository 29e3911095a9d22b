"""Delete or change one entry of one table at a time, in a copy of the tree: does a test turn red?

    python tests/mutate_tables.py --list                        # every table, and how many entries it has
    python tests/mutate_tables.py --sample 100 [--seed 7]       # so many entries, spread over all tables
    python tests/mutate_tables.py profiles/app_server/identities.py:IDENTITIES ...   # all of these
    python tests/mutate_tables.py --change ...                  # other values: see `mutate_changes.py`
    python tests/mutate_tables.py --quick ...                   # with the first tests of each only
    python tests/mutate_tables.py --lines                       # single lines that once were in no test

A table is a constant of a module: a mapping, set, tuple or list that is written out, what it contains
included, and the claims that a rule makes by a keyword (`compared=`, `standing=`); with `--change` its
rows, switches and patterns, too. After each the
tests run that are likely to notice; `mutations.py` says which. Printed is what nobody noticed: add a
test that fails without the entry, or delete the entry. Exit code 1 when there is any.
"""

from __future__ import annotations

import argparse
import ast
import copy
import importlib
import multiprocessing
import os
import random
import re
import shutil
import signal
import sys
import tempfile
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from fnmatch import fnmatch
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from mutate_changes import changed
from mutations import CLAIMS, LINES, PAIRS, TESTS

ROOT = Path(__file__).resolve().parents[1]
CODE = Path("codegen/codexwire")
SECONDS = 300
LIBRARIES = ("anyio", "hypothesis", "jsonschema", "pydantic", "typer", "websockets")
"""What most tests load: loaded once, for every run of tests is a fork of this process."""


@dataclass(frozen=True, slots=True)
class Mutant:
    """A file as it is without one entry, or with another value for it."""

    file: str
    table: str
    line: int
    entry: str
    text: str
    tests: str


def table_mutants(path: Path, change: bool = False) -> Iterator[Mutant]:
    """Yield a module without each of the entries of its tables, or with each changed, one at a time."""
    text = path.read_text("utf-8")
    file = path.relative_to(ROOT / CODE).as_posix()
    tests = next((t for pattern, t in TESTS.items() if fnmatch(file, pattern)), "")
    for statement in ast.parse(text).body:
        name = _constant(statement)
        if name is None:
            continue
        mutants = changed(statement, _names(file)) if change else _deleted(statement)
        for line, entry, mutated in mutants:
            lines = text.splitlines()
            lines[statement.lineno - 1 : statement.end_lineno] = [mutated]
            yield Mutant(file, name, line, entry, "\n".join(lines) + "\n", tests)


def _names(file: str) -> Mapping[str, Any]:
    """Return what a module knows by name, for enums say themselves which values they have."""
    parts = Path("codexwire", file).with_suffix("").parts
    return vars(importlib.import_module(".".join(p for p in parts if p != "__init__")))


def _deleted(statement: ast.stmt) -> Iterator[tuple[int, str, str]]:
    for at in _entries(statement.value, ()):  # type: ignore[attr-defined]
        mutated = copy.deepcopy(statement)
        line, entry = _delete(mutated.value, at)  # type: ignore[attr-defined]
        yield line, entry, ast.unparse(mutated)


def _constant(statement: ast.stmt) -> str | None:
    """Return the name of the constant that a statement defines."""
    if isinstance(statement, ast.Assign):
        target: ast.expr = statement.targets[0]
    elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
        target = statement.target
    else:
        return None
    name = target.id if isinstance(target, ast.Name) else ""
    return name if name.isupper() and not name.startswith("__") else None


Step = tuple[str, int]

_WORDS = re.compile(r"\s*\n\s*\w+(?:\s+\w+)*\s*")
"""A table that is written as words on several lines."""


def _entries(node: ast.expr, at: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    """Yield where the entries are: a field of each node, and the number in it."""
    if isinstance(node, ast.Dict):
        for number, value in enumerate(node.values):
            yield (*at, ("values", number))
            yield from _entries(value, (*at, ("values", number)))
    elif isinstance(node, ast.Tuple | ast.List | ast.Set):
        for number, value in enumerate(node.elts):
            if _is_prose(value):
                continue
            yield (*at, ("elts", number))
            yield from _entries(value, (*at, ("elts", number)))
    elif isinstance(node, ast.Starred):
        yield from _entries(node.value, (*at, ("value", -1)))
    elif isinstance(node, ast.Call):
        yield from _of_call(node, at)
    elif isinstance(node, ast.BinOp):
        yield from _entries(node.left, (*at, ("left", -1)))
        yield from _entries(node.right, (*at, ("right", -1)))
    elif isinstance(node, ast.Constant) and _WORDS.fullmatch(str(node.value)):
        for number in range(len(node.value.split())):
            yield (*at, ("words", number))


def _is_prose(node: ast.expr) -> bool:
    """Whether an entry is a sentence for people, such as the evidence of a rule."""
    return isinstance(node, ast.Constant) and " " in str(node.value)


def _of_call(node: ast.Call, at: tuple[Step, ...]) -> Iterator[tuple[Step, ...]]:
    if isinstance(node.func, ast.Attribute):  # "…".split()
        yield from _entries(node.func.value, (*at, ("func", -1), ("value", -1)))
    for number, value in enumerate(node.args):
        yield from _entries(value, (*at, ("args", number)))
    for number, keyword in enumerate(node.keywords):
        if keyword.arg in CLAIMS:
            yield (*at, ("keywords", number))
        if keyword.arg not in PAIRS | {"evidence"}:
            yield from _entries(keyword.value, (*at, ("keywords", number)))


def _at(node: Any, at: tuple[Step, ...]) -> Any:
    for field, number in at:
        node = getattr(node, field) if number < 0 else getattr(node, field)[number]
        node = node.value if isinstance(node, ast.keyword) else node
    return node


def _delete(node: Any, at: tuple[Step, ...]) -> tuple[int, str]:
    """Delete an entry of a node; return its line and text."""
    node = _at(node, at[:-1])
    field, number = at[-1]
    if field == "words":
        words = node.value.split()
        word = words.pop(number)
        node.value = " ".join(words)
        return node.lineno, word
    gone = getattr(node, field).pop(number)
    key = node.keys.pop(number) if isinstance(node, ast.Dict) else None
    text = ast.unparse(gone) if key is None else f"{ast.unparse(key)}: {ast.unparse(gone)}"
    return getattr(gone, "lineno", node.lineno), " ".join(text.split())


def line_mutants() -> Iterator[Mutant]:
    """Yield the changes of `LINES`. Raises ValueError for one whose line is not there."""
    for line in LINES:
        text = (ROOT / CODE / line.file).read_text("utf-8")
        if text.count(line.old) != 1:
            raise ValueError(f"{line.file}: not there once: {line.old}")
        number = text[: text.index(line.old)].count("\n") + 1
        changed = text.replace(line.old, line.new)
        yield Mutant(line.file, "-", number, line.new, changed, line.tests)


def all_mutants(change: bool = False, tables: Collection[str] = ()) -> list[Mutant]:
    """Return every entry of these tables; without any, of every table of a file that has tests."""
    files = {table.partition(":")[0] for table in tables}
    paths = [ROOT / CODE / file for file in sorted(files)] or sorted((ROOT / CODE).rglob("*.py"))
    found = [mutant for path in paths for mutant in table_mutants(path, change) if mutant.tests]
    return [m for m in found if not tables or {m.file, f"{m.file}:{m.table}"} & set(tables)]


def spread(mutants: list[Mutant], count: int, seed: int) -> list[Mutant]:
    """Return so many entries: one of every table in turn, until there are enough."""
    tables: dict[tuple[str, str], list[Mutant]] = {}
    for mutant in mutants:
        tables.setdefault((mutant.file, mutant.table), []).append(mutant)
    chosen: list[Mutant] = []
    dice = random.Random(seed)
    waiting = [dice.sample(found, len(found)) for found in tables.values()]
    while len(chosen) < count and (waiting := [found for found in waiting if found]):
        dice.shuffle(waiting)
        chosen += [found.pop() for found in waiting][: count - len(chosen)]
    return chosen


def copied(folder: Path) -> Path:
    """Copy what the tests need; byte code stays valid, for times are kept."""
    tree = folder / "tree"
    shutil.copytree(ROOT, tree, ignore=shutil.ignore_patterns(".git", "*_cache"), symlinks=True)
    return tree


def noticed_by(mutant: Mutant, tree: Path, before: str = "", quick: bool = False) -> str:
    """Return the test that turns red; empty when none does. `before` did for an entry beside it.

    With `quick` only the files that are likely and the next two parts of the tests run.
    """
    path = tree / CODE / mutant.file
    original = path.read_bytes()
    path.write_text(mutant.text, "utf-8")
    try:
        for tests in _in_turn(mutant, tree / "tests", before)[: 3 if quick else None]:
            if failed := _run(tree, tests):
                return failed
    finally:
        path.write_bytes(original)
        for compiled in (path.parent / "__pycache__").glob(f"{path.stem}.*"):
            compiled.unlink()
    return ""


def _in_turn(mutant: Mutant, folder: Path, before: str) -> list[list[str]]:
    """Return the tests to run: first the files that are likely by their name, then each part."""
    parts = [
        sorted(path.rglob("test_*.py")) if path.is_dir() else [path]
        for path in (folder / test for test in mutant.tests.split())
        if Path(str(path).partition("::")[0]).exists()
    ]
    name = Path(mutant.file).stem.split("_")
    likely = [f for part in parts for f in part if f.name == before or {*name} & {*_words(f)}]
    likely.sort(key=lambda file: file.name != before)
    rest = [[file for file in part if file not in likely] for part in parts]
    parts = [part for part in (likely, *rest) if part]
    return [[str(file.relative_to(folder)) for file in part] for part in parts]


def _words(test: Path) -> list[str]:
    return test.stem.removeprefix("test_").split("_")


def _run(tree: Path, tests: list[str]) -> str:
    """Return the first test that fails; empty when all pass."""
    report = tree / "report.txt"
    run = multiprocessing.get_context("fork").Process(target=_pytest, args=(tree, tests, report))
    run.start()
    run.join(SECONDS)
    if run.is_alive():
        run.kill()
        return f"{tests[0]} … (more than {SECONDS} seconds)"
    if run.exitcode in (pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED):
        return ""
    lines = report.read_text("utf-8", "replace").splitlines()
    failed = [line for line in lines if line.startswith(("FAILED", "ERROR"))]
    return failed[0].partition(" - ")[0] if failed else f"{tests[0]} … (exit code {run.exitcode})"


def _pytest(tree: Path, tests: list[str], report: Path) -> None:
    """Run tests in this process, a fork of one that has loaded all but codexwire."""
    sources = [str(tree / folder) for folder in ("codegen", "generated")]
    os.setsid()  # what tests end, they end in their own group
    signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in the background else
    os.chdir(tree)
    sys.dont_write_bytecode = False
    os.environ["PYTHONPATH"] = os.pathsep.join(sources)
    sys.path[:0] = sources
    with report.open("wb") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    options = ["-x", "-q", "-p", "no:cacheprovider", "--assert=plain"]
    os._exit(pytest.main([*options, *(f"tests/{test}" for test in tests)]))


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("table", nargs="*", help="FILE or FILE:NAME, below codegen/codexwire")
    parser.add_argument("--list", action="store_true", help="print the tables and go")
    parser.add_argument("--change", action="store_true", help="change entries instead")
    parser.add_argument("--lines", action="store_true", help="change single lines instead")
    parser.add_argument("--sample", type=int, metavar="N", help="so many entries of all tables")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="only the first tests of each table")
    options = parser.parse_args()
    mutants = list(line_mutants()) if options.lines else all_mutants(options.change, options.table)
    if options.sample is not None:
        mutants = spread(mutants, options.sample, options.seed)
    if options.list:
        counts: dict[str, int] = {}
        for mutant in mutants:
            table = f"{mutant.file}:{mutant.table}"
            counts[table] = counts.get(table, 0) + 1
        for table, count in counts.items():
            print(f"{count:5}  {table}")
        print(f"{len(mutants):5}  entries of {len(counts)} tables")
        return 0
    return judge(mutants, options.quick)


def judge(mutants: list[Mutant], quick: bool) -> int:
    """Print what becomes of every mutant; return 1 when one survives."""
    survivors = 0
    noticed: dict[tuple[str, str], str] = {}
    plugins = entry_points(group="pytest11")
    for library in (*LIBRARIES, *(plugin.module for plugin in plugins)):
        if not library.startswith("codexwire"):
            importlib.import_module(library)
    for module in [name for name in sys.modules if name.partition(".")[0] == "codexwire"]:
        del sys.modules[module]  # `_names` loaded it: tests are to load that of the copy
    with tempfile.TemporaryDirectory() as folder:
        tree = copied(Path(folder))
        for mutant in mutants:
            table = (mutant.file, mutant.table)
            test = noticed_by(mutant, tree, noticed.get(table, ""), quick)
            survivors += not test
            noticed[table] = test.partition("::")[0].rpartition("/")[2] or noticed.get(table, "")
            place = f"{mutant.file}:{mutant.line} {mutant.table} {mutant.entry[:70]}"
            print(f"{'red     ' if test else 'SURVIVED'}  {place}  {test}", flush=True)
    print(f"{len(mutants)} entries, {survivors} survived")
    return min(survivors, 1)


if __name__ == "__main__":
    sys.exit(main())

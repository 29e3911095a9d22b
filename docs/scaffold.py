"""Begin a rule, check, tolerance or recording format: its file, its row in the table, its cases.

    python docs/scaffold.py rule null-params-again        a normalization rule of the app-server
    python docs/scaffold.py diff-rule became-nullable      a rule of `codexwire diff`
    python docs/scaffold.py check item-never-completes     a session check of the app-server
    python docs/scaffold.py tolerance id-alias             a rule of tolerant decoding
    python docs/scaffold.py format my-recorder             a format of recordings

Rules and tolerances get the next free number. What is written does nothing yet and is red in the tests of
its family until it is filled in; the last line says which tests these are.
"""

from __future__ import annotations

import argparse
import ast
import re
import sys
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from string import Template

TOP = Path(__file__).resolve().parents[1]
CODE = TOP / "codegen" / "codexwire"
TESTS = TOP / "tests"

RULE = '''"""What is wrong with the schema, in which releases, and what the wire has instead."""

from __future__ import annotations

from codexwire.ir.model import Protocol, Schema
from codexwire.model.normalization import Compared, Effect, NormalizationRule
from codexwire.version import VersionRange


def apply(protocol: Protocol, node: Schema) -> Schema | None:
    """Return the node as it should be; None where it is as it should be."""
    del protocol, node
    return None


RULE = NormalizationRule(
    id="$id",
    title="",
    effect=Effect.PATCH,
    compared=Compared.ALWAYS,
    versions=VersionRange.parse("*"),
    evidence=(),
    node=apply,
)
'''
DIFF_RULE = '''"""What changed, and for whom it matters."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.diff.match import PropertyMatch
from codexwire.diff.rule import Change, Levels, Rule
from codexwire.finding import Level

__all__ = ["RULE"]


def _check(match: PropertyMatch) -> Iterator[Change]:
    del match
    yield from ()


RULE = Rule(
    id="$id",
    title="",
    words="{where} was {old}, is {new}",
    on=PropertyMatch,
    levels=Levels(client=(Level.ERROR, Level.INFO), server=(Level.INFO, Level.ERROR)),
    check=_check,
)
'''
CHECK = '''"""What the session should not do, and which releases do it all the same."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.finding import Level
from codexwire.model.message import MessageKind
from codexwire.model.session import SessionStep
from codexwire.model.session_check import ANY, CheckNote, SessionCheck


def on_step(step: SessionStep) -> Iterator[CheckNote]:
    """Notice what is wrong with a message, before it takes effect."""
    del step
    yield from ()


CHECK = SessionCheck(
    "$id", "", Level.WARNING, (), on_step=on_step, about={MessageKind.NOTIFICATION: ANY}
)
'''
TOLERANCE = '''"""What peers write, and which of them."""

from __future__ import annotations

from typing import Any

from codexwire.runtime.tolerance.rule import Hook, Spot, ToleranceRule
from codexwire.runtime.unknown import ABSENT
from codexwire.version import VersionRange


def apply(spot: Spot, raw: Any) -> Any:
    """Return what the value stands for; ABSENT where the rule does not apply."""
    del spot, raw
    return ABSENT


RULE = ToleranceRule(
    id="$id",
    title="",
    versions=VersionRange.parse("*"),
    evidence=(),
    hook=Hook.MISFIT,
    apply=apply,
)
'''
FORMAT = '''"""What writes such files, and how a message stands in them."""

from __future__ import annotations

from collections.abc import Iterator

from codexwire.transcript.entry import TranscriptItem
from codexwire.transcript.formats.format import Format, Sample
from codexwire.transcript.source import OpenRecording

__all__ = ["FORMAT"]


def matches(sample: Sample) -> bool:
    """Whether a file is of this format."""
    del sample
    return False


def read(source: OpenRecording) -> Iterator[TranscriptItem]:
    """Yield the messages."""
    del source
    yield from ()


FORMAT = Format("$id", "$id", matches, read)
'''

_PARAMS = '{\n  "from": "",\n  "before": {},\n  "changed": []\n}\n'
_CHANGE = (
    '{\n  "why": "",\n  "old": {"types": {"Subject": {}}},\n  "new": {"types": {"Subject": {}}}'
)
_MESSAGE = (
    '{\n  "from": "",\n  "kind": "notification",\n  "method": "turn/started",\n  "raw": {},\n'
    '  "notes": {},\n  "reads": {}\n}\n'
)
_HANDSHAKE = (
    '{"dir": "client", "msg": {"id": 1, "method": "initialize", "params": {"clientInfo":'
    ' {"name": "x", "version": "1"}}}}\n'
)


@dataclass(frozen=True, slots=True)
class Kind:
    """What there is to write of one kind.

    `folder` has the files, `table` the rows in `rows` (a constant, or one keyword of it); `cases` are
    the files of the case folder by name; `number` is the letter that numbered ids begin with; `last` is
    a row that stays last; `todo` says what else is to be done, `tests` who says that it is not.
    """

    template: str
    folder: str
    table: str
    rows: tuple[str, ...]
    name: str
    tests: str
    cases_folder: str = ""
    cases: Mapping[str, str] = field(default_factory=dict)
    number: str = ""
    last: str = ""
    todo: str = ""


KINDS: Mapping[str, Kind] = {
    "rule": Kind(
        RULE,
        "profiles/app_server/rules",
        "profiles/app_server/normalization.py",
        ("RULES", "shapes"),
        "RULE",
        "tests/unit/normalize/test_table.py tests/unit/normalize/test_cases.py",
        "normalize",
        {"match.json": _PARAMS, "leave.json": _PARAMS},
        number="n",
        todo="move the row to the phase that it belongs to (shapes: what the wire contradicts)",
    ),
    "diff-rule": Kind(
        DIFF_RULE,
        "diff/rules",
        "diff/table.py",
        ("RULES",),
        "RULE",
        "tests/unit/diff/test_cases.py",
        "diff",
        {
            "fires.json": _CHANGE + ',\n  "expect": {"client": ["breaks", "safe"],'
            ' "server": ["safe", "breaks"]}\n}\n',
            "silent.json": _CHANGE + "\n}\n",
        },
        last="text_changed",
    ),
    "check": Kind(
        CHECK,
        "profiles/app_server/checks",
        "profiles/app_server/session.py",
        ("CHECKS",),
        "CHECK",
        "tests/unit/transcript/test_checks.py",
        "transcript",
        {
            "expected.toml": "# Case (a recording beside this file) = [[line, level], …]:"
            ' what the check reports there.\nnoticed = [[1, "warning"]]\nquiet = []\n',
            "noticed.jsonl": _HANDSHAKE,
            "quiet.jsonl": _HANDSHAKE,
        },
    ),
    "tolerance": Kind(
        TOLERANCE,
        "runtime/tolerance/rules",
        "runtime/tolerance/table.py",
        ("RULES",),
        "RULE",
        "tests/unit/runtime/test_tolerance_cases.py",
        "tolerance",
        {"match.json": _MESSAGE, "leave.json": _MESSAGE},
        number="t",
    ),
    "format": Kind(
        FORMAT,
        "transcript/formats",
        "transcript/formats/table.py",
        ("FORMATS",),
        "FORMAT",
        "tests/unit/transcript/test_formats.py",
        last="raw",
        todo="a function that writes the format, in WRITERS of tests/unit/transcript/conftest.py",
    ),
}


def scaffold(kind: Kind, name: str) -> Iterator[Path]:
    """Write everything and yield each file. Raises FileExistsError for a name that is taken."""
    id = f"{_next_number(kind)}-{name}" if kind.number else name
    module = id.replace("-", "_")
    path = CODE / kind.folder / f"{module}.py"
    if any(path.parent.glob(f"*{name.replace('-', '_')}.py")):
        raise FileExistsError(f"{kind.folder} has {name} already")
    path.write_text(Template(kind.template).substitute(id=id), "utf-8")
    yield path
    table = CODE / kind.table
    table.write_text(_with_row(table.read_text("utf-8"), kind, module), "utf-8")
    yield table
    for case, text in kind.cases.items():
        path = TESTS / "cases" / kind.cases_folder / id / case
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        yield path


def _next_number(kind: Kind) -> str:
    """Return the number after all that were ever taken, those of retired rules included."""
    texts = (path.read_text("utf-8") for path in CODE.glob("profiles/*/normalization.py"))
    files = (path.stem for path in CODE.glob(f"**/rules/{kind.number}[0-9][0-9][0-9]_*.py"))
    pattern = rf"\b{kind.number}(\d{{3}})[-_]"
    taken = {int(n) for text in (*texts, *files) for n in re.findall(pattern, text)}
    return f"{kind.number}{max(taken) + 1:03}"


def _with_row(text: str, kind: Kind, module: str) -> str:
    """Return a table with one more import and one more row."""
    tree, lines = ast.parse(text), text.splitlines()
    package = f"codexwire.{kind.folder.replace('/', '.')}"
    rows = _rows(tree, kind.rows)
    last = ast.unparse(rows.elts[-1]).partition(".")[0]
    at = rows.elts[-1].lineno - 1 if last == kind.last else (rows.end_lineno or 0) - 1
    lines.insert(at, f"{' ' * rows.elts[-1].col_offset}{module}.{kind.name},")
    found = next(n for n in tree.body if isinstance(n, ast.ImportFrom) and n.module == package)
    names = sorted([*(alias.name for alias in found.names), module])
    body = [f"from {package} import (", *(f"    {name}," for name in names), ")"]
    lines[found.lineno - 1 : found.end_lineno] = body
    return "\n".join(lines) + "\n"


def _rows(tree: ast.Module, path: tuple[str, ...]) -> ast.Tuple:
    """Return the tuple that has the rows: of a constant, or of one of its keywords."""
    constant, *keywords = path
    value = next(v for name, v in _constants(tree.body) if name == constant)
    for name in keywords:
        value = next(k.value for k in getattr(value, "keywords", ()) if k.arg == name)
    if not isinstance(value, ast.Tuple):
        raise TypeError(f"{constant} is no tuple")
    return value


def _constants(body: Iterable[ast.stmt]) -> Iterator[tuple[str, ast.expr]]:
    for statement in body:
        if isinstance(statement, ast.Assign):
            yield ast.unparse(statement.targets[0]), statement.value
        elif isinstance(statement, ast.AnnAssign) and statement.value is not None:
            yield ast.unparse(statement.target), statement.value


def main() -> int:
    """Run the command line."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("kind", choices=KINDS)
    parser.add_argument("name", help="in small letters with hyphens, without a number")
    options = parser.parse_args()
    if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", options.name):
        parser.error(f"a name is small letters and digits with hyphens between: {options.name!r}")
    kind = KINDS[options.kind]
    try:
        for path in scaffold(kind, options.name):
            print(path.relative_to(TOP).as_posix())
    except FileExistsError as error:
        parser.error(str(error))
    if kind.todo:
        print(f"Also: {kind.todo}.")
    print(f"Fill in the files; until then this is red: python -m pytest {kind.tests}")
    return 0


if __name__ == "__main__":
    sys.exit(main())

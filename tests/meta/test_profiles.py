"""The machinery knows no protocol: what is particular to one stands in its profile."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

from codexwire.ingest import load
from codexwire.profiles.table import PROFILES

CODE = Path(__file__).parents[2] / "codegen" / "codexwire"

MACHINERY = (
    "ir",
    "model",
    "runtime",
    "ingest",
    "normalize",
    "wire",
    "emit",
    "diff",
    "transcript",
    "proxy",
    "probe",
    "report",
    "usecases",
)
# What serves one protocol by its nature, and why it is not in that protocol's profile.
OF_ONE_PROTOCOL = {
    "runtime/client": "the app-server's client; generated packages of all releases import it by this name",
    "runtime/exec_client": "the exec-server's client; the same",
    "runtime/tolerance/rules": "what peers of the app-server spell differently; hooks of the decoder,"
    " which generated packages load without any profile",
    "probe/app_server": "how an app-server is probed: scenarios that act, values on what is built far above"
    " profiles",
    "proxy/mock": "a mock of the app-server: it acts as one, which is more than a value",
}


@cache
def method_names() -> frozenset[str]:
    """The methods with a slash in their names, of both protocols, oldest and newest release."""
    sources = ("0.72.0", "0.171.0", *(p.source for p in PROFILES if p.described))
    return frozenset(m.name for s in sources for m in load(s).methods if "/" in m.name)


def machinery() -> list[Path]:
    found = []
    for package in MACHINERY:
        for path in sorted((CODE / package).rglob("*.py")):
            name = path.relative_to(CODE).as_posix()
            if not any(name.startswith(f"{folder}/") for folder in OF_ONE_PROTOCOL):
                found.append(path)
    return found


def strings(path: Path) -> Iterator[tuple[int, str]]:
    """Line and value of every string of a file, documentation aside."""
    tree = ast.parse(path.read_text("utf-8"))
    statements = (s.value for s in ast.walk(tree) if isinstance(s, ast.Expr))
    documentation = {id(value) for value in statements}
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and id(node) not in documentation:
            value = node.value
            if isinstance(value, bytes):
                value = value.decode("utf-8", "replace")
            if isinstance(value, str):
                yield node.lineno, value


def known_of_a_protocol(text: str) -> Iterator[str]:
    """Everything in a string that only a profile may know."""
    for profile in PROFILES:
        # What a file of lines is called stands in texts of codex, too (`no rollout found`).
        named = text == profile.source or f"{profile.source}@" in text
        if named or (profile.source in text and not profile.root):
            yield profile.source
        for space in profile.namespaces.nested:
            if re.search(rf"(?<![\w/]){space}/", text):
                yield f"{space}/"
    if "codex/event/" in text:
        yield "codex/event/"
    yield from set(re.findall(r"[\w$]+(?:/[\w$]+)+", text)) & method_names()


@pytest.mark.parametrize("path", machinery(), ids=lambda p: p.relative_to(CODE).as_posix())
def test_the_machinery_names_no_protocol(path: Path) -> None:
    found = [(line, word) for line, text in strings(path) for word in known_of_a_protocol(text)]
    assert not found


@pytest.mark.parametrize("path", machinery(), ids=lambda p: p.relative_to(CODE).as_posix())
def test_the_machinery_asks_the_table_of_profiles(path: Path) -> None:
    """It imports the table, or what all profiles have in common, never the parts of one of them.

    A name on a command line is no part: codex itself has both servers.
    """
    folders = "|".join(p.name for p in (CODE / "profiles").iterdir() if p.is_dir())
    direct = re.findall(
        rf"codexwire\.profiles\.(?:{folders})(?! import names\b)[\w. ]*", path.read_text("utf-8")
    )
    assert not direct


@pytest.mark.parametrize("folder", OF_ONE_PROTOCOL)
def test_every_exception_is_needed(folder: str) -> None:
    texts = [text for path in (CODE / folder).rglob("*.py") for _, text in strings(path)]
    assert any(known for text in texts for known in known_of_a_protocol(text))


def test_the_prefix_of_legacy_events_is_spelled_once() -> None:
    spelled = [
        path.relative_to(CODE).as_posix()
        for path in CODE.rglob("*.py")
        if any(text.startswith("codex/event/") for _, text in strings(path))
    ]
    assert spelled == ["profiles/app_server/names.py"]


def test_what_is_looked_for_is_found() -> None:
    examples = (
        "see turn/started",
        "v2/Thread",
        "codex/event/error",
        "an app-server",
        "process/read",
    )
    assert all(list(known_of_a_protocol(text)) for text in examples)
    assert not list(known_of_a_protocol("text/html, draft-07/schema, codexwire"))


def test_what_generated_packages_run_on_loads_no_rules() -> None:
    """They read ids and turns out of the profiles, and pay for nothing else of them."""
    script = (
        "import sys, codexwire.runtime.client.typed, codexwire.runtime.exec_client.typed\n"
        "import codexwire.runtime.decode, codexwire.runtime.ids\n"
        "loaded = [m for m in sys.modules if m.startswith(('codexwire.ir', 'codexwire.profiles.'))]\n"
        "print([m for m in loaded if 'ir' == m.split('.')[1] or m.endswith(('.table', '.profile'))])\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")

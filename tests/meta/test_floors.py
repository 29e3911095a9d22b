"""Imports point down only, and third-party packages stay where the plan allows them."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

CODE = Path(__file__).parents[2] / "codegen" / "codexwire"

FLOORS = {
    "errors": 0,
    "location": 0,
    "version": 0,
    "direction": 0,
    "finding": 0,
    "garbage": 0,
    "ignore_entry": 0,
    "files": 0,
    "processes": 0,
    "resources": 0,
    "lazy": 0,
    "near": 0,
    "progress": 0,
    "_version": 0,
    "toml": 0,
    "config": 0,
    "ir": 1,
    "model": 2,
    "profiles": 3,  # values only, so that what generated packages run on can read them
    "runtime": 4,
    "stub": 4,
    "turns": 4,
    "ingest": 5,
    "normalize": 5,
    "wire": 5,
    "emit": 6,
    "explorer": 7,
    "diff": 6,
    "transcript": 7,
    "proxy": 7,
    "probe": 7,
    "report": 8,
    "sessions": 8,
    "timeline": 9,
    "usecases": 10,
    "archive": 11,
    "session": 11,
    "cli": 12,
    "testing": 11,
    "pytest_plugin": 12,
}
# Packages of one floor that may import each other, and why.
SIBLINGS = {
    ("errors", "location"),  # an error carries its place
    ("finding", "location"),
    ("version", "errors"),
    ("files", "errors"),
    ("files", "location"),
    ("ignore_entry", "finding"),
    ("ignore_entry", "toml"),
    ("toml", "errors"),
    ("toml", "location"),
    ("toml", "near"),
    ("config", "toml"),
}
# Floors that a package must not look down on although they are below it.
FORBIDDEN = {
    "wire": {"ingest", "normalize"},  # it runs what it writes: on `runtime`, as generated code does
    "diff": {"emit", "ingest", "normalize", "runtime"},
    "transcript": {"emit", "ingest", "normalize", "runtime", "diff"},
    "sessions": {"emit", "ingest", "normalize", "runtime", "diff", "proxy"},
    "timeline": {"emit", "ingest", "normalize", "runtime", "diff", "proxy"},
    "proxy": {"emit", "ingest", "normalize"},
    "probe": {"emit", "ingest", "normalize", "diff", "runtime"},
    "report": {
        "ir",
        "model",
        "profiles",
        "runtime",
        "ingest",
        "normalize",
        "wire",
        "emit",
        "diff",
        "transcript",
    },
}
THIRD_PARTY = {
    "archive": {"distributed", "filelock", "fsspec", "pyarrow"},
    "toml": {"msgspec"},
    "config": {"msgspec"},
    "ir": {"msgspec"},
    "model": {"msgspec"},
    "runtime": {"pydantic", "pydantic_core", "anyio", "websockets", "typing_extensions", "msgspec"},
    "wire": {"msgspec"},
    "ingest": {"platformdirs", "filelock", "msgspec"},
    "emit": {"msgspec"},
    "normalize": {"msgspec"},
    "diff": {"msgspec"},
    "stub": {"msgspec"},
    "transcript": {"msgspec", "zstandard"},
    "sessions": {"msgspec"},
    "timeline": {"msgspec"},
    "proxy": {"anyio", "msgspec", "websockets", "zstandard"},
    "probe": {"websockets"},
    "cli": {"typer", "rich"},
    "pytest_plugin": {"pytest"},
}
ONLY_IN = {
    "jinja2": {"emit/render.py", "report/page.py"},
    "datamodel_code_generator": {"emit/generator.py"},
    "jsonpatch": {"normalize/json_patch.py"},
    "jsonpointer": {"normalize/json_patch.py"},
    "tomlkit": {"usecases/pin.py"},
    "tomli_w": {
        *("emit/lock.py", "ingest/cache.py", "ingest/vendor.py", "runtime/launch.py"),
        "usecases/probe_rules.py",
    },
}


def modules() -> list[Path]:
    return sorted(p for p in CODE.rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Every module imported in a file, inside functions too."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""


def package_of(path: Path) -> str:
    relative = path.relative_to(CODE)
    return relative.parts[0].removesuffix(".py")


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(CODE).as_posix())
def test_imports_point_down(path: Path) -> None:
    package = package_of(path)
    if package in ("__init__", "__main__"):
        return
    for module in imports(path):
        if not module.startswith("codexwire."):
            continue
        target = module.split(".")[1]
        if target == package or (package, target) in SIBLINGS:
            continue
        assert FLOORS[target] < FLOORS[package], f"{package} imports {target}"
        assert target not in FORBIDDEN.get(package, ()), f"{package} must not know {target}"


@pytest.mark.parametrize("path", modules(), ids=lambda p: p.relative_to(CODE).as_posix())
def test_third_party_packages_stay_in_place(path: Path) -> None:
    package = package_of(path)
    relative = path.relative_to(CODE).as_posix()
    for module in imports(path):
        top = module.partition(".")[0]
        if top in sys.stdlib_module_names or top in ("codexwire", "__future__"):
            continue
        if top in ONLY_IN:
            assert relative in ONLY_IN[top], f"{relative} imports {top}"
            continue
        allowed = THIRD_PARTY.get(package, set()) | OWN_FILE.get(relative, set())
        assert top in allowed, f"{relative} imports {top}"


def test_what_is_imported_is_declared_and_the_other_way_round() -> None:
    """What another package happens to bring along can be gone in its next release."""
    project = tomllib.loads((CODE.parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    optional = project["optional-dependencies"]
    wanted = [*project["dependencies"], *optional["archive"], *optional["generate"]]
    declared = {re.split(r"[^\w.-]", line)[0].replace("-", "_") for line in wanted}
    declared.add("pydantic_core")  # pydantic pins it exactly
    declared.add("pytest")  # its plugin is imported by nobody else
    imported = {module.partition(".")[0] for path in modules() for module in imports(path)}
    assert imported - sys.stdlib_module_names == {"codexwire", *declared}


OWN_FILE: dict[str, set[str]] = {
    "emit/format.py": {"black"},
}


def test_nobody_inside_imports_the_root() -> None:
    for path in modules():
        assert path == CODE / "__init__.py" or "codexwire" not in imports(path), path


def test_no_file_is_imported_by_what_it_imports() -> None:
    """Imports inside functions and for type checkers count as any other."""
    files = {_module_of(path): path for path in modules()}
    graph = {name: _imported(path, files) - {name} for name, path in files.items()}
    TopologicalSorter(graph).prepare()  # CycleError names the files


def _module_of(path: Path) -> str:
    parts = path.relative_to(CODE.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(path: Path, files: Mapping[str, Path]) -> set[str]:
    """The files that a file imports; of `from package import name`, the file that has the name."""
    found = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            submodules = {f"{node.module}.{alias.name}" for alias in node.names} & files.keys()
            found |= submodules
            if len(submodules) < len(node.names):
                found.add(node.module or "")
    return found & files.keys()


def test_the_version_has_one_home() -> None:
    text = (CODE.parents[1] / "pyproject.toml").read_text("utf-8")
    assert (
        tomllib.loads(text)["tool"]["hatch"]["version"]["path"] == "codegen/codexwire/_version.py"
    )
    assigned = [p for p in modules() if re.search("^__version__ =", p.read_text("utf-8"), re.M)]
    assert assigned == [CODE / "_version.py"]


def test_what_the_root_promises_is_there_and_costs_nothing_before() -> None:
    script = (
        "import sys, codexwire\n"
        "print(sorted(m for m in sys.modules if m.startswith('codexwire.')))\n"
        "for name in codexwire.__all__: getattr(codexwire, name)\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == "['codexwire._version', 'codexwire.lazy']"


def test_nobody_imports_the_command_line() -> None:
    for path in modules():
        if package_of(path) in ("cli", "__main__"):
            continue
        assert not [m for m in imports(path) if m.startswith("codexwire.cli")], path


def test_what_a_user_does_is_done_without_a_terminal() -> None:
    """Use cases return what they have to say, or give it to a function."""
    for path in (CODE / "usecases").glob("*.py"):
        used = {ast.unparse(n) for n in ast.walk(ast.parse(path.read_text("utf-8")))}
        assert not used & {"print", "sys.stdout", "sys.stderr"}, path


def test_files_stay_readable() -> None:
    long = {
        path.relative_to(CODE).as_posix(): count
        for path in modules()
        if (count := len(path.read_text("utf-8").splitlines())) > 400
    }
    assert not long
    vague = {p.stem for p in modules()} & {"utils", "helpers", "common", "misc", "util"}
    assert not vague

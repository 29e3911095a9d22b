"""What is kept of a run changes no byte of the next one, whatever becomes of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest

from codexwire.emit import format as formatting
from codexwire.emit import kept, layouts, python
from codexwire.emit.format import format_python
from codexwire.emit.header import Stamp, stamp_of
from codexwire.emit.layouts import LAYOUTS
from codexwire.emit.plan import plan_package
from codexwire.ingest import load_files
from codexwire.ingest.document import open_document
from codexwire.normalize import Normalized, normalize

GOLDEN = Path(__file__).parents[2] / "golden"


def normalized() -> Normalized:
    names = ("stable", "experimental")
    return normalize(load_files({c: open_document(GOLDEN / f"{c}.json") for c in names}))


def files(found: Normalized | None = None, style: Any = "pydantic") -> Mapping[str, bytes]:
    found = found or normalized()
    return plan_package(found, stamp_of(found.protocol, ""), package="p", style=style).files


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CODEXWIRE_CACHE", str(tmp_path))
    monkeypatch.delenv("CODEXWIRE_NO_CACHE", raising=False)
    return tmp_path / "made"


@pytest.fixture
def made(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What is made while the test runs: `plan`, and the sources that black gets."""
    found: list[str] = []

    def told(module: Any, name: str, say: Callable[..., str]) -> None:
        make = getattr(module, name)

        def tell(*args: Any, **named: Any) -> Any:
            found.append(say(*args))
            return make(*args, **named)

        monkeypatch.setattr(module, name, tell)

    told(python, "_planned", lambda *_: "plan")
    told(formatting, "_formatted", lambda source: str(source))
    return found


def test_nothing_is_made_twice(cache: Path, made: list[str]) -> None:
    first = files()
    assert made[0] == "plan"
    assert len(made) > 10
    assert cache.stat().st_mode & 0o077 == 0
    made.clear()
    assert files() == first
    assert made == []
    assert files(style="typeddict") != first
    assert made


def test_with_and_without_the_cache_the_bytes_are_the_same(
    cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    cold, warm = files(), files()
    monkeypatch.setenv("CODEXWIRE_NO_CACHE", "1")
    assert files() == cold == warm
    monkeypatch.delenv("CODEXWIRE_NO_CACHE")
    cache.chmod(0o755)  # open to others
    assert files() == cold


DAMAGE: tuple[Callable[[bytes], bytes], ...] = (
    lambda _: b"",
    lambda content: content[:-1],
    lambda content: content[:40] + bytes([content[40] ^ 1]) + content[41:],
)


def test_what_is_damaged_is_made_again(cache: Path, made: list[str]) -> None:
    first = files()
    for number, entry in enumerate(sorted(cache.iterdir())):
        entry.write_bytes(DAMAGE[number % len(DAMAGE)](entry.read_bytes()))
    makings = sorted(made)
    made.clear()
    assert files() == first
    assert sorted(made) == makings


def test_an_entry_of_another_kind_is_no_plan(cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    first = files()
    monkeypatch.setattr(kept, "recall", lambda _: b"\x93\x01\x02\x03")
    assert files() == first
    assert cache.is_dir()


@pytest.mark.usefixtures("cache")
def test_one_type_more_formats_what_it_changes(made: list[str]) -> None:
    first = files()
    made.clear()
    found = normalized()
    name, definition = next(
        (n, d) for n, d in found.protocol.types.items() if "properties" in (d.schema or {})
    )
    definition.schema["properties"]["codexwireAdded"] = {"type": "integer"}
    changed = files(found)
    assert made[0] == "plan"
    assert 1 <= len(made) - 1 <= 4, name
    different = {path for path, content in changed.items() if first.get(path) != content}
    assert any(b"codexwire_added" in changed[path] for path in different)


@pytest.fixture
def ask(cache: Path) -> Callable[[], int]:
    """Asks for what is made of the invented protocol, and returns how often it was made."""
    assert not cache.exists()
    found, makings = normalized(), [0]

    def make() -> str:
        makings[0] += 1
        return "made"

    def ask() -> int:
        assert kept.made_once(make, str, (found,)) == "made"
        return makings[0]

    return ask


@pytest.mark.parametrize("package", ["black", "datamodel-code-generator", "jinja2"])
def test_another_version_of_a_package_makes_it_again(
    ask: Callable[[], int], monkeypatch: pytest.MonkeyPatch, package: str
) -> None:
    assert [ask(), ask()] == [1, 1]
    tools = tuple((name, "0" if name == package else own) for name, own in kept._TOOLS)
    monkeypatch.setattr(kept, "_TOOLS", tools)
    assert ask() == 2


@pytest.mark.parametrize(
    "place", ["emit/new.py", "wire/new.py", "runtime/new.py", "templates/x.py.jinja"]
)
def test_a_fix_of_codexwire_makes_it_again(
    ask: Callable[[], int], monkeypatch: pytest.MonkeyPatch, tmp_path: Path, place: str
) -> None:
    monkeypatch.setattr(kept, "_PACKAGE", tmp_path)
    monkeypatch.setattr(kept, "templates_root", lambda: tmp_path / "templates")
    assert [ask(), ask()] == [1, 1]
    (tmp_path / place).parent.mkdir()
    (tmp_path / place).write_text("a fix")
    assert ask() == 2


@pytest.mark.usefixtures("cache")
def test_black_of_another_version_formats_again(
    made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    sources = {"a.py": "x  = 1\n", "b.py": "y  = 1\n", "c.pyi": "# fmt: off\nz  : int\n"}
    assert format_python(sources) == {**sources, "a.py": "x = 1\n", "b.py": "y = 1\n"}
    format_python(sources, "# head\n")
    assert len(made) == 2
    monkeypatch.setattr(formatting, "_BLACK", "1.0")
    assert format_python(sources, "# head\n")["a.py"] == "# head\nx = 1\n"
    assert len(made) == 4


@pytest.mark.usefixtures("cache")
def test_a_profile_that_codexwire_does_not_know_is_not_kept(
    made: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(kept, "PROFILES", ())
    files()
    files()
    assert made.count("plan") == 2


@pytest.mark.usefixtures("cache")
def test_the_official_layout_is_kept_too(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    def planned(*_: object) -> dict[str, bytes]:
        made.append("layout")
        return {"v2_all.py": b"content"}

    monkeypatch.setattr(layouts, "plan_sdk_layout", planned)
    found = normalized()
    for digest in "aab":
        plan = LAYOUTS["openai-sdk"].plan(found, Stamp("", digest), "stable")
        assert plan == {"v2_all.py": b"content"}
    assert len(made) == 2

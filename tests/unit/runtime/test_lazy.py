"""Names of a package load their module when they are first used."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

INIT = """
from codexwire.runtime.lazy import lazy_exports

def __getattr__(name):
    return lazy_exports(__name__, name, {"Thing": "things", "Gone": "things"}, modules=["others"])
"""


@pytest.fixture
def name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    package = tmp_path / "lazy_package"
    package.mkdir()
    (package / "__init__.py").write_text(INIT)
    (package / "things.py").write_text("class Thing: pass\n")
    (package / "others.py").write_text("import nothing_of_the_kind\n")
    monkeypatch.syspath_prepend(tmp_path)
    for module in [m for m in sys.modules if m.startswith("lazy_package")]:
        monkeypatch.delitem(sys.modules, module)
    return "lazy_package"


def test_a_module_is_imported_on_first_use_and_the_name_kept(name: str) -> None:
    package = __import__(name)
    assert f"{name}.things" not in sys.modules
    thing = package.Thing
    assert f"{name}.things" in sys.modules
    assert vars(package)["Thing"] is thing


def test_unknown_names_are_attribute_errors(name: str) -> None:
    package = __import__(name)
    with pytest.raises(AttributeError, match="'lazy_package' has no attribute 'Nothing'"):
        package.Nothing  # noqa: B018
    with pytest.raises(AttributeError, match="Gone"):
        package.Gone  # noqa: B018
    assert not hasattr(package, "__wrapped__")


def test_a_broken_module_says_what_is_broken(name: str) -> None:
    with pytest.raises(ModuleNotFoundError, match="nothing_of_the_kind"):
        __import__(name).others  # noqa: B018

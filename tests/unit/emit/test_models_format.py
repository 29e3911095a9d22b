"""What is written is what black writes, whichever way it was brought there."""

from __future__ import annotations

import gc

import black
import pytest

from codexwire.emit.format import LINE_LENGTH, format_python

MODE = black.Mode(target_versions={black.TargetVersion.PY311}, line_length=LINE_LENGTH)
LONG = "X = A | " + " | ".join(f"Variant{i}" for i in range(30))


@pytest.mark.parametrize(
    "source",
    [
        f'"""Doc."""\n\nimport a\n\n\nclass A:\n    x: int\n\n\n{LONG}\n\n\nclass B:\n    pass\n',
        f"def f():\n    text = '''\n\n\n{'long ' * 40}\n\n\n'''\n    return text\n",
        f"# fmt: off\n{LONG}\n# fmt: on\n",
        f'"""Doc."""\n\n# fmt: off\n{LONG}\nx  = 1\n',
        f"x  = 1\n\n# fmt: off\n{LONG}\n# fmt: on\n",
        "x = 1",
        "",
        "\n\n",
        "class A:\n    x = 1\n\n\n\n\n",
        f"x = 1\n\n\n{LONG}",
    ],
)
def test_equal_to_black(source: str) -> None:
    assert format_python({"m.py": source}) == {"m.py": black.format_str(source, mode=MODE)}


def test_the_collector_is_left_as_it_was() -> None:
    format_python({"m.py": "x = 1\n"})
    assert gc.isenabled()
    with pytest.raises(black.InvalidInput):
        format_python({"m.py": "x = = 1\n"})
    assert gc.isenabled()

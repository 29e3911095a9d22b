"""What a contract names that no release has is found; a literal is known where its type is taken."""

from __future__ import annotations

from pathlib import Path

import pytest

from codexwire.diff.contract import format_contract, read_contract
from codexwire.ingest import load


@pytest.mark.parametrize(
    ("value", "known"),
    [
        (".ephemeral=true", True),
        (".ephemeral=false", True),
        (".ephemeral=null", True),
        (".ephemeral=fast", False),
        (".config=null", True),
        (".config=true", False),  # an object, or null
        (".config=false", False),
        (".cwd=true", True),  # any text is a string
        (".cwd=null", True),
        (".cwd=/home", True),
        (".approvalPolicy=false", False),
        (".approvalPolicy=sometimes", False),
    ],
)
def test_a_value_that_a_release_takes_is_not_missing(
    value: str, known: bool, tmp_path: Path
) -> None:
    path = tmp_path / "contract.toml"
    path.write_text(f'version = 1\n["sends"."v2/ThreadStartParams"]\nvalues = ["{value}"]\n')
    missing = [entry.what for entry in read_contract(path).missing([load("0.171.0")])]
    assert missing == ([] if known else [f"{value!r} in v2/ThreadStartParams"])


PARTS = """\
version = 1

[methods]
ClientRequest = ["turn/start"]

[sends."v2/TurnStartParams"]
fields = [".nothing"]
variants = [".input[]<nothing>"]
values = [".effort=nothing"]
"""


def test_every_part_of_a_type_is_written_and_looked_up(tmp_path: Path) -> None:
    path = tmp_path / "contract.toml"
    path.write_text(PARTS)
    read = read_contract(path)
    assert format_contract(read.contract) == PARTS
    missing = [entry.name for entry in read.missing([load("0.99.0")])]
    assert missing == [".nothing", ".input[]<nothing>", ".effort=nothing"]

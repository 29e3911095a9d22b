"""TOML read into types: what fits, what is said of what does not, and where."""

from __future__ import annotations

import datetime
import re
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Literal

import msgspec
import pytest

from codexwire.errors import ContractError, UsageError
from codexwire.toml import find_lines, parse_toml, read_toml


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Inner(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    size: int


class Row(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    name: Annotated[str, msgspec.Meta(pattern=r"\S")] = "x"
    long_name: str | None = None
    count: Annotated[int, msgspec.Meta(ge=1)] = 1
    share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.5
    place: Annotated[str, msgspec.Meta(pattern="^/", description="a pointer")] | None = None
    day: datetime.date | None = None
    colour: Colour = Colour.RED
    version: Literal[1] = 1
    when: re.Pattern[str] | None = None
    inner: Inner | None = None
    loud: bool = False
    names: tuple[str, ...] = ()
    rows: tuple[Inner, ...] = ()


def test_a_table_is_read_into_its_type() -> None:
    row = parse_toml(
        'long-name = "a"\nshare = 1\nday = 2027-01-31\ncolour = "blue"\n'
        'when = "a+"\ninner = { size = 3 }\nrows = [{ size = 1 }]'
    ).read(Row)
    assert (row.long_name, row.share, row.day) == ("a", 1.0, datetime.date(2027, 1, 31))
    assert (row.colour, row.inner, row.rows) == (Colour.BLUE, Inner(3), (Inner(1),))
    assert row.when is not None
    assert row.when.search("baa")


BAD = {
    "nmae = 'x'": "f.toml:1: unknown key 'nmae' (did you mean 'name'? known: name, long-name, ",
    "[inner]\nsize = 1\n\nsise = 1": "f.toml:4: unknown key 'sise' (did you mean 'size'? known: s",
    "[[rows]]\nsize = 1\n[[rows]]\n": "f.toml:3: 'size' is missing",
    "[[rows]]\nsize = 1\n[[rows]]\nsize = 'x'": "f.toml:4: size must be an integer, got 'x'",
    "rows = 'x'": "f.toml:1: rows must be tables, each headed [[rows]], got 'x'",
    "rows = [7]": "f.toml:1: rows[0] must be a table, got 7",
    "inner = [1]": "f.toml:1: inner must be a table, got a list",
    "names = {a = 1}": "f.toml:1: names must be a list, got a table",
    'names = [\n  "a", # one\n\n  "b",\n  3,\n]': "f.toml:5: names[2] must be a string, got 3",
    "# head\nlong-name = true": "f.toml:2: long-name must be a string, got true",
    "long-name = 2027-01-31": "f.toml:1: long-name must be a string, got 2027-01-31",
    "long-name = 2027-01-31T00:00:00": "f.toml:1: long-name must be a string, got 2027-01-31",
    "long-name = 10:00:00": "f.toml:1: long-name must be a string, got 10:00:00",
    "loud = 1": "f.toml:1: loud must be true or false, got 1",
    "count = 0": "f.toml:1: count must be at least 1, got 0",
    "count = true": "f.toml:1: count must be an integer, got true",
    "share = 1.5": "f.toml:1: share must be at most 1, got 1.5",
    "share = true": "f.toml:1: share must be a number, got true",
    "day = '2027-01-31'": "f.toml:1: day must be a date (2027-01-31, without quotes), got '2027",
    "day = 2027-01-31T00:00:00": "f.toml:1: day must be a date",
    "name = ' '": "f.toml:1: name must not be empty",
    "place = 'x'": "f.toml:1: place must be a pointer, got 'x'",
    "colour = 'green'": "f.toml:1: colour must be one of red, blue, got 'green'",
    "version = 2": "f.toml:1: version must be 1, got 2",
    "when = 7": "f.toml:1: when: must be a string, got 7",
    '"a\\nb" = 1': "f.toml:1: unknown key 'a\\nb' (known: ",
    "when = '('": "f.toml:1: when: not a regular expression: missing )",
    'name = """\n"""\ncount = -1': "f.toml:1: name must not be empty",
    'name = """\na\n"""\ncount = -1': "f.toml:4: count must be at least 1, got -1",
    "\nname\n": "f.toml:2: not TOML: Expected '='",
    "a = " + "[" * 5000: "f.toml: not TOML: ",
    "a = " + "9" * 5000: "f.toml: not TOML: Exceeds the limit",
}


@pytest.mark.parametrize("text", BAD)
def test_what_does_not_fit_is_said_with_its_line(text: str) -> None:
    with pytest.raises(ContractError) as refused:
        parse_toml(text, file="f.toml", error=ContractError, hint="see the form").read(Row)
    assert str(refused.value).startswith(BAD[text])
    assert "\n" not in str(refused.value)
    assert refused.value.hint


def test_a_file_that_cannot_be_read_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"none\.toml: cannot read the list: No such file"):
        read_toml(tmp_path / "none.toml", "list")
    (tmp_path / "latin.toml").write_bytes(b"a = '\xe9'")
    with pytest.raises(UsageError, match=r"latin\.toml: not TOML: not UTF-8"):
        read_toml(tmp_path / "latin.toml", "list")


def test_parts_are_read_where_they_stand() -> None:
    document = parse_toml('[map]\na = 1\n"b.c" = "x"\n[[list]]\n[[list]]\nsize = "x"\n')
    assert [key for key, _ in document.entries("map")] == ["a", "b.c"]
    assert list(document.entries("nothing")) == []
    assert list(document.items("nothing", "there")) == []
    (_, (_, second)) = document.items("list"), document.items("list")
    with pytest.raises(UsageError, match="<input>:6: size must be an integer"):
        second.read(Inner)
    with pytest.raises(UsageError, match=r"<input>:3: b\.c must be an integer"):
        [value.read(int) for _, value in document.entries("map")]
    with pytest.raises(UsageError, match="<input>:1: map must be a list, got a table"):
        list(document.items("map"))
    with pytest.raises(UsageError, match="<input>:5: needs one of a, b; has size"):
        second.one_of(("a", "b"))


def test_every_place_has_its_line() -> None:
    text = (
        "a = 1\n"  # 1
        "b.c = { d = [1, 2] }\n"
        "\n"
        "[ t . 'x.y' ]  # [[no]]\n"  # 4
        "e = '''\n"
        "[[not.one]]\n"
        "'''\n"
        "[[turn]]\r\n"  # 8
        "[turn.head]\n"
        "f = 1\n"
        "[[turn.step]]\n"  # 11
        "[[turn.step]]\n"
        "g = [\n"
        "  [1,\n"  # 14
        "   2],\n"
        "  { h = 1 },\n"
        "]\n"
        "[[turn]]\n"  # 18
        "[[turn.step]]\n"
        "i = 2027-01-31\n"
    )
    lines = find_lines(text)
    expected = {
        ("a",): 1,
        ("b",): 2,
        ("b", "c"): 2,
        ("b", "c", "d", 1): 2,
        ("t", "x.y"): 4,
        ("t", "x.y", "e"): 5,
        ("turn",): 8,
        ("turn", 0): 8,
        ("turn", 0, "head"): 9,
        ("turn", 0, "head", "f"): 10,
        ("turn", 0, "step", 0): 11,
        ("turn", 0, "step", 1): 12,
        ("turn", 0, "step", 1, "g"): 13,
        ("turn", 0, "step", 1, "g", 0): 15,
        ("turn", 0, "step", 1, "g", 1, "h"): 16,
        ("turn", 1): 18,
        ("turn", 1, "step", 0): 19,
        ("turn", 1, "step", 0, "i"): 20,
    }
    assert {place: lines.get(place) for place in expected} == expected
    assert ("not",) not in lines

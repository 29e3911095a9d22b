"""Patterns find what ECMA-262 says, where Python's `re` says something else; the odd ones are None."""

from __future__ import annotations

import re

import pytest
from patterns import SAME_AS_ECMA

from codexwire.ir.regex import python_regex, strict_regex

UNTRANSLATABLE = [
    *("(", ")", "[a", "a\\", "*a", "a**", "a++", "a?+", "a{2}{3}", "^*", "(?<=a)*", "(?=a)+"),
    *(r"\Z", r"\A", r"\a", r"\p{L}", r"\u12", r"\x1", r"\c1", r"\00", r"[\B]", r"[\1]", "[b-a]"),
    *("(?P<a>b)", "(?i)a", "(?#a)", "(?>a)", "(?(1)a)", "(?<a>b)(?<a>c)", r"\k<a>", r"\1(a)"),
    *(r"(?:(a)|b)*\1", "(?<=a+)b", "a{2,1}", "a{99999999999999999999}", r"\u{110000}"),
]


@pytest.mark.parametrize("pattern", SAME_AS_ECMA)
def test_what_is_found(pattern: str) -> None:
    regex = python_regex(pattern)
    assert regex is not None
    found, not_found = SAME_AS_ECMA[pattern]
    for text in found:
        assert re.compile(regex, re.ASCII).search(text), (regex, text)
    for text in not_found:
        assert not re.compile(regex, re.ASCII).search(text), (regex, text)


@pytest.mark.parametrize("pattern", UNTRANSLATABLE)
def test_what_re_cannot_say(pattern: str) -> None:
    assert python_regex(pattern) is None
    assert strict_regex(pattern) is None


@pytest.mark.parametrize("first", [0xD800, 0xD9AB, 0xDA0E, 0xDBFF])
@pytest.mark.parametrize("second", [0xDC00, 0xDDAB, 0xDEEF, 0xDFFF])
@pytest.mark.parametrize("spelling", ["x", "X"])
def test_two_surrogates_are_one_character(first: int, second: int, spelling: str) -> None:
    character = chr(0x10000 + ((first - 0xD800) << 10) + second - 0xDC00)
    found = python_regex(rf"^\u{first:{spelling}}\u{second:{spelling}}+$")
    assert found is not None
    assert re.search(found, character * 2, re.ASCII)
    assert not re.search(found, chr(first) + chr(second), re.ASCII)

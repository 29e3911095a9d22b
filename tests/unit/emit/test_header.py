"""The stamp is a comment in every language that it is put on; Pygments says what a comment is."""

from __future__ import annotations

import pytest
from pygments.lexers import get_lexer_for_filename
from pygments.token import Comment, Whitespace

from codexwire.emit.header import Stamp

STAMP = Stamp("codexwire generate", "0" * 64, "1.0")
SUFFIXES = """
py pyi sh toml yaml yml rb ts mts cts js mjs cjs rs swift go java kt cs c h cpp hpp css md html xml
"""


@pytest.mark.parametrize("suffix", SUFFIXES.split())
def test_the_stamp_is_a_comment(suffix: str) -> None:
    stamp = STAMP.on(f"a.{suffix}", b"").decode()
    assert "0" * 64 in stamp
    name = {"mts": "ts", "cts": "ts", "cjs": "js", "h": "c", "pyi": "py", "md": "html"}
    lexer = get_lexer_for_filename(f"a.{name.get(suffix, suffix)}")
    kinds = {kind for kind, text in lexer.get_tokens(stamp) if text.strip()}
    assert all(kind in Comment or kind in Whitespace for kind in kinds), kinds


@pytest.mark.parametrize("first", ["#!/bin/sh\n", '<?xml version="1.0"?>\n'])
def test_what_must_be_the_first_line_stays_it(first: str) -> None:
    content = first.encode() + b"rest"
    stamped = STAMP.on("a.sh" if first[0] == "#" else "a.xml", content)
    assert stamped.startswith(first.encode())
    assert STAMP.on("a.sh" if first[0] == "#" else "a.xml", stamped) == stamped != content


def test_what_can_hold_no_comment_stays_as_it_is() -> None:
    assert STAMP.on("a.json", b"{}") == b"{}"

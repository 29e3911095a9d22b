"""Every form of token in the table is found in text, and a sample of the benchmark stays inside."""

from __future__ import annotations

import importlib.util
import random
import re
import string
import sys
import tomllib
from itertools import count
from pathlib import Path
from types import ModuleType

import pytest
from amount import times
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from codexwire.proxy.redact import LiveRedactor, Redactor
from codexwire.proxy.redact.tokens import TOKENS, tokens_in

CASES = Path(__file__).parents[2] / "cases" / "redact"
BENCHMARK = Path(__file__).parents[3] / "benchmarks" / "redact.py"


FORMS = [
    pytest.param(form, id=f"{token.id}-{number}")
    for token in TOKENS
    for number, form in enumerate(token.forms)
]


@pytest.mark.parametrize("form", FORMS)
def test_a_form_of_the_table(form: str) -> None:
    @settings(
        max_examples=times(2, 20), phases=[Phase.generate], suppress_health_check=list(HealthCheck)
    )
    @given(st.from_regex(rf"\A(?a:{form})\Z", alphabet=st.characters(codec="ascii")))
    def check(token: str) -> None:
        assert token not in Redactor().pieces([f"see {token}, or {token}"])[0]
        assert [found[:2] for found in tokens_in(token)][:1] == [(0, len(token))]

    check()


LOOKS = tomllib.loads((CASES / "tokens.toml").read_text("utf-8"))
FULL = tomllib.loads((CASES / "full_tokens.toml").read_text("utf-8"))
CHARACTERS = {
    "a": string.ascii_letters + string.digits,
    "d": string.digits,
    "h": string.digits + "abcdef",
    "l": string.ascii_lowercase,
    "n": string.ascii_lowercase + string.digits,
    "u": string.ascii_uppercase + string.digits,
}


PART = re.compile(r"<(\w)(\d+)(\??)>")


def drawn(look: str, short: int | None = None) -> str:
    """A token of this look; the part with this number has three characters only."""
    dice, parts = random.Random(1), count()

    def part(found: re.Match[str]) -> str:
        length = 3 if next(parts) == short else int(found[2])
        return "".join(dice.choices(CHARACTERS[found[1]], k=length))

    return PART.sub(part, look)


def told(text: str) -> list[tuple[int, int, str]]:
    return [(start, end, token.id) for start, end, token in tokens_in(text)]


@pytest.mark.parametrize("provider", [token.id for token in TOKENS])
def test_the_tokens_of_a_provider(provider: str) -> None:
    for look in (*LOOKS[provider].split(), *FULL[provider].split()):
        token = drawn(look)
        assert told(token) == [(0, len(token), provider)], look


@pytest.mark.parametrize("provider", [token.id for token in TOKENS])
def test_what_is_too_short_is_no_token(provider: str) -> None:
    for look in FULL[provider].split():
        for number, (_, length, may_be_short) in enumerate(PART.findall(look)):
            if int(length) > 4 and not may_be_short:
                assert told(drawn(look, number)) == [], look


@pytest.mark.parametrize("word", ["xapp-builder", "CCIPAT_TOKEN", "dnkey-name"])
def test_a_word_that_begins_like_a_token(word: str) -> None:
    assert told(word) == []


def test_every_provider_and_form_is_in_the_table() -> None:
    forms = {token.id: len(token.forms) for token in TOKENS}
    assert forms == {provider: len(looks.split()) for provider, looks in LOOKS.items()}


@pytest.fixture(scope="module")
def benchmark() -> ModuleType:
    spec = importlib.util.spec_from_file_location("redact_benchmark", BENCHMARK)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def test_a_sample_of_the_benchmark(benchmark: ModuleType) -> None:
    """Each shape at four places, other ones for the next shape; all with the benchmark's own judge."""
    places = list({**benchmark.LISTED_PLACES, **benchmark.OTHER_PLACES}.items())
    leaks = {}
    for shapes, most in ((benchmark.LISTED, 0.01), (benchmark.OTHER, 0.05)):
        for number, (shape, make) in enumerate(shapes.items()):
            some = dict(places[(4 * number + i) % len(places)] for i in range(4))
            leaks |= benchmark.measure({shape: make}, some, seed=7, rounds=1)
        found = {cell: count for cell, count in leaks.items() if cell[0] in shapes}
        assert sum(found.values()) <= most * len(found), [cell for cell in found if found[cell]]


def test_the_judge_sees_what_is_not_redacted(
    benchmark: ModuleType, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(benchmark, "redacted", lambda messages: list(benchmark.recording(messages)))
    places = {**benchmark.LISTED_PLACES, **benchmark.OTHER_PLACES}
    seen = benchmark.measure({"github": benchmark.LISTED["github classic"]}, places, 1, 1)
    assert set(seen.values()) == {1}


def test_live_a_secret_that_is_cut_ends_where_it_is_told() -> None:
    live = LiveRedactor(Redactor())
    token = "ghp_" + "0a1B2c3D4e" * 4
    pieces = ["see ghp", token[3:12], token[12:30], token[30:], " and more"]
    line = '{"method":"item/agentMessage/delta","params":{"itemId":"i","delta":"%s"}}\n'
    done = [live.line((line % piece).encode()).decode() for piece in pieces]
    assert [one == line % piece for one, piece in zip(done, pieces, strict=True)] == [
        True,
        True,
        False,
        False,
        True,
    ]
    assert token[12:20] not in "".join(done)
    assert token[30:40] not in "".join(done)

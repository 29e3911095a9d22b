"""What the library bc-detect-secrets finds is found here too: samples of its detectors' own patterns."""

from __future__ import annotations

import random
import re
import string
from collections.abc import Iterator

import pytest
from detect_secrets.core.plugins.util import get_mapping_from_secret_type_to_class
from detect_secrets.plugins.base import RegexBasedDetector
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from codexwire.proxy.redact import Redactor

# No quotes and backslashes, which end a value wherever values stand.
CHARACTERS = st.sampled_from(
    string.ascii_letters + string.digits + "!#$%&()*+,-./:;<=>?@[]^_{|}~ \n"
)
# Not the two whose secrets are more than text that fits a pattern; they have tests of their own.
DETECTORS = {
    kind: detector
    for kind, detector in sorted(get_mapping_from_secret_type_to_class().items())
    if issubclass(detector, RegexBasedDetector) and kind not in ("Private Key", "JSON Web Token")
}
ALNUM = string.ascii_letters + string.digits
# The library's assignments may have blanks for a sign (`password whatever`, which is prose), its npm
# tokens none at all, and its secrets of AWS may be the end of a longer run, such as a path.
PROSE = (
    ("aws", re.compile(r"(?<![\w/+])[\w/+]{40}\Z")),
    ("=>| +|::", re.compile("[=:]")),
    ("_authToken", re.compile(r"npm_|(?:authToken|TOKEN) ?[=:] ?[a-zN]")),
)
LEAST = 16  # characters; shorter ones match the library's patterns and are nobody's key


def patterns() -> Iterator[object]:
    for kind, detector in DETECTORS.items():
        for number, pattern in enumerate(detector().denylist):
            yield pytest.param(pattern, id=f"{kind} {number}")


@pytest.mark.parametrize("pattern", patterns())
def test_a_detector_of_the_library(pattern: re.Pattern[str]) -> None:
    seen = 0

    @settings(max_examples=100, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    @given(st.from_regex(pattern, fullmatch=True, alphabet=CHARACTERS), st.integers())
    def check(drawn: str, seed: int) -> None:
        nonlocal seen
        sample = vivid(drawn, pattern, random.Random(seed))
        if any(kind in pattern.pattern and not sign.search(sample) for kind, sign in PROSE):
            return
        secrets = {m[m.lastindex or 0] for m in pattern.finditer(sample) if len(m[0]) >= LEAST}
        seen += len(secrets)
        done = Redactor().pieces([f"see {sample} there"])[0]
        again = {m[m.lastindex or 0] for m in pattern.finditer(done) if len(m[0]) >= LEAST}
        assert secrets.isdisjoint(again), (sample, done)

    check()
    assert seen


@pytest.mark.parametrize("name", ["cloudant", "clou", "cl"])
def test_every_name_that_the_library_knows_for_cloudant(name: str) -> None:
    for line in (f"see [{name}-KeY:   {{}} there", f"{name}_api_key={{}}", f"{name}key: {{}}"):
        line = line.format("bizyVnsvZWCIyaezQBieWhna")
        assert Redactor().pieces([line])[0] == line.replace(
            "bizyVnsvZWCIyaezQBieWhna", "redacted-1"
        )


def vivid(drawn: str, pattern: re.Pattern[str], rng: random.Random) -> str:
    """A sample with other characters: hypothesis likes `0000`, which is no key."""
    for at in range(len(drawn)):
        if drawn[at] in ALNUM:
            for alphabet in (ALNUM, string.ascii_lowercase + string.digits):
                other = drawn[:at] + rng.choice(alphabet) + drawn[at + 1 :]
                if pattern.fullmatch(other):
                    drawn = other
                    break
    return drawn

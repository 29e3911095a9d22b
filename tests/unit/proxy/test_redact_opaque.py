"""What looks drawn by lot: keys that no rule lists are found, ids, digests and media are left alone."""

from __future__ import annotations

import hashlib
import random
from base64 import b64encode

import pytest

from codexwire.proxy.redact import Redactor

DICE = random.Random(7)
RANDOM = "9fKx2QmT7vLp4RwZc8Yh3Nb6"
IDS = """
call resp msg rs fc fco ig ws mcp mcpl mcpr mcpt ctc cu item thread turn run step asst file batch event evt
conv chatcmpl cmpl req toolu msgbatch app exec ci lsh job img container snapshot sha512
"""
MEDIA = {
    "PNG": b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
    "JPEG": b"\xff\xd8\xff\xe0",
    "GIF": b"GIF89a",
    "RIFF": b"RIFF",
    "PDF": b"%PDF-1.7",
    "gzip": b"\x1f\x8b\x08\x00",
    "zip": b"PK\x03\x04",
    "zstd": b"\x28\xb5\x2f\xfd",
    "Ogg": b"OggS\0\2",
    "MP3": b"ID3\x04",
}
"""Kind of file → its first bytes."""


@pytest.mark.parametrize(
    "key",
    [
        RANDOM,
        "acme_" + hashlib.md5(b"1", usedforsecurity=False).hexdigest(),
        "acme_x1_" + hashlib.md5(b"2", usedforsecurity=False).hexdigest(),
        b64encode(DICE.randbytes(48)).decode(),
        b64encode(DICE.randbytes(46)).decode(),
        "aB3/xY7kQ9/Zw2pL5+mN8vR1/tC4sD6+hJ0f",
        "aB3/xY7kQ9/Zw2pL5+mN8vR1/tC4sD6+hJ0f==",
        "aB3xY7kQ9-2-Zw2pL5mN8vR1",
        "kQzRtWxYbNcMvLpHsGjF",
        "abcdef12ghij34KLMN56opqr78",
        "7f9k2m4x8q1w5z3v6b0n7c9d",
        "7F9K2M4X8Q1W5Z3V6B0N7C9D",
        "Kx9Q-m2Tv_7Lp4RwZc8Yh3Nb6=",
    ],
)
def test_a_key_of_unknown_form(key: str) -> None:
    assert redacted(f"it is {key} now") == "it is redacted-1 now"


@pytest.mark.parametrize("prefix", IDS.split())
@pytest.mark.parametrize("sign", "_-")
def test_an_id_says_so_by_its_first_letters(prefix: str, sign: str) -> None:
    text = f"see {prefix}{sign}{RANDOM} there"
    assert redacted(text) == text


@pytest.mark.parametrize("kind", MEDIA)
def test_media_in_base64(kind: str) -> None:
    text = b64encode(MEDIA[kind] + random.Random(3).randbytes(90)).decode()
    assert redacted(text) == text
    assert redacted(text[8:]) != text[8:]


@pytest.mark.parametrize(
    "text",
    [
        *(hashlib.new(name, b"1").hexdigest() for name in ("sha1", "sha256", "sha512", "md5")),
        hashlib.sha256(b"1").hexdigest().upper(),
        f"call_{hashlib.md5(b'1', usedforsecurity=False).hexdigest()}",
        "384aa2e5-2f26-4e39-b9cc-1818bf3c7a91",
        "384AA2E5-2F26-4E39-B9CC-1818BF3C7A91",
        "_ZNSt6vectorIiSaIiEE9push_backEOi",
        "__ZNK3foo3barEv7St4pairIiEC1Ev",
        "_ZNSsC1ERKSsmmEv9Kx2Qm",
        "db_v2-2023-05-10T18-56-31",
        "db_v2-2022-09-25-Run3",
        "prefixed_decade",
        "parseHTTPSResponseFromURLsWithJSONBody",
        "_ZTVN10__cxxabiv117__class_type_infoE",
        "_ZTSN3foo3barIiE9St6vectorE",
        "rollout-2026-11-21T05-30-12-384aa2e5-2f26-4e39-b9cc-1818bf3c7a91.jsonl",
        "test_capabilityDiscoveryV2_is_read_again",
        "AbstractSingletonProxyFactoryBean2WithV3",
    ],
)
def test_what_programs_write_is_no_key(text: str) -> None:
    assert redacted(f"see {text} there") == f"see {text} there"


def redacted(text: str) -> str:
    return Redactor().pieces([text])[0]

"""What messages and tables say of addresses and errors."""

from __future__ import annotations

import errno

import aiohttp
import pytest
from botocore.exceptions import ClientError
from s3fs.errors import translate_boto_error
from yarl import URL

from codexwire.archive.masking import masked, reason

SECRETS = ("pa55", "sw0rd", "s1gn")


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://user:pa55@host/x.jsonl", "https://***@host/x.jsonl"),
        ("https://user:pa55@host:80/x@y", "https://***@host:80/x@y"),
        ("https://user:pa55/sw0rd@host/x", "https://***@host/x"),
        ("https://user:pa55@sw0rd@host/x", "https://***@host/x"),
        ("s3://id:pa55/sw0rd+@bucket/x", "s3://***@bucket/x"),
        ("https://pa55@host/x", "https://***@host/x"),
        ("https://host/x?id=7&X-Amz-Signature=s1gn/+==", "https://host/x?id=7&X-Amz-Signature=***"),
        ("https://host/x?sig=s1gn&id=7", "https://host/x?sig=***&id=7"),
        ("https://host/x#access_token=s1gn", "https://host/x#access_token=***"),
        (
            "https://proxy/?of=https%3A%2F%2Fhost%2Fx%3FSignature%3Ds1gn%26id%3D7",
            "https://proxy/?of=https%3A%2F%2Fhost%2Fx%3FSignature%3D***%26id%3D7",
        ),
        (
            "https://proxy/?of=https%3A%2F%2Fhost%2Fx%3Fid%3D7%26sig%3Ds1gn%3D%3D",
            "https://proxy/?of=https%3A%2F%2Fhost%2Fx%3Fid%3D7%26sig%3D***",
        ),
        (
            "no answer of 'https://u:pa55@host/x?token=s1gn'",
            "no answer of 'https://***@host/x?token=***'",
        ),
    ],
)
def test_secrets_of_addresses_are_masked(address: str, said: str) -> None:
    assert masked(address) == said
    assert reason(ValueError(address)) == said


@pytest.mark.parametrize(
    "name",
    [
        *("X-Amz-Signature", "X-Amz-Credential", "X-Amz-Security-Token", "AWSAccessKeyId"),
        *("X-Goog-Signature", "X-Goog-Credential"),
        *("Signature", "Key-Pair-Id"),  # CloudFront
        *("sig", "hdnts", "hdnea", "hmac"),  # Azure, Akamai
        *("access_token", "client_secret", "api_key", "jwt", "auth"),
        *("passphrase", "password", "pwd"),
    ],
)
def test_what_signs_an_address_is_masked(name: str) -> None:
    assert masked(f"https://host/x?id=7&{name}=s1gn&n=b") == f"https://host/x?id=7&{name}=***&n=b"


@pytest.mark.parametrize(
    "address",
    [
        "https://host:8080/a@b.jsonl",
        "http://[::1]:80/a@b.jsonl",
        "file:///home/a:b/c@d.jsonl",
        "file://C:/a@b.jsonl",
        "s3://bucket/a:b@c.jsonl",
        "https://host/x?id=7&name=b",
        "https://proxy/?of=https%3A%2F%2Fhost%2Fx%3Fid%3Dmonkey%3D%3D",
        "https://proxy/?of=https%3A%2F%2Fhost%2Fx%3Fkeys%26id%3D7",
    ],
)
def test_other_addresses_stay_as_they_are(address: str) -> None:
    assert masked(address) == address


FEWER = "the storage asks for fewer requests"
EXPIRED = "the credentials have expired"


@pytest.mark.parametrize(
    ("code", "said"),
    [
        ("ServiceUnavailable", FEWER),
        ("SlowDown", FEWER),
        ("503", FEWER),  # of an answer without a body, such as that to HEAD
        ("TooManyRequests", FEWER),
        ("RequestLimitExceeded", FEWER),  # these are what botocore takes for throttling
        ("Throttling", FEWER),
        ("ThrottlingException", FEWER),
        ("TooManyRequestsException", FEWER),
        ("ExpiredToken", EXPIRED),
        ("ExpiredTokenException", EXPIRED),
        ("NoSuchBucket", "the bucket is not there"),
        ("NoSuchKey", "it is not there"),
        ("AccessDenied", "access is refused"),
        ("403", "access is refused"),
        ("NewOne", "the storage answers NewOne"),
    ],
)
def test_errors_of_s3_are_told_in_words(code: str, said: str) -> None:
    answer = ClientError({"Error": {"Code": code, "Message": "of pa55"}}, "GetObject")
    assert reason(translate_boto_error(answer)) == said


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "access is refused"),
        (403, "access is refused"),
        (404, "it is not there"),
        (429, FEWER),
        (503, FEWER),
        (500, "the storage answers 500"),
    ],
)
def test_errors_of_web_servers_are_told_in_words(status: int, said: str) -> None:
    request = aiohttp.RequestInfo(URL("http://host/x"), "GET", None, URL("http://host/x"))  # type: ignore[arg-type]
    assert reason(aiohttp.ClientResponseError(request, (), status=status)) == said


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.ENOENT, "it is not there"),
        (errno.EACCES, "access is refused"),
        (errno.ETIMEDOUT, "there was no answer in time"),
        (errno.EIO, "Input/output error"),
    ],
)
def test_errors_of_this_machine_are_told_in_words(number: int, said: str) -> None:
    assert reason(OSError(number, "Input/output error")) == said

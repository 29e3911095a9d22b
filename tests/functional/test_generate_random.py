"""Packages of random schemas import, read what is valid, and give back what came."""

from __future__ import annotations

import importlib
import json
from contextlib import suppress
from pathlib import Path
from random import Random
from typing import Any

import msgspec
import pytest
from amount import times
from fuzzing.schema_fuzzer import aimed
from fuzzing.schemas import definitions
from probe import bundle, check_package, imported, normalized, plans, write

from codexwire.emit.header import stamp_of
from codexwire.emit.plan import plan_package
from codexwire.normalize import Normalized

SEEDS = range(times(8, 300))
VALUES = 24
OTHER_LANGUAGES = ("openrpc", "testdata", "typescript")
RUN, DONE = "probe/run", "probe/done"


def made(seed: int, folder: Path) -> tuple[dict[str, Any], Normalized]:
    """Return the random types of a seed, and a protocol with one of them as its payloads."""
    types = definitions(Random(seed), "#/definitions/v2")
    return types, normalized(bundle(types["Subject"], types), folder)


@pytest.fixture(params=SEEDS)
def package(
    request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> tuple[int, dict[str, Any], Path]:
    types, found = made(request.param, tmp_path)
    write(tmp_path, found, plans(found))
    monkeypatch.syspath_prepend(tmp_path)
    return request.param, types, tmp_path


def test_every_package_imports_and_loses_nothing(
    package: tuple[int, dict[str, Any], Path],
) -> None:
    seed, types, folder = package
    assert check_package(folder) == ""
    decode = imported("probe_pydantic.decode")
    exact = importlib.import_module("probe_pydantic.validators")
    structs = msgspec.json.Decoder(importlib.import_module("probe_msgspec.models").ProbeRunParams)
    rng = Random(seed)
    for _ in range(VALUES):
        value = aimed(rng, types)
        valid = exact.accepts_message({"id": 1, "method": RUN, "params": value}, "client")
        for read in (
            decode.decode_request(RUN, value),
            decode.decode_notification(DONE, value),
            decode.decode_result(RUN, value),
        ):
            assert exactly(decode.dump(read)) == exactly(value)
        assert takes(decode, value) is valid
        with suppress(msgspec.DecodeError):  # no lone surrogates, and no `1.0` for an integer
            structs.decode(json.dumps(value))


def takes(decode: Any, value: Any) -> bool:
    """Whether strict decoding takes a value as params."""
    try:
        decode.decode_request(RUN, value, mode="strict")
    except decode.DecodeError:
        return False
    return True


def exactly(value: Any) -> str:
    """Return a value as text that tells `1`, `1.0` and `true` apart."""
    return json.dumps(value, sort_keys=True)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_language_takes_any_schema(seed: int, tmp_path: Path) -> None:
    _, found = made(seed, tmp_path)
    stamp = stamp_of(found.protocol, "")
    for lang in OTHER_LANGUAGES:
        assert plan_package(found, stamp, package="probe", lang=lang).files

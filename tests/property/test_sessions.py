"""Values of wrong types, anywhere in a saved session, stop nothing."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from random import Random
from typing import Any

import jsonschema
from hypothesis import given, settings
from hypothesis import strategies as st
from sessions import SESSIONS

from codexwire import session
from codexwire.sessions.markdown import to_markdown

VALIDATOR = jsonschema.Draft202012Validator(session.schema())
FILES = sorted(SESSIONS.glob("*/*/*.gz"))
ODD = (None, 1, -1.5, 10**30, "x", "", [], {}, [1], {"a": 1}, True, [["a"]], {"type": []}, "\ud800")


def changed(value: Any, random: Random, often: float) -> Any:
    if random.random() < often:
        return random.choice(ODD)
    if isinstance(value, dict):
        return {
            k: changed(v, random, often) for k, v in value.items() if random.random() > often / 2
        }
    if isinstance(value, list):
        return [changed(v, random, often) for v in value]
    return value


@settings(max_examples=30)
@given(
    path=st.sampled_from(FILES),
    random=st.randoms(use_true_random=False),
    often=st.sampled_from([0.002, 0.05]),
)
def test_every_damaged_session_is_read(
    path: Path, random: Random, often: float, tmp_path_factory: Any
) -> None:
    lines = [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]
    damaged = tmp_path_factory.mktemp("damaged") / "session.jsonl"
    damaged.write_text("".join(json.dumps(changed(line, random, often)) + "\n" for line in lines))
    found = session.read(damaged)
    VALIDATOR.validate(json.loads(session.to_json(found)))
    assert all(next(to_markdown(thread)).startswith("# Thread") for thread in found.threads)
    assert found.files[0].lines == len(lines) or found.files[0].source != "rollout"

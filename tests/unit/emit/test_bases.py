"""The members that a value may have besides, found for many of them together."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from fuzzing.schema_fuzzer import bundle

from codexwire.emit.testdata.bases import bases
from codexwire.ingest import load
from codexwire.ir.model import ref_to
from codexwire.model.read import read
from codexwire.model.types import Type
from codexwire.wire.sample import Sampler

SUBJECT = read(ref_to("v2/Subject"))


def sampler_of(folder: Path, subject: dict[str, Any]) -> Sampler:
    path = folder / "schema.json"
    path.write_text(json.dumps(bundle({"Subject": subject})), "utf-8")
    return Sampler(load(str(path)), optional=0)


def test_a_member_that_does_not_go_with_the_others_is_left_out(tmp_path: Path) -> None:
    names = [f"m{index}" for index in range(100)]
    properties = {name: {"type": "string"} for name in names}
    subject = {"type": "object", "properties": properties, "not": {"required": ["m61"]}}
    (base,) = bases(sampler_of(tmp_path, subject), SUBJECT)
    assert [*base.full] == [name for name in names if name != "m61"]


def test_many_members_are_not_judged_one_by_one(tmp_path: Path) -> None:
    """Each time, all that was found before is judged again."""
    properties = {f"m{index}": {"type": "string"} for index in range(500)}
    sampler = sampler_of(tmp_path, {"type": "object", "properties": properties})
    exact, judged = sampler.fits, 0

    def fits(found: Type, value: Any) -> bool:
        nonlocal judged
        judged += len(value) if isinstance(value, dict) else 1
        return exact(found, value)

    sampler.fits = fits
    (base,) = bases(sampler, SUBJECT)
    assert len(base.full) == 500
    assert judged <= 2 * 500 + 2

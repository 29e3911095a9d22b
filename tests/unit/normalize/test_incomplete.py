"""A schema that refers to what it does not define is refused at the place that refers."""

from __future__ import annotations

from pathlib import Path

import pytest

from codexwire.errors import NormalizeError
from codexwire.ingest import load
from codexwire.ingest.embedded import vendored
from codexwire.normalize import Effect, normalize
from codexwire.version import Version


@pytest.mark.parametrize("effects", [tuple(Effect), (Effect.ANNOTATE,)])
def test_a_dangling_reference_is_an_error_with_file_and_pointer(
    tmp_path: Path, effects: tuple[Effect, ...]
) -> None:
    text = vendored(Version.parse("0.163.0"))["stable"].read_text("utf-8")
    broken = tmp_path / "broken.json"
    broken.write_text(text.replace('"#/definitions/v2/TurnStatus"', '"#/definitions/v2/Gone"', 1))
    with pytest.raises(NormalizeError, match="'#/definitions/v2/Gone' is not defined") as caught:
        normalize(load(broken), effects=effects)
    location = caught.value.location
    assert location is not None
    assert location.file == str(broken)
    assert location.pointer is not None
    assert location.pointer.startswith("/definitions/v2/")
    assert location.pointer.endswith("/$ref")

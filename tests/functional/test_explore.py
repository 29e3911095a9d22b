"""`codexwire explore`: the folder that it writes."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from command import Run

from codexwire.resources import schema_root
from codexwire.usecases.explore import explore


@pytest.fixture(scope="module")
def files() -> dict[str, bytes]:
    return explore("0.171.0").files


def data(files: dict[str, bytes], what: str) -> Any:
    text = files[f"data/{what}.js"].decode()
    return json.loads(text.removeprefix(f"codexwire.{what}(").removesuffix(");\n"))


def test_a_method_has_all_that_is_known(files: dict[str, bytes]) -> None:
    release = data(files, "release")
    (start,) = (m for m in release["methods"] if m["name"] == "turn/start")
    assert (start["result"], start["python"]) == ("v2/TurnStartResponse", "turn_start")
    assert start["ids"]["turn"] == [[], ["turn.id"]]
    assert start["example"]["message"]["method"] == "turn/start"
    assert start["seen"][0].startswith("seen on a wire in 0.125.0")
    assert set(start["rules"]) <= set(release["rules"])


def test_the_archive_agrees_with_the_history_of_a_method(
    files: dict[str, bytes], codexwire: Run
) -> None:
    archive = data(files, "archive")
    _, out, _ = codexwire("schema", "history", "thread/rollback", "--format", "json")
    (told,) = json.loads(out)["histories"]
    entries = archive["methods"]["client request thread/rollback"]
    assert archive["releases"][entries[0][0]] == told["since"]
    gone = archive["releases"][entries[-1][0]] if entries[-1][1] < 0 else None
    assert gone == told["removed"]


def test_what_a_schema_says_cannot_end_the_script(tmp_path: Path) -> None:
    schema = {
        "title": "CodexAppServerProtocol",
        "definitions": {
            "ClientRequest": {
                "oneOf": [
                    {
                        "type": "object",
                        "description": "</script><script>alert(1)</script>\u2028\u2029",
                        "properties": {
                            "id": {"type": "string"},
                            "method": {"enum": ["a/b"]},
                        },
                        "required": ["id", "method"],
                    }
                ]
            }
        },
    }
    path = tmp_path / "schema.json"
    path.write_text(json.dumps(schema), "utf-8")
    text = explore(str(path)).files["data/release.js"].decode()
    assert not any(ends in text for ends in ("</script", "\u2028", "\u2029"))


def test_what_the_page_names_is_there(files: dict[str, bytes]) -> None:
    page = files["index.html"].decode()
    named = set(re.findall(r'(?:src|href)="([\w./]+)"', page))
    assert len(named) > 5
    assert named <= files.keys()


def test_bytes_are_the_same_twice(files: dict[str, bytes]) -> None:
    assert explore("0.171.0").files == files


def test_a_folder_of_others_is_left_alone(tmp_path: Path, codexwire: Run) -> None:
    (tmp_path / "mine.txt").write_text("mine")
    code, _, err = codexwire("explore", "0.171.0", "-o", str(tmp_path))
    assert code == 2
    assert "did not generate" in err
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("arguments", [(), ("-o", "x", "--serve")])
def test_it_must_know_where_to(arguments: tuple[str, ...], codexwire: Run) -> None:
    assert codexwire("explore", *arguments)[0] == 2


def test_what_nobody_knows_of_a_schema_is_told(tmp_path: Path, codexwire: Run) -> None:
    bundle = json.loads((schema_root() / "0.171.0" / "experimental.json").read_bytes())
    request = {
        "type": "object",
        "title": "Future/dreamRequest",
        "properties": {
            "id": {"type": "string"},
            "method": {"type": "string", "enum": ["future/dream"]},
        },
        "required": ["id", "method"],
    }
    bundle["definitions"]["ClientRequest"]["oneOf"].append(request)
    path = tmp_path / "next.json"
    path.write_text(json.dumps(bundle), "utf-8")
    code, _, err = codexwire("explore", str(path), "-o", str(tmp_path / "pages"))
    assert code == 0
    assert "future/dream" in err
    assert b"future/dream" in (tmp_path / "pages" / "data" / "release.js").read_bytes()

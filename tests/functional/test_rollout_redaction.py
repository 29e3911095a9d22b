"""Saved sessions redacted, and parts of them left out."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from command import Run
from rollouts import DATA, PLAIN, TOOLS, lines_of, written
from validated import Judged

from codexwire.profiles.rollout.strips import STRIPS
from codexwire.proxy.redact.strip import Stripper

pytestmark = pytest.mark.usefixtures("own_cache")


def redacted(codexwire: Run, path: Path, out: Path, *options: str) -> list[dict[str, Any]]:
    code, _, err = codexwire("redact", path, "-o", out, *options)
    assert code == 0, err
    return lines_of(out)


def test_redaction_leaves_a_session_valid(codexwire: Run, judged: Judged, tmp_path: Path) -> None:
    secret = "sk-proj-" + "Zx9Qk2Lm7Wp4" * 3
    lines = lines_of(TOOLS)
    lines[3]["payload"]["content"][0]["text"] = f"export OPENAI_API_KEY={secret}"
    lines[0]["payload"]["creator_user_id"] = "user-9f3kd82kd"
    path = written(tmp_path / "secret.jsonl", lines)
    done = redacted(codexwire, path, tmp_path / "done.jsonl")
    text = (tmp_path / "done.jsonl").read_text("utf-8")
    assert secret not in text
    assert "user-9f3kd82kd" not in text
    assert "/home/user/" not in text
    assert [line["type"] for line in done] == [line["type"] for line in lines]
    code, value = judged(tmp_path / "done.jsonl")
    assert (code, value["totals"]["unchecked"]) == (0, 0)


STRIPPED = {
    "instructions": ("You are Codex", "<permissions instructions>", "<skills_instructions>"),
    "environment": ("<environment_context>", 'commit_hash":"8d7465d4'),
    "reasoning": ('encrypted_content":"[^[]',),
}


@pytest.mark.parametrize("part", STRIPPED)
def test_parts_of_a_session_can_be_left_out(
    part: str, codexwire: Run, judged: Judged, tmp_path: Path
) -> None:
    folder = DATA / "sessions"
    for path in (folder / "0.99.0" / "s07_tools.jsonl", folder / "0.163.0" / "s07_tools-1.jsonl"):
        before = path.read_text("utf-8")
        done = tmp_path / path.parent.name / "done.jsonl"
        done.parent.mkdir()
        after = redacted(codexwire, path, done, "--strip", part)
        text = done.read_text("utf-8")
        for mark in STRIPPED[part]:
            assert re.search(mark, text) is None, mark
        assert any(re.search(mark, before) for mark in STRIPPED[part])
        others = (mark for other in STRIPPED if other != part for mark in STRIPPED[other])
        assert all(re.search(m, text) for m in others if re.search(m, before))
        code, value = judged(done)
        assert (code, value["totals"]["unchecked"]) == (0, 0)
        assert len(after) == len(before.splitlines())


def strings(value: Any, named: re.Pattern[str], inside: bool = False) -> Iterator[str]:
    """Every string in a member of such a name, at any depth, but what says where a text comes from."""
    if isinstance(value, str) and inside:
        yield value
    members = value.items() if isinstance(value, dict) else ()
    for key, part in enumerate(value) if isinstance(value, list) else members:
        if key != "provenance":
            yield from strings(part, named, inside or bool(named.fullmatch(str(key))))


def stripper(part: str) -> Stripper:
    return Stripper([strip for strip in STRIPS if strip.id == part])


def test_members_are_left_out_wherever_they_stand() -> None:
    """In a turn's collaboration mode and in the settings of a thread, too, in every recorded session."""
    paths = sorted((DATA / "sessions").glob("*/*.jsonl"))
    recorded = [line for path in paths for line in path.read_bytes().splitlines()]
    for part, named in (
        ("instructions", ".*instructions"),
        ("environment", "git|.*workspace_roots"),
    ):
        name, leaver, before = re.compile(named), stripper(part), 0
        for line in recorded:
            before += any(strings(json.loads(line), name))
            left = [*strings(json.loads(leaver.line(line)), name)]
            assert all(text.startswith("[stripped: ") for text in left if text), line
        assert before > 100


def test_a_text_is_told_by_how_it_begins() -> None:
    """Where no kinds stand beside the texts of a message."""
    for part, begins in (
        ("instructions", "<user_instructions>"),
        ("instructions", "# AGENTS.md instructions for "),
        ("environment", "<environment_context>"),
    ):
        texts = [{"type": "input_text", "text": text} for text in (f"{begins}/home/me", "hi")]
        message = {"type": "message", "role": "user", "content": texts}
        line = json.dumps({"timestamp": "t", "type": "response_item", "payload": message})
        done = json.loads(stripper(part).line(line.encode()))["payload"]["content"]
        assert done[0]["text"].startswith("[stripped: "), begins
        assert done[1]["text"] == "hi"


def test_images_can_be_left_out(codexwire: Run, judged: Judged, tmp_path: Path) -> None:
    """One that was put in here, and one that is in the recorded session."""
    lines = lines_of(TOOLS)
    image = {"type": "input_image", "image_url": "data:image/png;base64," + "iVBORw0KGgo" * 9}
    lines[3]["payload"]["content"].append(image)
    path = written(tmp_path / "image.jsonl", lines)
    code, _, err = codexwire("redact", path, "-o", tmp_path / "done.jsonl", "--strip", "images")
    assert (code, "left out: 2 × image\n" in err) == (0, True), err
    assert "iVBORw0KGgo" not in (tmp_path / "done.jsonl").read_text("utf-8")
    done = lines_of(tmp_path / "done.jsonl")
    assert [line["type"] for line in done] == [line["type"] for line in lines]
    code, value = judged(tmp_path / "done.jsonl")
    assert (code, value["totals"]["unchecked"]) == (0, 0)


def test_what_can_be_left_out_is_named(codexwire: Run, tmp_path: Path) -> None:
    code, _, err = codexwire("redact", PLAIN, "-o", tmp_path / "a", "--strip", "all")
    assert (code, "left out: " in err) == (0, True)
    again = redacted(codexwire, tmp_path / "a", tmp_path / "b", "--strip", "all")
    assert again == lines_of(tmp_path / "a")
    for name, what, message in (
        (PLAIN, "dreams", "nothing called 'dreams' can be left out"),
        (
            DATA.parent / "recordings" / "0.163.0" / "s02_command_approval.jsonl",
            "all",
            "there is nothing to leave out",
        ),
    ):
        code, _, err = codexwire("redact", name, "-o", tmp_path / "c", "--strip", what)
        assert (code, message in err, (tmp_path / "c").exists()) == (2, True, False)
    stream = DATA / "exec" / "0.163.0" / "plain.jsonl"  # never holds such a part
    assert redacted(codexwire, stream, tmp_path / "d", "--strip", "all") == lines_of(stream)


def test_a_line_out_of_which_nothing_can_be_left_is_said(codexwire: Run, tmp_path: Path) -> None:
    lines = PLAIN.read_bytes().splitlines(keepends=True)
    damaged = tmp_path / "damaged.jsonl"
    damaged.write_bytes(b"".join([*lines[:2], lines[2][:-20] + b"\n", *lines[3:]]))
    for strip, expected in ((("--strip", "all"), 2), ((), 0)):
        code, _, err = codexwire("redact", damaged, "-o", tmp_path / f"{expected}", *strip)
        assert (code, "1 line is no JSON object" in err) == (expected, expected == 2)

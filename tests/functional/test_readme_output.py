"""What the README shows as output is what its commands print."""

from __future__ import annotations

import re
import shlex
import shutil
from pathlib import Path

import pytest
from command import Run

from codexwire.ingest import DEFAULT_VERSION

TOP = Path(__file__).parents[2]
SHOWN = re.compile(r"```sh\n((?:codexwire [^\n]*\n)+)```\n\n```text\n(.*?)```", re.DOTALL)


@pytest.mark.parametrize("page", ["models", "recordings"])
def test_every_output_of_a_tutorial_is_printed(
    page: str, codexwire: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(TOP / "examples" / "sessions", tmp_path / "examples" / "sessions")
    monkeypatch.chdir(tmp_path)
    text = (TOP / "docs" / "tutorials" / f"{page}.md").read_text("utf-8")
    ((command, shown),) = SHOWN.findall(text)
    assert shown in codexwire(*shlex.split(command)[1:])[1]


def test_every_output_of_the_readme_is_printed(
    codexwire: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(TOP / "examples" / "sessions", tmp_path / "examples" / "sessions")
    monkeypatch.chdir(tmp_path)
    pairs = SHOWN.findall((TOP / "README.md").read_text("utf-8"))
    assert len(pairs) == 3
    for commands, shown in pairs:
        printed = "".join(codexwire(*shlex.split(line)[1:])[1] for line in commands.splitlines())
        assert shown in printed
    answer = "\n".join(codexwire("compat", "--contract", "contract.toml")[1].splitlines()[-3:])
    assert f"```text\n{answer}\n```" in (TOP / "README.md").read_text("utf-8")


RULES = re.findall(r"```toml\n(.*?)```", (TOP / "docs" / "rules.md").read_text("utf-8"), re.DOTALL)


def test_every_block_about_rules_works(
    codexwire: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(TOP / "examples" / "sessions", tmp_path / "sessions")
    monkeypatch.chdir(tmp_path)
    blocks = [block for block in RULES if "entry-points" not in block]
    assert len(blocks) == 3
    Path("pyproject.toml").write_text("\n".join(blocks), "utf-8")
    code, _, err = codexwire("generate", "--out", "out", "--style", "typeddict")
    assert code == 0, err
    assert "cost" in Path("out/codex_app_server_protocol/models/turn.py").read_text("utf-8")
    code, out, err = codexwire("validate", "sessions/hello.jsonl", "--format", "json")
    assert code == 0, err
    assert "acme-turn-cost" in out
    assert "acme-turn-cost" in codexwire("rules", "list")[1]


def test_a_misspelled_name_is_a_warning(
    codexwire: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("pyproject.toml").write_text(
        '[tool.codexwire.responses]\n"turn/start" = "v2/TurnStartRespons"\n', "utf-8"
    )
    code, _, err = codexwire("schema", "show", "turn/start")
    assert code == 0
    assert err.startswith("codexwire: warning: response:turn/start does nothing in ")


def test_there_is_nothing_to_update_where_nothing_is_pinned(
    codexwire: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    code, _, err = codexwire("update", "--to", str(DEFAULT_VERSION), "--dry-run")
    assert code == 2
    assert "no release is pinned here" in err

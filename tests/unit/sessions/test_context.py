"""What Codex injects is told by how it begins, where it does not say so itself."""

from __future__ import annotations

import gzip
import json
from collections import Counter
from collections.abc import Iterator
from typing import Any

import pytest
from sessions import SESSIONS

from codexwire.sessions.context import is_the_users, origins


def messages() -> Iterator[dict[str, Any]]:
    """Every message to the model in the rollouts that are kept here."""
    for path in sorted(SESSIONS.glob("*saved/*/*.gz")):
        for line in gzip.decompress(path.read_bytes()).splitlines():
            payload = json.loads(line)["payload"]
            if payload.get("type") == "message" and payload["role"] != "assistant":
                yield payload


def test_the_beginnings_agree_with_what_codex_writes() -> None:
    told: Counter[str] = Counter()
    for payload in messages():
        passed = payload.get("internal_chat_message_metadata_passthrough") or {}
        for kind, part in zip(
            passed.get("content_item_kinds", ()), payload["content"], strict=False
        ):
            by_its_text = origins({"content": [part]})
            if kind.startswith(("user.", "hooks.")) or kind == "unknown":
                continue
            assert by_its_text == (kind,)
            told[kind] += 1
    assert len(told) >= 10


INJECTED = {
    "<user_instructions>\n\nBe brief.\n\n</user_instructions>": "agents_md.instructions",
    '<hook_prompt hook_run_id="r">Go on.</hook_prompt>': "hooks.prompt",
    "Warning: apply_patch was requested via exec_command. Use the apply_patch tool instead of"
    " exec_command.": "generic.warning",
    "Another language model started to solve this problem and produced a summary of its thinking"
    " process.": "compaction.summary",
    "<tools>\n- fetch\n</tools>": "tools.deferred_namespaces",
}
"""Texts that binaries hold, and that are in none of the sessions here; the first is older than 0.58.0."""


@pytest.mark.parametrize("text", INJECTED)
def test_what_no_session_here_holds_is_told_by_its_text(text: str) -> None:
    assert origins({"content": [{"text": f"\n{text}"}]}) == (INJECTED[text],)


@pytest.mark.parametrize("text", ["prompt-hook", "injected"])
def test_what_does_not_show_what_it_is_stays_unknown(text: str) -> None:
    assert origins({"content": [{"text": text}]}) == ("unknown",)


def test_older_releases_inject_the_same_texts() -> None:
    found: Counter[str] = Counter()
    for payload in messages():
        if "internal_chat_message_metadata_passthrough" not in payload:
            found.update(origins(payload))
    assert {
        "agents_md.instructions",
        "environments.environment_context",
        "generic.turn_aborted",
        "images.saved",
        "model_switch.instructions",
        "multi_agent.subagent_notification",
        "permissions.instructions",
        "review.user_action",
        "shell.user_command",
    } <= set(found)


def test_a_message_is_the_users_where_one_part_is() -> None:
    kinds = ["user.text", "user.image"]
    passed = {"content_item_kinds": kinds}
    payload = {"content": [{"text": "<image>"}, {"type": "input_image"}]}
    assert origins({**payload, "internal_chat_message_metadata_passthrough": passed}) == tuple(
        kinds
    )
    assert is_the_users(tuple(kinds))
    assert not is_the_users(("environments.environment_context",))

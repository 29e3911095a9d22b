"""What becomes of calls and their outputs in rollouts: commands, calls about agents, changes."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from sessions import Lines, event, meta, response, rollout

from codexwire import session
from codexwire.sessions.calls import outcome

STARTED, ENDED = event("task_started", turn_id="t1"), event("task_complete", turn_id="t1")
AGENTS: list[tuple[str, dict[str, Any], str, tuple[str, ...]]] = [
    ("spawn_agent", {"message": "go"}, "spawn_agent", ("A",)),
    ("wait", {"ids": ["B", "C"]}, "wait", ("A", "B", "C")),
    ("wait_agent", {"targets": ["B"]}, "wait", ("A", "B")),
    ("send_input", {"id": "B"}, "send_input", ("A", "B")),
    ("resume_agent", {"id": "B"}, "resume_agent", ("A", "B")),
    ("close_agent", {"target": "B"}, "close_agent", ("A", "B")),
]
LEGACY_EVENTS = [
    (event("exec_command_end", call_id="c", command=["ls"], exit_code=0), session.Command),
    (event("patch_apply_end", call_id="c", changes={"/a": {"type": "add"}}), session.FileChange),
    (
        event("mcp_tool_call_end", call_id="c", invocation={"server": "s", "tool": "t"}),
        session.Tool,
    ),
    (event("dynamic_tool_call_response", call_id="c", tool="t"), session.Tool),
    (event("view_image_tool_call", call_id="c", path="/a.png"), session.Image),
    (event("image_generation_end", call_id="c", status="completed"), session.Image),
    (event("web_search_end", call_id="c", query="q"), session.Search),
    (event("collab_agent_spawn_end", call_id="c", new_thread_id="T2"), session.SubAgent),
    (event("collab_agent_interaction_end", call_id="c"), session.SubAgent),
    (event("collab_waiting_end", call_id="c"), session.SubAgent),
    (event("collab_close_end", call_id="c"), session.SubAgent),
    (event("collab_resume_end", call_id="c"), session.SubAgent),
]


def read(tmp_path: Path, lines: Lines, **options: Any) -> session.Session:
    return session.read(rollout(tmp_path / "r.jsonl", lines, **options))


def turn_of(tmp_path: Path, *lines: dict[str, Any]) -> session.Turn:
    (thread,) = read(tmp_path, [meta(), STARTED, *lines]).threads
    return thread.turns[0]


@pytest.mark.parametrize(
    ("output", "told"),
    [
        ("Chunk ID: 1\nProcess exited with code 3\nOutput:\nbad\n", (3, "failed", "bad\n")),
        ("Exit code: 0\nWall time: 1 seconds\nOutput:\nfine", (0, "completed", "fine")),
        ('{"output":"fine","metadata":{"exit_code":0}}', (0, "completed", "fine")),
        (
            'exec_command failed: CreateProcess { message: "Rejected(\\"no\\")" }',
            (None, "unknown", None),
        ),
        ("Output:\nExit code: 7\n", (None, "unknown", "Exit code: 7\n")),
    ],
)
def test_a_call_and_its_output_are_a_command(
    tmp_path: Path, output: str, told: tuple[int | None, str, str | None]
) -> None:
    turn = turn_of(
        tmp_path,
        response(
            "function_call", name="shell", call_id="c", arguments='{"command":["bash","-lc","ls"]}'
        ),
        response("function_call_output", call_id="c", output=output),
    )
    (item,) = turn.items
    assert isinstance(item, session.Command)
    assert (item.id, item.command, item.shell, item.cwd) == ("c", "ls", "bash -lc", "/p")
    assert (item.exit_code, item.status, item.output) == told


def test_a_picture_that_was_looked_at(tmp_path: Path) -> None:
    call = response("function_call", name="view_image", call_id="c", arguments='{"path":"/a.png"}')
    (item,) = turn_of(tmp_path, call).items
    assert isinstance(item, session.Image)
    assert (item.action, item.path) == ("view", "/a.png")


@pytest.mark.parametrize(
    ("tool", "name"),
    [
        ("exec_command", "workdir"),
        ("shell_command", "workdir"),
        ("shell_command", "working_directory"),
        ("shell_command", "cwd"),
    ],
)
def test_a_command_runs_in_the_folder_that_its_call_names(
    tmp_path: Path, tool: str, name: str
) -> None:
    arguments = json.dumps({"command": "ls", name: "/elsewhere"})
    call = response("function_call", name=tool, call_id="c", arguments=arguments)
    (item,) = turn_of(tmp_path, call).items
    assert isinstance(item, session.Command)
    assert item.cwd == "/elsewhere"


SHELLS = ("sh -c", "bash -lc", "pwsh -Command", "powershell -command", "cmd /c", "cmd.exe /C")


@pytest.mark.parametrize("shell", SHELLS)
def test_what_a_shell_is_given_is_the_command(tmp_path: Path, shell: str) -> None:
    arguments = json.dumps({"command": [*shell.split(), "echo hi"]})
    call = response("function_call", name="shell", call_id="c", arguments=arguments)
    (item,) = turn_of(tmp_path, call).items
    assert isinstance(item, session.Command)
    assert (item.command, item.shell) == ("echo hi", shell)


def test_what_is_no_shell_stays_whole(tmp_path: Path) -> None:
    arguments = json.dumps({"command": ["git", "-C", "/other"]})
    call = response("function_call", name="shell", call_id="c", arguments=arguments)
    (item,) = turn_of(tmp_path, call).items
    assert isinstance(item, session.Command)
    assert (item.command, item.shell) == ("git -C /other", None)


def test_calls_about_agents_name_them(tmp_path: Path) -> None:
    for name, arguments, tool, threads in AGENTS:
        call = response("function_call", name=name, call_id="c", arguments=json.dumps(arguments))
        output = response("function_call_output", call_id="c", output='{"agent_id":"A"}')
        (item,) = turn_of(tmp_path, call, output).items
        assert isinstance(item, session.SubAgent)
        assert (item.tool, item.threads) == (tool, threads)


def test_a_command_that_runs_on_ends_later(tmp_path: Path) -> None:
    begun = "Process running with session ID 7\nOutput:\nname? "
    ended = "Process exited with code 2\nOutput:\nbob\n"
    (item,) = turn_of(
        tmp_path,
        response(
            "function_call", name="shell_command", call_id="c", arguments='{"command":"read x"}'
        ),
        response("function_call_output", call_id="c", output=begun),
        response("function_call", name="write_stdin", call_id="d", arguments='{"session_id":7}'),
        response("function_call_output", call_id="d", output=ended),
    ).items
    assert isinstance(item, session.Command)
    assert (item.command, item.output, item.exit_code, item.status) == (
        "read x",
        "name? bob\n",
        2,
        "failed",
    )


@pytest.mark.parametrize(
    ("tool", "output"),
    [
        ("shell", "aborted by user after 0.1s"),
        ("exec_command", "Wall time: 2.5 seconds\naborted by user"),
        ("spawn_agent", "unsupported call: spawn_agent"),
        ("apply_patch", "unsupported custom tool call: apply_patch"),
        ("exec_command", "exec_command failed: the sandbox is gone"),
        ("exec_command", "exec_command failed for `/bin/bash -lc ls`: the sandbox is gone"),
        ("apply_patch", "apply_patch verification failed: Failed to read file to update /a"),
        ("shell", "failed to parse function arguments: expected value at line 1 column 1"),
        ("view_image", "unable to locate image at `/a.png`: No such file or directory"),
        ("view_image", "image path `/a` is not a file"),
    ],
)
def test_a_call_that_was_not_carried_out_is_a_call(tmp_path: Path, tool: str, output: str) -> None:
    """What Codex 0.163.0 says of such calls."""
    turn = turn_of(
        tmp_path,
        response("function_call", name=tool, call_id="c", arguments="{}"),
        response("function_call_output", call_id="c", output=output),
    )
    assert [type(item) for item in turn.items] == [session.Call]


@pytest.mark.parametrize(
    ("output", "steps"),
    [
        ("Plan updated", [session.Step("look", "inProgress")]),
        ("update_plan is a TODO/checklist tool and is not allowed in Plan mode", []),
        ("failed to parse function arguments: missing field `status`", []),
    ],
)
def test_a_plan_that_was_refused_is_none(
    tmp_path: Path, output: str, steps: list[session.Step]
) -> None:
    told = json.dumps({"plan": [{"step": "look", "status": "in_progress"}]})
    turn = turn_of(
        tmp_path,
        response("function_call", name="update_plan", call_id="c", arguments=told),
        response("function_call_output", call_id="c", output=output),
    )
    assert [*turn.plan] == steps


@pytest.mark.parametrize(
    "why",
    [
        'CreateProcess { message: "Rejected(\\"approval is never asked for\\")" }',
        "exec command rejected by user",
        "user rejected MCP tool call",
    ],
)
def test_a_command_that_somebody_refused_has_no_output(tmp_path: Path, why: str) -> None:
    (item,) = turn_of(
        tmp_path,
        response("function_call", name="shell", call_id="c", arguments='{"command":"ls"}'),
        response("function_call_output", call_id="c", output=f"exec_command failed: {why}"),
    ).items
    assert isinstance(item, session.Command)
    assert (item.command, item.output) == ("ls", None)


@pytest.mark.parametrize(
    ("text", "is_cut"),
    [
        ("a…1200 tokens truncated…z", True),
        ("a…99 chars truncated…z", True),
        ("a\n[... omitted 300 of 400 lines ...]\nz", True),  # in earlier releases
        ("a… tokens truncated…z", False),
    ],
)
def test_output_that_was_cut_says_so(tmp_path: Path, text: str, is_cut: bool) -> None:
    (item,) = turn_of(
        tmp_path,
        response("function_call", name="shell", call_id="c", arguments='{"command":"ls"}'),
        response("function_call_output", call_id="c", output=f"Exit code: 0\nOutput:\n{text}"),
    ).items
    assert isinstance(item, session.Command)
    assert item.output_cut is is_cut


def test_an_event_that_ends_a_call_takes_its_place(tmp_path: Path) -> None:
    for told, kind in LEGACY_EVENTS:
        call = response("function_call", name="any", call_id="c", arguments="{}")
        said = event("agent_message", message="Well.")
        output = response("function_call_output", call_id="c", output="done")
        turn = turn_of(tmp_path, call, said, told, output)
        assert [type(item) for item in turn.items] == [kind, session.Agent]
        assert turn.items[0].place.line == 5


@pytest.mark.parametrize(
    ("tool", "end"),
    [
        ("spawn_agent", "collab_agent_spawn_end"),
        ("send_input", "collab_agent_interaction_end"),
        ("wait", "collab_waiting_end"),
        ("close_agent", "collab_close_end"),
        ("resume_agent", "collab_resume_end"),
    ],
)
def test_the_event_that_ends_a_call_about_agents_is_about_the_same_tool(
    tool: str, end: str, tmp_path: Path
) -> None:
    call = response("function_call", name=tool, call_id="c", arguments="{}")
    for lines in ([call], [call, event(end, call_id="c", new_thread_id="T2")]):
        (item,) = turn_of(tmp_path, *lines).items
        assert isinstance(item, session.SubAgent)
        assert item.tool == tool


def test_the_event_of_a_tool_names_its_server(tmp_path: Path) -> None:
    invocation = {"server": "s", "tool": "t", "arguments": {}}
    (item,) = turn_of(
        tmp_path, event("mcp_tool_call_end", call_id="c", invocation=invocation)
    ).items
    assert isinstance(item, session.Tool)
    assert (item.server, item.name) == ("s", "t")


def test_the_output_of_a_patch_says_how_it_ended(tmp_path: Path) -> None:
    patch = "*** Begin Patch\n*** Add File: a\n+x\n*** End Patch"
    for code, status in ((0, "completed"), (1, "failed")):
        output = json.dumps({"output": "…", "metadata": {"exit_code": code}})
        (item,) = turn_of(
            tmp_path,
            response("custom_tool_call", name="apply_patch", call_id="c", input=patch),
            response("custom_tool_call_output", call_id="c", output=output),
        ).items
        assert isinstance(item, session.FileChange)
        assert item.status == status


def test_an_image_that_the_model_made(tmp_path: Path) -> None:
    made = {"id": "ig", "status": "completed", "revised_prompt": "a dot", "result": ""}
    (item,) = turn_of(tmp_path, response("image_generation_call", **made)).items
    assert isinstance(item, session.Image)
    assert (item.id, item.action, item.prompt) == ("ig", "generate", "a dot")


@pytest.mark.parametrize(
    "mark", ["…12 tokens truncated…", "…12 chars truncated…", "[... omitted 3 of 9 lines ...]"]
)
def test_each_mark_of_a_cut_is_known(mark: str) -> None:
    whole, cut = (outcome(f"Exit code: 0\nOutput:\na{text}b") for text in ("", mark))
    assert (whole.cut, cut.cut) == (False, True)

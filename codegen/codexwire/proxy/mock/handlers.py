"""The requests that the mock understands: threads and turns, of v2 and of v1."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from codexwire.model.message import Json
from codexwire.proxy.mock.admission import RefusedRequest
from codexwire.proxy.mock.call import Handler, MockCall, Reply
from codexwire.proxy.mock.processes import PROCESS_HANDLERS
from codexwire.proxy.mock.state import MockThread, MockTurn
from codexwire.proxy.mock.turn_runner import begin
from codexwire.proxy.mock.turns import compaction, review, talk
from codexwire.version import Version

__all__ = ["HANDLERS"]


_STEERING: Final = Version(0, 150, 0)  # from here on a second turn/start names the running turn
_OWN_NAME: Final = Version(0, 99, 0)  # from here on the user agent begins with the client's name


def _initialize(call: MockCall) -> Reply:
    call.client.admission.shake_hands(call.params)
    info = call.params.get("clientInfo")
    if info is None:  # an exec-server says what its schema says
        return Reply({})
    version = call.server.protocol.version
    name = "codex_cli_rs" if version is not None and version < _OWN_NAME else info["name"]
    agent = (
        f"{name}/{call.state.version} (Linux 6.1; x86_64) mock ({info['name']}; {info['version']})"
    )
    home = {"codexHome": "/home/user/.codex", "platformFamily": "unix", "platformOs": "linux"}
    return Reply({"userAgent": agent, **home})


# Threads


def _settings(thread: MockThread) -> Json:
    """Return what the answers that open a thread say beside it."""
    return {
        "model": thread.model,
        "modelProvider": "mock",
        "cwd": thread.cwd,
        "approvalPolicy": thread.params.get("approvalPolicy") or "on-request",
        "approvalsReviewer": "user",
        "sandbox": {"type": "readOnly"},
        "reasoningEffort": None,
        "runtimeWorkspaceRoots": [thread.cwd],
        "instructionSources": [],
    }


def _open(call: MockCall, thread: MockThread, *, turns: bool) -> Reply:
    call.client.threads.add(thread.id)
    return Reply({"thread": thread.wire(turns=turns), **_settings(thread)})


def _thread_start(call: MockCall) -> Reply:
    thread = call.state.new_thread(call.params)
    reply = _open(call, thread, turns=False)
    return Reply(reply.result, (partial(_say_started, call, thread),))


def _thread_fork(call: MockCall) -> Reply:
    source = call.thread("no rollout found for thread id {}")
    thread = call.state.new_thread(call.params, fork_of=source)
    reply = _open(call, thread, turns=not call.params.get("excludeTurns"))
    return Reply(reply.result, (partial(_say_started, call, thread),))


def _say_started(call: MockCall, thread: MockThread) -> None:
    call.server.tell_all("thread/started", {"thread": thread.wire()})


def _thread_resume(call: MockCall) -> Reply:
    thread = call.thread("no rollout found for thread id {}")
    return _open(call, thread, turns=not call.params.get("excludeTurns"))


def _thread_read(call: MockCall) -> Reply:
    thread = call.thread("thread not loaded: {}")
    return Reply({"thread": thread.wire(turns=bool(call.params.get("includeTurns")))})


def _thread_shown(call: MockCall) -> Reply:
    """Return the thread unchanged; the mock does not store this setting."""
    return Reply({"thread": call.thread().wire()})


def _thread_list(call: MockCall) -> Reply:
    threads = call.state.listed(archived=bool(call.params.get("archived")))
    page = threads[: call.params.get("limit") or None]
    return Reply({"data": [t.wire() for t in page], "nextCursor": None, "backwardsCursor": None})


def _thread_loaded(call: MockCall) -> Reply:
    loaded = [thread.id for thread in call.state.threads.values() if not thread.archived]
    return Reply({"data": loaded, "nextCursor": None})


def _thread_turns(call: MockCall) -> Reply:
    turns = [turn.wire(items=True) for turn in call.thread().turns]
    if call.params.get("sortDirection") != "asc":
        turns.reverse()
    return Reply({"data": turns[: call.params.get("limit") or None], "nextCursor": None})


def _thread_items(call: MockCall) -> Reply:
    wanted = call.params.get("turnId")
    entries = [
        {"turnId": turn.id, "item": item}
        for turn in call.thread().turns
        if wanted in (None, turn.id)
        for item in turn.items
    ]
    return Reply({"data": entries[: call.params.get("limit") or None], "nextCursor": None})


def _archive(call: MockCall, *, archived: bool) -> Reply:
    thread = call.thread("no rollout found for thread id {}")
    thread.archived = archived
    event = "thread/archived" if archived else "thread/unarchived"
    tell = partial(call.server.tell_all, event, {"threadId": thread.id})
    return Reply({"thread": thread.wire()}, (tell,))


def _thread_delete(call: MockCall) -> Reply:
    thread = call.thread()
    del call.state.threads[thread.id]
    if thread.running is not None:
        _interrupt(thread.running)
    tell = partial(call.server.tell_all, "thread/deleted", {"threadId": thread.id})
    return Reply({}, (tell,))


def _thread_name(call: MockCall) -> Reply:
    thread = call.thread()
    thread.name = call.params.get("name")
    event = {"threadId": thread.id, "threadName": thread.name}
    return Reply({}, (partial(call.server.tell_all, "thread/name/updated", event),))


def _unsubscribe(call: MockCall) -> Reply:
    name = call.ids.get("thread", "")
    if name not in call.state.threads:
        return Reply({"status": "notLoaded"})
    status = "unsubscribed" if name in call.client.threads else "notSubscribed"
    call.client.threads.discard(name)
    return Reply({"status": status})


# Turns


def _turn_start(call: MockCall) -> Reply:
    thread = call.thread()
    call.client.threads.add(thread.id)
    turn = thread.running
    if turn is not None:
        return Reply({"turn": {**turn.wire(begun=False), **_joined(call, thread, turn)}})
    turn, start = begin(call, thread, call.params["input"], talk)
    return Reply({"turn": turn.wire(begun=False)}, (start,))


def _joined(call: MockCall, thread: MockThread, turn: MockTurn) -> Json:
    """Add the input to the running turn; up to 0.140.0 the answer names a turn that never is."""
    _steer(turn, call.params["input"])
    version = call.server.protocol.version
    if version is None or version >= _STEERING:
        return {}
    return {"id": call.state.new_turn_id(thread)}


def _turn_steer(call: MockCall) -> Reply:
    turn = call.thread().running
    if turn is None:
        raise RefusedRequest("no active turn to steer")
    expected = call.params.get("expectedTurnId")
    if expected is not None and turn.id != expected:
        raise RefusedRequest(f"expected active turn id `{expected}` but found `{turn.id}`")
    _steer(turn, call.params["input"])
    return Reply({"turnId": turn.id})


def _steer(turn: MockTurn, items: list[Any]) -> None:
    if turn.running is not None:
        turn.running.steered.append(items)


def _turn_interrupt(call: MockCall) -> Reply:
    turn = call.thread().running
    wanted = call.params["turnId"]
    if turn is None:
        raise RefusedRequest("no active turn to interrupt")
    if turn.id != wanted:
        raise RefusedRequest(f"expected active turn id {wanted} but found {turn.id}")
    return Reply({}, (partial(_interrupt, turn),))


def _interrupt(turn: MockTurn) -> None:
    if turn.running is not None:
        turn.running.interrupt()


def _busy(thread: MockThread) -> None:
    if thread.running is not None:
        raise RefusedRequest("thread already has an active or pending turn")


def _review_start(call: MockCall) -> Reply:
    thread = call.thread()
    _busy(thread)
    if call.params.get("delivery") == "detached":
        thread = call.state.new_thread(call.params, fork_of=thread)
    call.client.threads.add(thread.id)
    turn, start = begin(call, thread, _review_input(call.params), review)
    return Reply({"turn": turn.wire(begun=False), "reviewThreadId": thread.id}, (start,))


def _review_input(params: Json) -> list[Any]:
    target = params.get("target") or {}
    return [{"type": "text", "text": target.get("instructions") or "current changes"}]


def _queue_start(call: MockCall) -> Reply:
    """Start a turn for what was queued, which the mock does not keep."""
    thread = call.thread()
    _busy(thread)
    call.client.threads.add(thread.id)
    queued = [{"type": "text", "text": "queued"}]
    turn, start = begin(call, thread, queued, talk)
    return Reply({"turn": turn.wire(begun=False)}, (start,))


def _compact_start(call: MockCall) -> Reply:
    thread = call.thread()
    _busy(thread)
    call.client.threads.add(thread.id)
    return Reply({}, (begin(call, thread, [], compaction)[1],))


# Conversations: the first API


def _conversation(call: MockCall) -> MockThread:
    return call.thread("conversation not found: {}")


def _described(thread: MockThread) -> Json:
    return {
        "conversationId": thread.id,
        "model": thread.model,
        "rolloutPath": thread.path,
        "reasoningEffort": None,
        "initialMessages": None,
    }


def _new_conversation(call: MockCall) -> Reply:
    return Reply(_described(call.state.new_thread(call.params, legacy=True)))


def _resume_conversation(call: MockCall) -> Reply:
    """Resume by id; a conversation that is named by its file or history only is a new one."""
    if "thread" in call.ids:
        return Reply(_described(call.thread("no rollout found for conversation id {}")))
    return _new_conversation(call)


def _fork_conversation(call: MockCall) -> Reply:
    source = (
        call.thread("no rollout found for conversation id {}") if "thread" in call.ids else None
    )
    return Reply(_described(call.state.new_thread(call.params, legacy=True, fork_of=source)))


def _listen(call: MockCall) -> Reply:
    thread = _conversation(call)
    call.client.threads.add(thread.id)
    subscription = call.state.new_id()
    call.client.listening[subscription] = thread.id
    return Reply({"subscriptionId": subscription})


def _stop_listening(call: MockCall) -> Reply:
    call.client.threads.discard(call.client.listening.pop(call.params["subscriptionId"], ""))
    return Reply({})


def _send_message(call: MockCall) -> Reply:
    thread = _conversation(call)
    if thread.running is not None:
        _steer(thread.running, call.params["items"])
        return Reply({})
    return Reply({}, (begin(call, thread, call.params["items"], talk)[1],))


def _interrupt_conversation(call: MockCall) -> Reply:
    turn = _conversation(call).running
    return Reply(
        {"abortReason": "interrupted"}, () if turn is None else (partial(_interrupt, turn),)
    )


def _archive_conversation(call: MockCall) -> Reply:
    _conversation(call).archived = True
    return Reply({})


def _conversations(call: MockCall) -> Reply:
    items = [
        {
            **_described(t),
            "path": t.path,
            "preview": t.preview,
            "modelProvider": "mock",
            "cwd": t.cwd,
        }
        for t in call.state.listed(archived=False)
    ]
    return Reply({"items": items, "nextCursor": None})


HANDLERS: Mapping[str, Handler] = {
    **PROCESS_HANDLERS,
    "initialize": _initialize,
    "thread/start": _thread_start,
    "thread/fork": _thread_fork,
    "thread/resume": _thread_resume,
    "thread/read": _thread_read,
    "thread/metadata/update": _thread_shown,
    "thread/revert": _thread_shown,
    "thread/rollback": _thread_shown,
    "thread/list": _thread_list,
    "thread/loaded/list": _thread_loaded,
    "thread/turns/list": _thread_turns,
    "thread/items/list": _thread_items,
    "thread/archive": partial(_archive, archived=True),
    "thread/unarchive": partial(_archive, archived=False),
    "thread/delete": _thread_delete,
    "thread/name/set": _thread_name,
    "thread/unsubscribe": _unsubscribe,
    "turn/start": _turn_start,
    "turn/steer": _turn_steer,
    "turn/interrupt": _turn_interrupt,
    "review/start": _review_start,
    "thread/compact/start": _compact_start,
    "thread/queue/start": _queue_start,
    "newConversation": _new_conversation,
    "resumeConversation": _resume_conversation,
    "forkConversation": _fork_conversation,
    "addConversationListener": _listen,
    "removeConversationListener": _stop_listening,
    "sendUserMessage": _send_message,
    "sendUserTurn": _send_message,
    "interruptConversation": _interrupt_conversation,
    "archiveConversation": _archive_conversation,
    "listConversations": _conversations,
}
"""Method → what answers it; every other method is answered with a value of its response type."""

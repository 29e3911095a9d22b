"""The requests that the mock understands: threads and turns, of v2 and of v1."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Any, Final

from codexwire.proxy.mock.admit import Refusal
from codexwire.proxy.mock.call import Call, Handler, Made
from codexwire.proxy.mock.performance import begin
from codexwire.proxy.mock.turns import compaction, review, talk
from codexwire.proxy.mock.world import Thread, Turn
from codexwire.version import Version

__all__ = ["HANDLERS"]

Json = dict[str, Any]

_STEERING: Final = Version(0, 150, 0)  # from here on a second turn/start names the running turn
_OWN_NAME: Final = Version(0, 99, 0)  # from here on the user agent begins with the client's name


def _initialize(call: Call) -> Made:
    call.session.admission.shake_hands(call.params)
    info = call.params["clientInfo"]
    version = call.session.server.protocol.version
    name = "codex_cli_rs" if version is not None and version < _OWN_NAME else info["name"]
    agent = (
        f"{name}/{call.world.version} (Linux 6.1; x86_64) mock ({info['name']}; {info['version']})"
    )
    home = {"codexHome": "/home/user/.codex", "platformFamily": "unix", "platformOs": "linux"}
    return Made({"userAgent": agent, **home})


# Threads


def _settings(thread: Thread) -> Json:
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


def _open(call: Call, thread: Thread, *, turns: bool) -> Made:
    call.session.threads.add(thread.id)
    return Made({"thread": thread.wire(turns=turns), **_settings(thread)})


def _thread_start(call: Call) -> Made:
    thread = call.world.new_thread(call.params)
    made = _open(call, thread, turns=False)
    return Made(made.result, (partial(_say_started, call, thread),))


def _thread_fork(call: Call) -> Made:
    source = call.thread("no rollout found for thread id {}")
    thread = call.world.new_thread(call.params, fork_of=source)
    made = _open(call, thread, turns=not call.params.get("excludeTurns"))
    return Made(made.result, (partial(_say_started, call, thread),))


def _say_started(call: Call, thread: Thread) -> None:
    call.session.server.tell_all("thread/started", {"thread": thread.wire()})


def _thread_resume(call: Call) -> Made:
    thread = call.thread("no rollout found for thread id {}")
    return _open(call, thread, turns=not call.params.get("excludeTurns"))


def _thread_read(call: Call) -> Made:
    thread = call.thread("thread not loaded: {}")
    return Made({"thread": thread.wire(turns=bool(call.params.get("includeTurns")))})


def _thread_shown(call: Call) -> Made:
    """Answer with the thread as it is: what was to be changed in it is nothing that the mock keeps."""
    return Made({"thread": call.thread().wire()})


def _thread_list(call: Call) -> Made:
    threads = call.world.listed(archived=bool(call.params.get("archived")))
    page = threads[: call.params.get("limit") or None]
    return Made({"data": [t.wire() for t in page], "nextCursor": None, "backwardsCursor": None})


def _thread_loaded(call: Call) -> Made:
    loaded = [thread.id for thread in call.world.threads.values() if not thread.archived]
    return Made({"data": loaded, "nextCursor": None})


def _thread_turns(call: Call) -> Made:
    turns = [turn.wire(items=True) for turn in call.thread().turns]
    if call.params.get("sortDirection") != "asc":
        turns.reverse()
    return Made({"data": turns[: call.params.get("limit") or None], "nextCursor": None})


def _thread_items(call: Call) -> Made:
    wanted = call.params.get("turnId")
    entries = [
        {"turnId": turn.id, "item": item}
        for turn in call.thread().turns
        if wanted in (None, turn.id)
        for item in turn.items
    ]
    return Made({"data": entries[: call.params.get("limit") or None], "nextCursor": None})


def _archive(call: Call, *, archived: bool) -> Made:
    thread = call.thread("no rollout found for thread id {}")
    thread.archived = archived
    event = "thread/archived" if archived else "thread/unarchived"
    tell = partial(call.session.server.tell_all, event, {"threadId": thread.id})
    return Made({"thread": thread.wire()}, (tell,))


def _thread_delete(call: Call) -> Made:
    thread = call.thread()
    del call.world.threads[thread.id]
    if thread.running is not None:
        _interrupt(thread.running)
    tell = partial(call.session.server.tell_all, "thread/deleted", {"threadId": thread.id})
    return Made({}, (tell,))


def _thread_name(call: Call) -> Made:
    thread = call.thread()
    thread.name = call.params.get("name")
    event = {"threadId": thread.id, "threadName": thread.name}
    return Made({}, (partial(call.session.server.tell_all, "thread/name/updated", event),))


def _unsubscribe(call: Call) -> Made:
    name = call.ids.get("thread", "")
    if name not in call.world.threads:
        return Made({"status": "notLoaded"})
    status = "unsubscribed" if name in call.session.threads else "notSubscribed"
    call.session.threads.discard(name)
    return Made({"status": status})


# Turns


def _turn_start(call: Call) -> Made:
    thread = call.thread()
    call.session.threads.add(thread.id)
    turn = thread.running
    if turn is not None:
        return Made({"turn": {**turn.wire(begun=False), **_joined(call, thread, turn)}})
    turn, play = begin(call.session, thread, call.params["input"], talk)
    return Made({"turn": turn.wire(begun=False)}, (play,))


def _joined(call: Call, thread: Thread, turn: Turn) -> Json:
    """Add the input to the running turn; up to 0.140.0 the answer names a turn that never is."""
    _steer(turn, call.params["input"])
    version = call.session.server.protocol.version
    if version is None or version >= _STEERING:
        return {}
    return {"id": call.world.new_turn_id(thread)}


def _turn_steer(call: Call) -> Made:
    turn = call.thread().running
    if turn is None:
        raise Refusal("no active turn to steer")
    expected = call.params.get("expectedTurnId")
    if expected is not None and turn.id != expected:
        raise Refusal(f"expected active turn id `{expected}` but found `{turn.id}`")
    _steer(turn, call.params["input"])
    return Made({"turnId": turn.id})


def _steer(turn: Turn, items: list[Any]) -> None:
    if turn.running is not None:
        turn.running.steered.append(items)


def _turn_interrupt(call: Call) -> Made:
    turn = call.thread().running
    wanted = call.params["turnId"]
    if turn is None:
        raise Refusal("no active turn to interrupt")
    if turn.id != wanted:
        raise Refusal(f"expected active turn id {wanted} but found {turn.id}")
    return Made({}, (partial(_interrupt, turn),))


def _interrupt(turn: Turn) -> None:
    if turn.running is not None:
        turn.running.interrupt()


def _busy(thread: Thread) -> None:
    if thread.running is not None:
        raise Refusal("thread already has an active or pending turn")


def _review_start(call: Call) -> Made:
    thread = call.thread()
    _busy(thread)
    if call.params.get("delivery") == "detached":
        thread = call.world.new_thread(call.params, fork_of=thread)
    call.session.threads.add(thread.id)
    turn, play = begin(call.session, thread, _review_input(call.params), review)
    return Made({"turn": turn.wire(begun=False), "reviewThreadId": thread.id}, (play,))


def _review_input(params: Json) -> list[Any]:
    target = params.get("target") or {}
    return [{"type": "text", "text": target.get("instructions") or "current changes"}]


def _queue_start(call: Call) -> Made:
    """Start a turn for what was queued, which the mock does not keep."""
    thread = call.thread()
    _busy(thread)
    call.session.threads.add(thread.id)
    queued = [{"type": "text", "text": "queued"}]
    turn, play = begin(call.session, thread, queued, talk)
    return Made({"turn": turn.wire(begun=False)}, (play,))


def _compact_start(call: Call) -> Made:
    thread = call.thread()
    _busy(thread)
    call.session.threads.add(thread.id)
    return Made({}, (begin(call.session, thread, [], compaction)[1],))


# Conversations: the first API


def _conversation(call: Call) -> Thread:
    return call.thread("conversation not found: {}")


def _described(thread: Thread) -> Json:
    return {
        "conversationId": thread.id,
        "model": thread.model,
        "rolloutPath": thread.path,
        "reasoningEffort": None,
        "initialMessages": None,
    }


def _new_conversation(call: Call) -> Made:
    return Made(_described(call.world.new_thread(call.params, legacy=True)))


def _resume_conversation(call: Call) -> Made:
    """Resume by id; a conversation that is named by its file or history only is a new one."""
    if "thread" in call.ids:
        return Made(_described(call.thread("no rollout found for conversation id {}")))
    return _new_conversation(call)


def _fork_conversation(call: Call) -> Made:
    source = (
        call.thread("no rollout found for conversation id {}") if "thread" in call.ids else None
    )
    return Made(_described(call.world.new_thread(call.params, legacy=True, fork_of=source)))


def _listen(call: Call) -> Made:
    thread = _conversation(call)
    call.session.threads.add(thread.id)
    subscription = call.world.new_id()
    call.session.listening[subscription] = thread.id
    return Made({"subscriptionId": subscription})


def _stop_listening(call: Call) -> Made:
    call.session.threads.discard(call.session.listening.pop(call.params["subscriptionId"], ""))
    return Made({})


def _send_message(call: Call) -> Made:
    thread = _conversation(call)
    if thread.running is not None:
        _steer(thread.running, call.params["items"])
        return Made({})
    return Made({}, (begin(call.session, thread, call.params["items"], talk)[1],))


def _interrupt_conversation(call: Call) -> Made:
    turn = _conversation(call).running
    return Made(
        {"abortReason": "interrupted"}, () if turn is None else (partial(_interrupt, turn),)
    )


def _archive_conversation(call: Call) -> Made:
    _conversation(call).archived = True
    return Made({})


def _conversations(call: Call) -> Made:
    items = [
        {
            **_described(t),
            "path": t.path,
            "preview": t.preview,
            "modelProvider": "mock",
            "cwd": t.cwd,
        }
        for t in call.world.listed(archived=False)
    ]
    return Made({"items": items, "nextCursor": None})


HANDLERS: Mapping[str, Handler] = {
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

"""The generated id extractors agree with every recorded message, as a mapping and as a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from types import ModuleType
from typing import Any

import pytest
from recorded import messages

VERSIONS = ("0.72.0", "0.99.0", "0.163.0")
# Where a person reading the message finds the id; deliberately not the generator's tables.
PLACES = {
    "thread": (
        "threadId",
        "thread.id",
        "conversationId",
        "reviewThreadId",
        "goal.threadId",
        "summary.conversationId",
    ),
    "turn": ("turnId", "turn.id", "expectedTurnId"),
    "item": ("itemId", "item.id", "callId", "targetItemId"),
}
# A legacy event names its turn in `id`, a session's first notification its thread in `sessionId`.
ALSO = {"turn": {"codex/event/": "id"}, "thread": {"sessionConfigured": "sessionId"}}


def read(payload: Any, path: str) -> Any:
    for step in path.split("."):
        payload = payload.get(step) if isinstance(payload, Mapping) else None
    return payload


def expected(kind: str, method: str, payload: Any) -> str | None:
    places = [p for prefix, p in ALSO.get(kind, {}).items() if method.startswith(prefix)]
    for place in (*places, *PLACES[kind]):
        value = read(payload, place)
        if isinstance(value, str) and value:  # an event of no turn has an empty one
            return value
    return None


@pytest.mark.parametrize("version", VERSIONS)
def test_extractors_agree_with_the_recordings(
    version: str, package_of: Callable[[str], ModuleType]
) -> None:
    package = package_of(version)
    tables = (package.CLIENT_REQUESTS, package.SERVER_REQUESTS, package.SERVER_NOTIFICATIONS)
    found: Counter[str] = Counter()
    for _, message, asked in messages(version):
        method = message.get("method", asked)
        payload = message.get("params", message.get("result"))
        spec = next((t[method] for t in tables if method in t), None)
        if spec is None or not isinstance(payload, Mapping):
            continue
        part = "params" if "method" in message else "result"
        model = spec.params if part == "params" else spec.result
        for kind in PLACES:
            value = getattr(package, f"{kind}_id")(method, payload, part=part)
            assert value == expected(kind, method, payload), (kind, message)
            found[kind] += value is not None
            if model is not None and value is not None:
                try:
                    typed = model.model_validate(payload)
                except ValueError:
                    continue  # sent to be refused, or a known discrepancy
                assert getattr(package, f"{kind}_id")(method, typed, part=part) == value
                found[f"{kind} typed"] += 1
    assert all(found[k] > 10 for k in (*PLACES, "thread typed", "turn typed", "item typed")), found


def test_resolved_requests_name_their_request(package_of: Callable[[str], ModuleType]) -> None:
    package = package_of("0.163.0")
    seen = [
        (package.request_id(m["method"], m["params"]), m["params"]["requestId"])
        for _, m, _ in messages("0.163.0")
        if m.get("method") == "serverRequest/resolved"
    ]
    assert seen
    assert all(got == there for got, there in seen)


def test_turn_ids_of_notification_models(package_of: Callable[[str], ModuleType]) -> None:
    package = package_of("0.163.0")
    seen = 0
    for sender, message, _ in messages("0.163.0"):
        model = package.NOTIFICATION_MODELS.get(message.get("method", ""))
        if sender != "server" or "id" in message or model is None:
            continue
        payload = model.model_validate(message["params"])
        turn = expected("turn", message["method"], message["params"])
        assert package.notification_turn_id(payload) == turn
        seen += turn is not None
    assert seen > 50


@pytest.mark.parametrize(
    "payload", [None, 7, "x", [], {"thread": 7}, {"thread": {"id": 7}}, object()]
)
def test_extractors_never_raise(payload: Any, package_of: Callable[[str], ModuleType]) -> None:
    package = package_of("0.163.0")
    for kind in ("thread", "turn", "item", "request"):
        for method in ("thread/started", "turn/completed", "item/started", "no/such/method"):
            assert getattr(package, f"{kind}_id")(method, payload) is None

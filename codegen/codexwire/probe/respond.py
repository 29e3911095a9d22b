"""Answers the server's requests during a probe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from codexwire.probe.scenario import member

__all__ = ["Responder"]

_PARAMS = "$params."


@dataclass(slots=True)
class Responder:
    """Answers by a table: method → results, one after the other, the last one again and again.

    A text `$params.NAME` in a result stands for what the server's params have there. What is in no table
    gets the error that JSON-RPC has for it.
    """

    answers: Mapping[str, tuple[Any, ...]]
    _asked: dict[str, int] = field(default_factory=dict)

    def __call__(self, request: Mapping[str, Any]) -> Mapping[str, Any]:
        """Return the members of the answer to a request of the server."""
        method = str(request["method"])
        results = self.answers.get(method)
        if not results:
            return {"error": {"code": -32601, "message": "the probe does not answer this"}}
        number = self._asked.get(method, 0)
        self._asked[method] = number + 1
        result = results[min(number, len(results) - 1)]
        return {"result": _with_params(result, request.get("params"))}


def _with_params(value: Any, params: Any) -> Any:
    if isinstance(value, str) and value.startswith(_PARAMS):
        return member(params, value.removeprefix(_PARAMS))
    if isinstance(value, Mapping):
        return {key: _with_params(inner, params) for key, inner in value.items()}
    return value

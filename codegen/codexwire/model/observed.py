"""What a release's server was seen to do, as a small file: no ids, no texts, no paths of a machine.

`codexwire probe --out` writes such profiles; the same release gives the same bytes.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

__all__ = [
    "Damaged",
    "Observed",
    "SeenRequest",
    "SeenType",
    "as_document",
    "read_observed",
    "write_observed",
]

_EMPTY: Mapping[str, Any] = {}


class SeenType(msgspec.Struct, frozen=True, omit_defaults=True):
    """A type: its members that were seen, those that it does not declare, and the values of its enums.

    Members stand as places (`name`, `data[].id`, `*` for the keys of maps), as far as the next named type.
    """

    members: tuple[str, ...] = ()
    undeclared: tuple[str, ...] = ()
    values: tuple[str, ...] = ()


class SeenRequest(msgspec.Struct, frozen=True, omit_defaults=True, rename="camel", kw_only=True):
    """A request of the client.

    `outcome` is `answered`, `refused`, `unanswered` or `notSent`; `verdict` what the answers say of the
    response type (`confirmed`, `contradicted`, `learned`, `open`), which is `result`. `gated` says that the
    server asked for the capability for experimental methods; `gated_members` do so when they are sent.
    `ungated` says that it did not, although the schema calls the request experimental.
    """

    outcome: str
    verdict: str = ""
    result: str = ""
    gated: bool = False
    gated_members: tuple[str, ...] = ()
    ungated: bool = False


class Damaged(msgspec.Struct, frozen=True, rename="camel"):
    """How many damaged requests were judged, and how often server and schema disagreed, by reason."""

    judged: int = 0
    disagreements: Mapping[str, int] = _EMPTY


class Observed(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The observed profile of one release.

    `hidden` are requests that the server knows and its schema does not have; `notifications` and
    `server_requests` what it sent, `to_stable` those of them that also came to a client without the
    capability for what is experimental; `types` what was seen of all that it sent, by the full names of
    types; `rules` maps the normalization rules without which the published schema rejects what was sent to
    the labels of such messages; `rollouts` maps the kinds of records in saved sessions to their keys.
    """

    version: int = 1
    release: str
    requests: Mapping[str, SeenRequest] = _EMPTY
    hidden: tuple[str, ...] = ()
    notifications: tuple[str, ...] = ()
    server_requests: tuple[str, ...] = ()
    to_stable: tuple[str, ...] = ()
    types: Mapping[str, SeenType] = _EMPTY
    rules: Mapping[str, tuple[str, ...]] = _EMPTY
    rollouts: Mapping[str, tuple[str, ...]] = _EMPTY
    damaged: Damaged = Damaged()

    @property
    def responses(self) -> Mapping[str, str]:
        """The response types that the server's answers told, by request."""
        told = ("confirmed", "learned")
        return {m: r.result for m, r in self.requests.items() if r.verdict in told}

    def has(self, name: str) -> bool:
        """Whether a method was answered or sent, or any value of a type was sent."""
        request = self.requests.get(name)
        sent = (self.notifications, self.server_requests, self.types)
        return (request is not None and request.outcome == "answered") or any(
            name in names for names in sent
        )

    @property
    def gates(self) -> frozenset[tuple[str, str]]:
        """What needs the capability: requests (with an empty text), and members of their params."""
        whole = {(method, "") for method, seen in self.requests.items() if seen.gated}
        members = {(m, name) for m, seen in self.requests.items() for name in seen.gated_members}
        return frozenset(whole | members)


def read_observed(text: bytes) -> Observed:
    """Return the profile that a text is; ValueError when it is none."""
    return msgspec.json.decode(text, type=Observed)


def as_document(observed: Observed) -> dict[str, Any]:
    """Return a profile as plain JSON values."""
    found: dict[str, Any] = msgspec.to_builtins(observed)
    return found


def write_observed(observed: Observed) -> bytes:
    """Return a profile as text: one line for each request, type and kind of record."""
    tables = as_document(observed)
    lines = []
    for name, value in tables.items():
        if isinstance(value, dict) and name != "damaged":
            rows = [f"    {_json(key)}: {_json(value[key])}" for key in sorted(value)]
            body = "{\n" + ",\n".join(rows) + "\n  }" if rows else "{}"
        else:
            body = _json(value)
        lines.append(f"  {_json(name)}: {body}")
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _json(value: Any) -> str:
    return msgspec.json.format(msgspec.json.encode(value, order="sorted"), indent=0).decode()

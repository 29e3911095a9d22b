"""Messages about faults that a server tries to get over by itself, such as those of its network."""

from __future__ import annotations

from typing import Any

from codexwire.profiles.app_server.names import PREFIX

__all__ = ["COMPLAINTS", "complaint"]

COMPLAINTS = {"error": "error", f"{PREFIX}stream_error": "msg"}
"""Notification of a fault → the member that holds its message."""


def complaint(method: object, params: Any) -> str | None:
    """Return what a notification says of a fault, None when it is of something else."""
    member = COMPLAINTS.get(method) if isinstance(method, str) else None
    fault = params.get(member) if member and isinstance(params, dict) else None
    if not isinstance(fault, dict):
        return None
    details = fault.get("additionalDetails")
    return f"{fault.get('message')}{f' ({details})' if details else ''}"

"""Configurations that several scenarios have."""

from __future__ import annotations

__all__ = ["FREE"]

FREE = 'approval_policy = "never"\nsandbox_mode = "danger-full-access"\n'
"""Nobody is asked, and there is no sandbox: whether one works depends on the machine."""

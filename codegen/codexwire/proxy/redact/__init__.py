"""Redaction: replaces secrets and personal data in recordings, and changes nothing else."""

from codexwire.proxy.redact.deltas import LiveRedactor
from codexwire.proxy.redact.redactor import Redactor
from codexwire.proxy.redact.whole import redact_whole

__all__ = ["LiveRedactor", "Redactor", "redact_whole"]

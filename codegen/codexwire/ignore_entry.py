"""The entry of an ignore file, as it is written for the user and offered in reports."""

from __future__ import annotations

from codexwire.finding import Finding
from codexwire.toml import quoted

__all__ = ["ignore_entry"]


def ignore_entry(finding: Finding, reason: str) -> str:
    """Return the entry that accepts a change of a comparison for a reason, ending in a newline."""
    return (
        f"# {finding.rule}: {quoted(finding.message)[1:-1]}\n[[ignore]]\n"
        f'fingerprint = "{finding.facts["fingerprint"]}"\nreason = {quoted(reason)}\n'
    )

"""Findings that somebody decided to live with: by fingerprint, with a reason, for a time.

    [[ignore]]
    fingerprint = "9cff3d14f4abcfdd"
    reason = "our client never sends it"
    expires = 2027-01-31            # optional

A file whose entries are unused or expired is out of date, which `outdated` tells.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Annotated, Any

import msgspec
from msgspec import Struct

from codexwire.diff.finding import DiffFinding
from codexwire.errors import CodexwireError, ContractError
from codexwire.ignore_entry import ignore_entry
from codexwire.toml import TomlValue, read_toml

__all__ = ["Ignore", "format_ignores", "outdated", "read_ignores"]

_Text = Annotated[str, msgspec.Meta(pattern=r"\S")]


class Ignore(Struct, frozen=True):
    """One entry, and the table that it was read from."""

    fingerprint: str
    reason: str
    expires: datetime.date | None
    source: TomlValue

    def applies(self, today: datetime.date) -> bool:
        """Whether the entry still holds on a day; the day it expires on is the last."""
        return self.expires is None or today <= self.expires


class _Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """An ignore file as it is written."""

    ignore: tuple[dict[str, Any], ...] = ()


class _Entry(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """One [[ignore]] as it is written."""

    fingerprint: _Text
    reason: _Text
    expires: datetime.date | None = None


def read_ignores(path: Path) -> tuple[Ignore, ...]:
    """Return the entries of an ignore file; ContractError for anything that is not as described."""
    document = read_toml(
        path,
        "ignore file",
        error=ContractError,
        hint="an [[ignore]] has a fingerprint, the reason why it is accepted, and may have `expires`",
    )
    document.read(_Document)
    return tuple(_ignore(entry) for entry in document.items("ignore"))


def _ignore(table: TomlValue) -> Ignore:
    entry = table.read(_Entry)
    return Ignore(entry.fingerprint, entry.reason, entry.expires, table)


def format_ignores(findings: Iterable[DiffFinding], kept: Iterable[Ignore], reason: str) -> str:
    """Return an ignore file for findings: those that are in `kept` as they are there, others for a reason."""
    known = {ignore.fingerprint: ignore for ignore in kept}
    entries = (_entry(finding, known.get(finding.fingerprint), reason) for finding in findings)
    return "\n".join(entries) or "# Nothing to ignore.\n"


def _entry(finding: DiffFinding, kept: Ignore | None, reason: str) -> str:
    text = ignore_entry(finding, kept.reason if kept else reason)
    if kept is not None and kept.expires is not None:
        text += f"expires = {kept.expires.isoformat()}\n"
    return text


def outdated(
    ignores: Iterable[Ignore], findings: Iterable[DiffFinding], today: datetime.date
) -> Iterator[CodexwireError]:
    """Yield an error for every entry that matches no finding, or that has expired."""
    known = {f.fingerprint for f in findings}
    for ignore in ignores:
        if ignore.fingerprint not in known:
            yield ignore.source.problem(
                f"the ignore of {ignore.fingerprint} matches no finding", hint="remove it"
            )
        elif not ignore.applies(today):
            yield ignore.source.problem(
                f"the ignore of {ignore.fingerprint} expired on {ignore.expires}",
                hint="remove it, or decide again",
            )

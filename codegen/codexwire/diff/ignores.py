"""Findings that somebody decided to live with: by fingerprint, with a reason, for a time.

    [[ignore]]
    fingerprint = "9cff3d14f4abcfdd"
    reason = "our client never sends it"
    expires = 2027-01-31            # optional

A file whose entries are unused or expired is out of date, which `outdated` tells.
"""

from __future__ import annotations

import datetime
import re
import tomllib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from codexwire.diff.finding import DiffFinding
from codexwire.errors import ContractError
from codexwire.location import Location

__all__ = ["Ignore", "outdated", "read_ignores"]

_HEAD = re.compile(r"""\s*\[\[\s*["']?ignore["']?\s*\]\]""")
_KEYS = {"fingerprint", "reason", "expires"}


@dataclass(frozen=True, slots=True)
class Ignore:
    """One entry and where it stands."""

    fingerprint: str
    reason: str
    expires: datetime.date | None
    location: Location

    def applies(self, today: datetime.date) -> bool:
        """Whether the entry still holds on a day; the day it expires on is the last."""
        return self.expires is None or today <= self.expires


def read_ignores(path: Path) -> tuple[Ignore, ...]:
    """Return the entries of an ignore file; ContractError for anything that is not as described."""
    try:
        text = path.read_text("utf-8")
        table = tomllib.loads(text)
    except OSError as error:
        raise ContractError(
            f"cannot read the ignore file: {error.strerror}", location=Location(str(path))
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ContractError(f"not TOML: {error}", location=Location(str(path))) from None
    unknown = sorted(table.keys() - {"ignore"})
    entries = table.get("ignore", [])
    if unknown or not isinstance(entries, list):
        raise ContractError(
            f"unknown key {unknown[0]!r}" if unknown else "'ignore' is no list of tables",
            location=Location(str(path)),
            hint="entries read [[ignore]]",
        )
    lines = [n for n, line in enumerate(text.splitlines(), 1) if _HEAD.match(line)]
    places = [Location(str(path), line) for line in lines]
    if len(places) != len(entries):  # written as a list of inline tables, or quoted in a string
        places = [Location(str(path))] * len(entries)
    return tuple(_entry(e, at) for e, at in zip(entries, places, strict=True))


def _entry(entry: Any, at: Location) -> Ignore:
    if not isinstance(entry, dict):
        raise ContractError("an entry is no table", location=at, hint="entries read [[ignore]]")
    unknown = sorted(entry.keys() - _KEYS)
    if unknown:
        raise ContractError(
            f"unknown key {unknown[0]!r}", location=at, hint=f"known: {', '.join(sorted(_KEYS))}"
        )
    for key in ("fingerprint", "reason"):
        if not isinstance(entry.get(key), str) or not entry[key].strip():
            raise ContractError(
                f"an ignore without {key}", location=at, hint="say why the break is accepted"
            )
    expires = entry.get("expires")
    if expires is not None and type(expires) is not datetime.date:
        raise ContractError(
            "'expires' is no date", location=at, hint="write expires = 2027-01-31, without quotes"
        )
    return Ignore(entry["fingerprint"], entry["reason"], expires, at)


def outdated(
    ignores: Iterable[Ignore], findings: Iterable[DiffFinding], today: datetime.date
) -> Iterator[ContractError]:
    """Yield an error for every entry that matches no finding, or that has expired."""
    known = {f.fingerprint for f in findings}
    for ignore in ignores:
        if ignore.fingerprint not in known:
            yield ContractError(
                f"the ignore of {ignore.fingerprint} matches no finding",
                location=ignore.location,
                hint="remove it",
            )
        elif not ignore.applies(today):
            yield ContractError(
                f"the ignore of {ignore.fingerprint} expired on {ignore.expires}",
                location=ignore.location,
                hint="remove it, or decide again",
            )

"""`codexwire diff`: what changed between two versions, and whom it breaks."""

from __future__ import annotations

import datetime
import gc
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated

import typer

from codexwire.cli.as_published import tell_restored
from codexwire.cli.command import new_app
from codexwire.cli.diff_report import diff_report
from codexwire.cli.diff_sources import OpenPair, open_pair
from codexwire.cli.project import (
    NoProjectRules,
    rules_here,
    tell_project_rules,
    warn_of_holes,
)
from codexwire.config import load_config
from codexwire.diff import Diff, diff
from codexwire.diff.contract import Contract, read_contract
from codexwire.diff.ignores import Ignore, outdated, read_ignores
from codexwire.diff.rule import Skew
from codexwire.diff.touch import touching
from codexwire.errors import CodexwireError, UsageError
from codexwire.ingest import DEFAULT_VERSION
from codexwire.report.report import Report
from codexwire.report.table import FORMATS, check_format, render

__all__ = ["FAIL_ON", "Gate", "app"]

app = new_app()

FAIL_ON = {
    "breaking": tuple(Skew),
    "breaking:i": (Skew.OLD_CLIENT,),
    "breaking:ii": (Skew.NEW_CLIENT,),
}
"""What `--fail-on` takes → the skews whose breaks fail."""


@dataclass(frozen=True, slots=True)
class Gate:
    """What decides about the exit code, and which findings count."""

    fail_on: str | None = None
    ignore: Path | None = None
    contract: Path | None = None


@app.command()
def diff_command(
    versions: Annotated[
        list[str] | None,
        typer.Argument(metavar="VERSION", help="OLD and NEW: versions, files, folders, or one -."),
    ] = None,
    against: Annotated[
        str | None, typer.Option(help="The old one; NEW defaults to the project's schema.")
    ] = None,
    channel: Annotated[str, typer.Option(help="stable or experimental.")] = "experimental",
    format: Annotated[str, typer.Option(help=f"One of {', '.join(FORMATS)}.")] = "text",
    fail_on: Annotated[
        str | None, typer.Option(help="breaking, breaking:i or breaking:ii: exit 1 when found.")
    ] = None,
    ignore: Annotated[Path | None, typer.Option(help="Findings to live with (TOML).")] = None,
    contract: Annotated[Path | None, typer.Option(help="Only what this client touches.")] = None,
    everything: Annotated[bool, typer.Option("--all", help="List harmless changes too.")] = False,
    no_project_rules: NoProjectRules = False,
    as_published: Annotated[
        bool,
        typer.Option(
            "--as-published",
            help="The schemas as released: only types that they refer to and leave out are added.",
        ),
    ] = False,
) -> None:
    """Compare two versions of the protocol, for old clients and for old servers.

    i: old client, new server. ii: new client, old server. With --against, breaks of either fail.
    """
    old, new = _sources(versions or [], against)
    gate = Gate(fail_on or ("breaking" if against else None), ignore, contract)
    check_format(format)
    if gate.fail_on is not None and gate.fail_on not in FAIL_ON:
        raise UsageError(f"no --fail-on {gate.fail_on!r}", hint=f"one of {', '.join(FAIL_ON)}")
    rules = rules_here(left_out=no_project_rules)
    with _uncollected():
        pair = open_pair(old, new, channel=channel, as_published=as_published, project=rules)
        promised = read_contract(gate.contract, (pair.old, pair.new)) if gate.contract else None
        ignores = read_ignores(gate.ignore) if gate.ignore else ()
        found = diff(pair.old, pair.new, contract=promised)
        report, stale = _judge(found, promised, ignores, pair)
        report = replace(report, everything=everything)
        text = render(format, report, color=sys.stdout.isatty())
    tell_restored(pair.restored)
    tell_project_rules(pair.project_rules)
    warn_of_holes(pair.old)
    if pair.new.holes != pair.old.holes:
        warn_of_holes(pair.new)
    if pair.caution is not None:
        typer.echo(f"codexwire: note: {pair.caution}", err=True)
    sys.stdout.write(text)
    if stale is not None:
        sys.stdout.flush()
        raise stale
    raise typer.Exit(int(_fails(report, gate)))


@contextmanager
def _uncollected() -> Iterator[None]:
    """Keep the collector of cycles away: two schemas are all live objects, and it searches in vain."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()


def _sources(versions: list[str], against: str | None) -> tuple[str, str]:
    if against is None and len(versions) == 2:
        return versions[0], versions[1]
    if against is not None and len(versions) <= 1:
        default = load_config(Path.cwd()).schema or str(DEFAULT_VERSION)
        return against, versions[0] if versions else default
    raise UsageError(
        f"{len(versions)} versions to compare",
        hint="codexwire diff OLD NEW, or codexwire diff --against OLD [NEW]",
    )


def _judge(
    found: Diff, promised: Contract | None, ignores: tuple[Ignore, ...], pair: OpenPair
) -> tuple[Report, CodexwireError | None]:
    """Return the report, and what makes the ignore file out of date."""
    today = datetime.date.today()
    stale = next(outdated(ignores, found.findings, today), None)
    reasons = {i.fingerprint: i.reason for i in ignores if i.applies(today)}
    if promised is not None:
        found = replace(found, findings=tuple(touching(promised, found.findings)), texts=0)
    applied = {"restored": pair.restored, "project_rules": pair.project_rules}
    return diff_report(found, *pair.names, ignored=reasons, applied=applied), stale


def _fails(report: Report, gate: Gate) -> bool:
    """Whether a skew that counts has a break; one that nothing could prove counts as well."""
    if gate.fail_on is None:
        return False
    return any(
        report.count(skew, verdict)
        for skew in FAIL_ON[gate.fail_on]
        for verdict in ("breaks", "unproven")
    )

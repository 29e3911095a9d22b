"""`codexwire rules`: what codexwire knows about the protocol, rule by rule."""

from __future__ import annotations

import inspect
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

import typer

from codexwire.cli.command import new_app
from codexwire.cli.project import NoProjectRules, rules_here
from codexwire.diff.rule import Levels
from codexwire.diff.table import RULES as DIFF_RULES
from codexwire.errors import UsageError
from codexwire.normalize import RETIRED, RULES, ProjectRules
from codexwire.normalize.project import NONE
from codexwire.normalize.rule import BUILT_IN
from codexwire.runtime.tolerance.table import RULES as TOLERANCE_RULES
from codexwire.transcript.session.table import CHECKS

__all__ = ["Entry", "app", "entries"]

app = new_app("List and explain the rules.")


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule of any family, as `rules list` and `rules show` print it."""

    family: str
    id: str
    title: str
    effect: str
    versions: str
    evidence: tuple[str, ...]
    doc: str
    origin: str = BUILT_IN


def entries(project: ProjectRules = NONE) -> Iterator[Entry]:
    """Yield every rule of every family, in table order; those of the project after our own."""
    for rule in (*RULES, *project.all):
        built_in = rule.origin == BUILT_IN
        doc = _doc(rule.node or rule.typedef or rule.protocol) if built_in else ""
        yield Entry(
            "normalize",
            rule.id,
            rule.title,
            rule.effect,
            str(rule.versions),
            rule.evidence,
            doc,
            rule.origin,
        )
    for tolerance in TOLERANCE_RULES:
        doc = _doc(tolerance.apply)
        versions = str(tolerance.versions)
        yield Entry(
            "tolerance",
            tolerance.id,
            tolerance.title,
            tolerance.hook,
            versions,
            tolerance.evidence,
            doc,
        )
    for check in CHECKS:
        doc = _doc(check.on_step or check.at_end)
        yield Entry("session", check.id, check.title, check.level, "*", check.evidence, doc)
    for compared in DIFF_RULES:
        doc = "\n\n".join((_doc(compared.check), *_levels(compared.levels)))
        yield Entry("diff", compared.id, compared.title, compared.levels.worst, "*", (), doc)


def _doc(function: object) -> str:
    """Return the documentation of the file that a rule stands in."""
    module = inspect.getmodule(function)
    return inspect.cleandoc(module.__doc__ or "") if module else ""


def _levels(levels: Levels) -> Iterator[str]:
    """Yield for either sender how serious a break is, in the two ways in which one side is newer."""
    for sender, (old_client, new_client) in (("client", levels.client), ("server", levels.server)):
        yield (
            f"Sent by the {sender}: {old_client} for an old client on a new server, "
            f"{new_client} for a new client on an old server, where it breaks."
        )


@app.command("list")
def list_rules(
    format: Annotated[str, typer.Option(help="text or json.")] = "text",
    family: Annotated[str | None, typer.Option(help="Only this family.")] = None,
    no_project_rules: NoProjectRules = False,
) -> None:
    """List the rules: id, effect, releases claimed, one sentence."""
    known = tuple(entries(rules_here(left_out=no_project_rules)))
    chosen = [e for e in known if family in (None, e.family)]
    if not chosen:
        raise UsageError(
            f"no rule family {family!r}",
            hint=f"one of {', '.join(sorted({e.family for e in known}))}",
        )
    if format == "json":
        rows = [{k: getattr(e, k) for k in Entry.__slots__} for e in chosen]
        sys.stdout.write(json.dumps({"version": 1, "rules": rows}, indent=2) + "\n")
        return
    if format != "text":
        raise UsageError(f"no format {format!r}", hint="text or json")
    width = max(len(e.id) for e in chosen)
    for entry in chosen:
        origin = "" if entry.origin == BUILT_IN else f" ({entry.origin})"
        typer.echo(
            f"{entry.id:{width}}  {entry.effect:8}  {entry.versions:18}  {entry.title}{origin}"
        )


@app.command("show")
def show_rule(
    rule_id: Annotated[str, typer.Argument(metavar="ID")],
    no_project_rules: NoProjectRules = False,
) -> None:
    """Explain one rule: what it is about, where it applies, and the evidence."""
    gone = next((old for old in RETIRED if _means(rule_id, old)), None)
    wanted = rule_id if gone is None else RETIRED[gone]
    known = entries(rules_here(left_out=no_project_rules))
    found = next((e for e in known if _means(wanted, e.id)), None)
    if found is None:
        raise UsageError(f"no rule {rule_id!r}", hint="`codexwire rules list` names them")
    if gone is not None:
        typer.echo(f"{gone} is part of {found.id} now.\n")
    origin = "" if found.origin == BUILT_IN else f", of {found.origin}"
    typer.echo(f"{found.id} ({found.family}, {found.effect}, releases {found.versions}{origin})\n")
    typer.echo(found.title + "\n")
    if found.doc:
        typer.echo(found.doc + "\n")
    if found.evidence:
        typer.echo("Evidence:")
    for line in found.evidence:
        typer.echo(f"- {line}")


def _means(text: str, rule_id: str) -> bool:
    """Whether a text names a rule: its id, or the id's number."""
    return text in (rule_id, rule_id.partition("-")[0])

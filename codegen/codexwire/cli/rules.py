"""`codexwire rules`: what codexwire knows about the protocol, rule by rule."""

from __future__ import annotations

import json
import sys
from typing import Annotated

import typer

from codexwire.cli import complete
from codexwire.cli.command import NoProjectRules, choice, examples, new_app, project_here
from codexwire.errors import UsageError
from codexwire.model.normalization import BUILT_IN
from codexwire.normalize import RETIRED
from codexwire.usecases.project import rules_of
from codexwire.usecases.rule_index import RuleEntry, find, rule_entries
from codexwire.usecases.rule_page import page

__all__ = ["app"]

app = new_app(
    "List and explain the rules.",
    "codexwire rules list",
    "codexwire rules show property-removed-required",
)


@app.command(
    "list",
    epilog=examples("codexwire rules list --family diff", "codexwire rules list --format json"),
)
def list_rules(
    format: Annotated[str, choice("text", "json")] = "text",
    family: Annotated[str | None, typer.Option(help="Only this family.")] = None,
    no_project_rules: NoProjectRules = False,
) -> None:
    """List the rules: id, effect, releases claimed, one sentence."""
    known = tuple(rule_entries(rules_of(project_here(no_project_rules))))
    chosen = [e for e in known if family in (None, e.family)]
    if not chosen:
        raise UsageError(
            f"no rule family {family!r}",
            hint=f"one of {', '.join(sorted({e.family for e in known}))}",
        )
    if format == "json":
        rows = [{k: getattr(e, k) for k in RuleEntry.__slots__} for e in chosen]
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


@app.command(
    "show",
    epilog=examples("codexwire rules show schema/type", "codexwire rules show n001 --no-cases"),
)
def show_rule(
    rule_id: Annotated[str, typer.Argument(metavar="ID", autocompletion=complete.rule)],
    cases: Annotated[bool, typer.Option(help="With the cases that its tests use.")] = True,
    no_project_rules: NoProjectRules = False,
) -> None:
    """Explain one rule: what it says, where, why, and its cases.

    Markdown, as on the rule's page of the documentation.
    """
    gone = next((old for old in RETIRED if rule_id in (old, old.partition("-")[0])), None)
    wanted = rule_id if gone is None else RETIRED[gone]
    found = find(wanted, tuple(rule_entries(rules_of(project_here(no_project_rules)))))
    if found is None:
        raise UsageError(f"no rule {rule_id!r}", hint="`codexwire rules list` names them")
    if gone is not None:
        typer.echo(f"{gone} is part of {found.id} now.\n")
    sys.stdout.write(page(found, cases=cases))

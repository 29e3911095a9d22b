"""Pages of the site that are made from the code: every rule, every command, the tables of archives."""

from __future__ import annotations

from collections.abc import Iterator

import typer
from mkdocs.config.defaults import MkDocsConfig
from mkdocs.structure.files import File, Files
from typer.cli import get_docs_for_click

from codexwire.archive.columns import TABLES, VERSION
from codexwire.cli.app import app
from codexwire.usecases.rule_index import rule_entries
from codexwire.usecases.rule_page import FAMILIES, page


def on_files(files: Files, config: MkDocsConfig) -> Files:
    """Add the generated pages, which need no file in the repository."""
    made = (("reference/commands.md", _commands()), ("reference/archive.md", _tables()))
    for path, text in (*_rules(), *made):
        files.append(File.generated(config, path, content=text))
    return files


def _rules() -> Iterator[tuple[str, str]]:
    """Yield the path and the text of every rule's page, and of the page that lists them."""
    known = list(rule_entries())
    yield from ((f"rules/{entry.id}.md", page(entry)) for entry in known)
    lines = [
        "# Rules and findings",
        "Every id that a command prints. `codexwire rules show ID` prints the same pages.",
    ]
    for name, family in FAMILIES.items():
        rows = [
            f"| [{e.id}]({e.id}.md) | {e.effect} | {e.versions} | {e.title} |"
            for e in known
            if e.family == name
        ]
        lines += [f"## {family.title}", family.about, f"Effect: {family.effect}."]
        lines.append(
            "\n".join(["| id | effect | releases | |", "|---|---|---|---|", *rows]).replace(
                "| * |", "| all |"
            )
        )
    yield "rules/index.md", "\n\n".join(lines) + "\n"


def _commands() -> str:
    """Return the reference of all commands, from their own help."""
    command = typer.main.get_command(app)
    context = typer.Context(command)
    text = get_docs_for_click(obj=command, ctx=context, name="codexwire", title="Commands")
    # click's mark for lines that stay as they are; indented by four, Markdown leaves them so, too
    return text.replace("\b\nExamples:\n", "**Examples**:\n\n").replace(
        "\n  codexwire ", "\n    codexwire "
    )


def _tables() -> str:
    """Return the reference of the tables that `codexwire archive` writes."""
    parts = [
        "# Tables of archives",
        f"What `codexwire archive` writes: version {VERSION}, as the metadata of every file says under"
        " `codexwire.version`. No column has a value of a message; names of methods and members, and ids of"
        " threads that are UUIDs, are in them.",
    ]
    for table, columns in TABLES.items():
        rows = [f"| `{c.name}` | {c.type} | {c.text} |" for c in columns]
        parts += [f"## `{table}`", "\n".join(["| column | type | |", "|---|---|---|", *rows])]
    return "\n\n".join(parts) + "\n"

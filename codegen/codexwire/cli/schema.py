"""`codexwire schema`: get, list, show and verify the schemas of releases."""

from __future__ import annotations

from codexwire.cli.command import examples, new_app
from codexwire.cli.history import schema_history
from codexwire.cli.schema_list import list_schemas
from codexwire.cli.schema_pull import pull_schemas
from codexwire.cli.schema_show import show_schema
from codexwire.cli.schema_verify import verify_schemas

__all__ = ["app"]

app = new_app(
    "Get, list, show and verify schemas of releases.",
    "codexwire schema pull latest",
    "codexwire schema show turn/start",
)
app.command(
    "pull",
    epilog=examples(
        "codexwire schema pull latest",
        "codexwire schema pull 0.171.0 --vendor",
        "codexwire schema pull --binary ./codex --as 0.172.0",
    ),
)(pull_schemas)
app.command("list", epilog=examples("codexwire schema list --all"))(list_schemas)
app.command(
    "show",
    epilog=examples(
        "codexwire schema show turn/start",
        "codexwire schema show Thread --schema 0.171.0",
        "codexwire schema show --format schema > schema.json",
    ),
)(show_schema)
app.command(
    "verify",
    epilog=examples("codexwire schema verify", "codexwire schema verify 0.171.0 --binary ./codex"),
)(verify_schemas)
app.command(
    "history",
    epilog=examples(
        "codexwire schema history turn/start", "codexwire schema history Thread.id --format json"
    ),
)(schema_history)

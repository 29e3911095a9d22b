"""`codexwire schema`: get, list, show and verify the schemas of releases."""

from __future__ import annotations

from codexwire.cli.command import new_app
from codexwire.cli.history import schema_history
from codexwire.cli.schema_list import list_schemas
from codexwire.cli.schema_pull import pull_schemas
from codexwire.cli.schema_show import show_schema
from codexwire.cli.schema_verify import verify_schemas

__all__ = ["app"]

app = new_app("Get, list, show and verify schemas of releases.")
app.command("pull")(pull_schemas)
app.command("list")(list_schemas)
app.command("show")(show_schema)
app.command("verify")(verify_schemas)
app.command("history")(schema_history)

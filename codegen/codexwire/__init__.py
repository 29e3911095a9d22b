"""codexwire: protocol schema and codegen toolkit for the Codex app-server."""

__version__ = "0.1.0"

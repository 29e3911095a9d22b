"""Schemas from outside: registries, binaries and git, each by way of the user's own programs."""

"""Normalization rules of the app-server, one a file."""

"""Recordings of sessions: readers for every format they come in, and the checks over a session."""

"""Saved sessions of codex (rollouts): `profile.ROLLOUT` is all of it."""

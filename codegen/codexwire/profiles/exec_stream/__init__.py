"""The events that `codex exec --json` prints: `profile.EXEC_STREAM` is all of it."""

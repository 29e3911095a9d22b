"""The exec-server: `profile.EXEC_SERVER` is all of it."""

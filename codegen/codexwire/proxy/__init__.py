"""What stands between a client and a server, or in for one of them: record, redact, replay, mock."""

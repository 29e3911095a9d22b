"""Programs between a client and a server, or in place of one: record, redact, replay, mock."""

"""What messages mean, without a JSON Schema: text, kind, ids, answers to requests, the state of a turn."""

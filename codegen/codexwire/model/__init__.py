"""What messages mean, without a JSON Schema: the state of a turn."""

"""What messages are: their text, their kind, their ids, and which answer belongs to which request."""

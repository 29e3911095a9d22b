"""What a session is over time: a fold over its messages, and the checks that look at each step."""

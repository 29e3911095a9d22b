"""A live server is asked: scenarios are played, every request is sent, and what comes back is kept."""

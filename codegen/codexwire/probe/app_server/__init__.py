"""How an app-server is probed: scenarios, values for requests, and what must not be sent."""

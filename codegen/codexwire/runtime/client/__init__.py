"""The client: connection, router, turns, and the async and sync cores of the generated classes."""

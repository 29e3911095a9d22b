"""Session checks of the app-server, one a file."""

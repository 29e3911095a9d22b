"""The app-server: `profile.APP_SERVER` is all of it."""

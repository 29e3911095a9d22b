"""Session checks that hold for every protocol with this envelope and handshake, one a file."""

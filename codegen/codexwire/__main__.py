"""`python -m codexwire` is the `codexwire` command."""

from codexwire.cli.app import main

main()

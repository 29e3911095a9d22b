"""What is of no single protocol: rules and checks that profiles have in common."""

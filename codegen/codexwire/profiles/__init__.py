"""What is particular to one protocol, as frozen values: one folder each, and the table of them."""

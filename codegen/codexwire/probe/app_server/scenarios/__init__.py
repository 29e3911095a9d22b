"""One scenario a file; `table` lists them."""

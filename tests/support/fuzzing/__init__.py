"""Two fuzzers of everything that decides about messages; `tests/fuzz.py` runs them.

`schemas` makes schemas and values, `mutants` damages messages; `schema_fuzzer` and `recording_fuzzer` hold
what codexwire says against `judge`, which is `jsonschema-rs` and `jsonschema`; `campaign` runs either of
them and `shrink` makes what it finds small.
"""

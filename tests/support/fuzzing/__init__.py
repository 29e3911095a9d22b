"""Two fuzzers of everything that decides about messages; `tests/fuzz.py` runs them.

`schemas` makes schemas and `values` what may fit them, `published` changes those of a bundle, `mutants`
damages messages and `spelling` writes them. `schema_fuzzer` and `recording_fuzzer` hold what codexwire
says against `judge`; `campaign` runs either of them, and `shrink` makes what it finds small.
"""

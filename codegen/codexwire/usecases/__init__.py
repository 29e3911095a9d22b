"""What a user does, one module for each, without a terminal: the library behind the commands.

Each takes a request and returns a value: what was found, and as `Notice`s what a reader should be told.
Progress goes to a function that the caller gives. Nothing here prints, and the rules and settings of a
project count only where its folder is given.
"""

"""Patterns of ECMA-262, where Python's `re` or its `u` mode spells or means something else."""

from __future__ import annotations

__all__ = ["SAME_AS_ECMA"]

# pattern: strings in which it is found, strings in which it is not
SAME_AS_ECMA: dict[str, tuple[list[str], list[str]]] = {
    "^a$": (["a"], ["a\n", "ab"]),
    r"^\d\w\b": (["1a", "1_ "], ["\u07c0a", "1\u00e9"]),
    r"^\D\W$": (["\u07c0\u00e9"], ["1a"]),
    r"^\s$": (["\u00a0", "\ufeff", "\u2028", "\t", "\v"], ["\x1c", "\x85", "\u200b"]),
    r"^[\d][\D][\w][\W][\s]$": (["1aa- "], ["aaa- ", "11a- ", "1a-- ", "1aaa ", "1aa-a"]),
    r"^\n\v\f\r$": (["\n\v\f\r"], ["nvfr"]),
    r"^[\S]$": (["\x1c", "\x85", "a"], ["\u00a0", "\ufeff", " "]),
    "^.$": (["\x85", "\U0001f600"], ["\n", "\r", "\u2028"]),
    r"\B": (["", "ab"], ["a"]),
    r"^\cJ\x41\u0042\u{43}\t\0$": (["\nABC\t\0"], ["cJABC"]),
    r"^\ud83d\ude00+$": (["\U0001f600\U0001f600"], ["\ud83d"]),
    r"^\/\-\"\_$": (['/-"_'], ["\\/"]),
    r"^[^]$": (["\n", "a"], ["", "ab"]),
    "a|[]": (["a"], ["", "b"]),
    "^[[a&&b|~-]$": (["[", "&", "|", "~", "-"], ["c"]),
    r"^[\w-z\b]$": (["-", "q", "\b"], ["\u00e9"]),
    "^a{,2}$": (["a{,2}"], ["", "aa"]),
    "^{}]$": (["{}]"], ["]"]),
    "^a{2}b{1,}c{0,1}?$": (["aabb", "aabc"], ["ab"]),
    "^(?<year>[0-9]{4})-(?:a|b)$": (["2024-a"], ["24-a"]),
    r"^(?<q>['\"])x\k<q>$": (["'x'"], ["'x\""]),
    r"^(a)?b\1$": (["aba", "b"], ["ab"]),
    r"^(a)(b)(c)(d)(e)(f)(g)(h)(i)(j)\10$": (["abcdefghijj"], ["abcdefghija0", "abcdefghij\b"]),
    "(?<=a)b(?!c)(?=d)": (["abd"], ["bd", "abc"]),
    "": (["", "a"], []),
}

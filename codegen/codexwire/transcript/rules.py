"""What the rules mean that judging a recording reports, session checks aside."""

from __future__ import annotations

from codexwire.finding import Level, RuleText
from codexwire.ir.hole import HoleKind
from codexwire.profiles.table import CHECKS, LINE_CHECKS
from codexwire.wire.explain_rules import RULES as VIOLATIONS

__all__ = ["RULES", "TITLES"]

_OWN = {
    "envelope/duplicate-key": (
        Level.WARNING,
        "A message has two members `method`.",
        "Servers drop such a message. It is judged by the last of the two.",
    ),
    "envelope/id": (
        Level.WARNING,
        "An id is a number that servers do not read.",
        "Ids are strings, or integers of 64 bits: `1.0` and larger numbers fit the schema, but servers drop "
        "such a message. It is neither answered nor an answer.",
    ),
    "envelope/jsonrpc": (
        Level.INFO,
        "A message carries `jsonrpc`, which the protocol leaves out.",
        "Servers ignore it. It is noted once for each sender.",
    ),
    "envelope/result-and-error": (
        Level.WARNING,
        "An answer has both a result and an error.",
        "JSON-RPC allows one of them. It is taken for an error here, and by most readers.",
    ),
    "envelope/surrogate": (
        Level.WARNING,
        "A string holds a lone surrogate.",
        "It cannot be encoded as UTF-8, and servers drop such a message.",
    ),
    "lines/repeated-key": (
        Level.INFO,
        "An object of a line has a key twice, reported once a file.",
        "The first value counts, the others are kept: `decode` gives the line back as it was. Most JSON "
        "readers keep the last value and lose the first.",
    ),
    "lines/undeclared": (
        Level.INFO,
        "A member of a line is declared by no release that is known.",
        "Any value is accepted there, and the line counts as unchecked. Members that codex is known to write "
        "without declaring them are put into the schema by a rule.",
    ),
    "lines/unknown-type": (
        Level.INFO,
        "No release that is known has this type of line, of payload or of item.",
        "The line counts as unchecked: a newer release may have written it, for a file names only the one "
        "that made it.",
    ),
    "lines/unknown-value": (
        Level.INFO,
        "No release that is known lists this value of an enum, or this variant.",
        "Any is accepted there, and the line counts as unchecked.",
    ),
    "transcript/binary-frame": (
        Level.WARNING,
        "A websocket frame is binary.",
        "Servers drop binary frames; what it holds is not judged.",
    ),
    "transcript/blank-line": (Level.INFO, "A line is blank.", "It is passed over."),
    "transcript/byte-order-mark": (
        Level.INFO,
        "The file starts with a byte order mark.",
        "It is passed over.",
    ),
    "transcript/crlf": (
        Level.INFO,
        "Lines end with CR LF.",
        "Servers end lines with LF. Only the first such line is noted.",
    ),
    "transcript/long-line": (
        Level.ERROR,
        "A line is longer than 128 MiB.",
        "It is passed over, so that no file takes all memory. The exit code is 2.",
    ),
    "transcript/not-a-record": (
        Level.ERROR,
        "A part of the recording was not understood.",
        "The format of the recording was recognized, and this line (or frame, or value) does not have its "
        "shape: the file is damaged, or two files were mixed. What it holds was not judged, so the exit "
        "code is 2.",
    ),
    "transcript/other-record": (
        Level.INFO,
        "A record holds no message.",
        "It is a header, or an event of the recorder that codexwire does not know.",
    ),
    "transcript/schema-version": (
        Level.WARNING,
        "The schema is not the server's own.",
        "The server says another release than that of the schema, or none. `codexwire schema pull "
        "VERSION` gets the schema of a release. A file with the sessions of two servers is judged by the "
        "first one's release: cut it apart.",
    ),
    "transcript/truncated": (
        Level.WARNING,
        "The recording is cut short.",
        "Who wrote it was stopped or is still writing; what comes before is judged.",
    ),
    "transcript/unusable": (
        Level.ERROR,
        "The recording, or the rest of it, cannot be checked.",
        "The file cannot be read, its format is not known, or there is no schema to judge it by.",
    ),
}

_HOLES = {
    HoleKind.RESULT: (
        "The type of a request's response is not known.",
        "Any JSON is accepted there, and such responses count as unchecked. The type can be stated under "
        "[tool.codexwire.responses] in pyproject.toml.",
    ),
    HoleKind.REFERENCE: (
        "The schema refers to a type that it does not define.",
        "Any JSON is accepted there.",
    ),
    HoleKind.BRANCH: (
        "A branch of a union of messages names no method.",
        "It is left out: what it describes is not checked.",
    ),
    HoleKind.KEYWORD: (
        "The schema has a keyword that is not known.",
        "It is ignored, as JSON Schema says.",
    ),
    HoleKind.CHANNEL: (
        "The stable and the experimental schema of a release contradict each other.",
        "The experimental one counts.",
    ),
    HoleKind.SHAPE: (
        "The schema has a shape that generated models cannot express.",
        "The models take any JSON there; validation is not affected.",
    ),
}

RULES: tuple[RuleText, ...] = (
    *VIOLATIONS,
    *(RuleText(f"schema/unknown-{k}", Level.INFO, *words) for k, words in _HOLES.items()),
    *(RuleText(id, *words) for id, words in _OWN.items()),
)
"""Every rule but the session checks."""

TITLES = {rule.id: rule.title for rule in RULES} | {
    check.rule: check.title for check in (*CHECKS, *LINE_CHECKS)
}
"""What each rule of a finding means, in one sentence."""

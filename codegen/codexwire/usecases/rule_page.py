"""The page of a rule: what `rules show` prints, and what the documentation has of every rule."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

from codexwire.model.normalization import BUILT_IN
from codexwire.resources import cases_root
from codexwire.usecases.rule_index import RuleEntry

__all__ = ["FAMILIES", "Family", "page"]


class Family(NamedTuple):
    """What the rules of a family have in common.

    `effect` says what the word in the column of effects means; `cases` is the folder of their cases.
    """

    title: str
    about: str
    effect: str = "the gravest level that such a finding has"
    cases: str = ""


FAMILIES = {
    "normalize": Family(
        "Normalization",
        "Where the published schema and the server disagree, such a rule corrects the "
        "schema. Every command that reads a schema applies it, and reports name it.",
        "`patch`: other messages are valid afterwards; `restore`: puts back what the published bundle lost; "
        "`annotate`: adds what the schema does not say, the same messages are valid",
        "normalize",
    ),
    "tolerance": Family(
        "Tolerant decoding",
        "Such a rule lets generated packages read a message that its schema does not allow, "
        "and lose nothing of it.",
        "where decoding asks the rule",
        "tolerance",
    ),
    "drift": Family(
        "Drift",
        "What a decoded message has that the generated models do not know. "
        "`codexwire decode` reports it; in Python it is a note beside the result.",
    ),
    "session": Family(
        "Session checks",
        "What a recorded session as a whole should be like. `codexwire validate` reports it.",
        cases="transcript",
    ),
    "lines": Family(
        "Saved sessions",
        "What a file of a saved session, or of the output of `codex exec --json`, should be like as a whole. "
        "`codexwire validate` reports it.",
    ),
    "diff": Family(
        "Comparison",
        "A kind of change between two versions of the protocol. `codexwire diff` reports it, and "
        "says for either side whether it breaks.",
        cases="diff",
    ),
    "envelope": Family(
        "Message form",
        "What a message of JSON-RPC must be like, whatever its method. `codexwire validate` reports it.",
    ),
    "schema": Family(
        "Schema violations",
        "Where a message does not fit the JSON Schema of its method. `codexwire validate` reports it.",
    ),
    "transcript": Family(
        "Recordings",
        "What is odd about a recording itself, not about what was sent. `codexwire validate` reports it.",
    ),
    "probe": Family("Probing", "What `codexwire probe` reports of a server."),
    "observed": Family(
        "Observed behaviour",
        "How two probed releases differ in what they did. `codexwire diff --observed` reports it.",
    ),
    "redact": Family(
        "Redaction",
        "What `codexwire redact` looks for and replaces.",
        "what kind of thing it replaces",
    ),
}
"""Family → its description, in the order of the documentation."""

_SHOWN = 3_000
_WIDTH = 96
_CASES = frozenset({".json", ".jsonl"})


def page(entry: RuleEntry, *, cases: bool = True) -> str:
    """Return the page of a rule as Markdown, ending in a newline; with its `cases` where it has some."""
    parts = [f"# {entry.id}", entry.title, *_facts(entry)]
    if entry.doc:
        parts.append(entry.doc)
    if entry.evidence:
        parts += ["## Evidence", "\n".join(f"- {line}" for line in entry.evidence)]
    shown = [*_cases(entry)] if cases and entry.origin == BUILT_IN else []
    return "\n\n".join([*parts, *(["## Cases", *shown] if shown else [])]) + "\n"


def _facts(entry: RuleEntry) -> Iterator[str]:
    facts = {
        "family": entry.family,
        "effect": entry.effect,
        "releases": "all" if entry.versions == "*" else entry.versions,
        "from": "" if entry.origin == BUILT_IN else entry.origin,
    }
    yield "\n".join(f"- {name}: {value}" for name, value in facts.items() if value)


def _cases(entry: RuleEntry) -> Iterator[str]:
    family = FAMILIES.get(entry.family)
    folder = cases_root() / family.cases / entry.names[0] if family and family.cases else None
    if folder is None or not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.suffix in _CASES:
            yield from _case(path)


def _case(path: Path) -> Iterator[str]:
    """Yield the parts of one case: its name, what it says of itself, and its text where it is short."""
    text, about = path.read_text("utf-8").rstrip("\n"), ""
    if path.suffix == ".json":
        case = json.loads(text)
        about = next((case.pop(key) for key in ("why", "from") if key in case), "")
        text = _compact(case)
    yield f"### {path.stem}"
    if about:
        yield about
    if len(text) <= _SHOWN:
        yield f"```json\n{text}\n```"
    else:
        yield f"({len(text):,} characters: `tests/cases/{path.relative_to(cases_root()).as_posix()}`)"


def _compact(value: Any, indent: str = "") -> str:
    """Return JSON on several lines, but what fits into a line on one."""
    line = json.dumps(value, ensure_ascii=False)
    if not isinstance(value, dict | list) or len(indent) + len(line) <= _WIDTH:
        return line
    inner = f"{indent}  "
    if isinstance(value, dict):
        rows = [f"{json.dumps(k)}: {_compact(v, inner)}" for k, v in value.items()]
    else:
        rows = [_compact(v, inner) for v in value]
    begin, end = "{}" if isinstance(value, dict) else "[]"
    return f"{begin}\n{inner}" + f",\n{inner}".join(rows) + f"\n{indent}{end}"

"""Write docs/levels.md from the table of diff rules.

python docs/write_levels.py
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from codexwire.diff.levels import GRADES
from codexwire.diff.rule import Levels, Rule, Skew
from codexwire.diff.table import RULES
from codexwire.direction import Side
from codexwire.finding import Level

PAGE = Path(__file__).with_name("levels.md")

_NAMES = {level: grade.value for grade, level in GRADES.items()}
_HEAD = """\
# How serious a change is

`codexwire diff` judges every change twice: (i) for an old client on a new server, (ii) for a new client
on an old server. A change breaks one of the two when a message that the one side may send is refused by the
other side's schema. How serious such a break is depends on the rule, on who sends the message, and on
which side is newer:

- `breaking` fails `--fail-on breaking` (and `minor`);
- `minor` is what only who reads strictly notices: a tolerant client survives an added notification, enum
  value or variant. It fails `--fail-on minor` alone;
- `info` fails nothing.

`breaking:i`, `breaking:ii`, `minor:i` and `minor:ii` look at one of the two upgrades. Where a change breaks
nothing, its level is `info`, or the one that the table has in brackets. What breaks only if a new client
sends it (`?` in the report) fails no gate.

A project sets the level of a rule in its pyproject.toml, for both senders and both upgrades:

```toml
[tool.codexwire.diff.levels]
enum-value-added = "breaking"
property-became-optional = "minor"
request-removed = "info"
```

`--no-project-rules` leaves that out. A finding that you can live with belongs into an ignore file:
`codexwire diff OLD NEW --write-ignores ignores.toml` writes one with all that breaks, and
`--ignore ignores.toml` reads it.

| rule | what it sees | client sends, i | client sends, ii | server sends, i | server sends, ii |
|---|---|---|---|---|---|
"""


def page() -> str:
    """Return the page."""
    return _HEAD + "".join(f"{_row(rule)}\n" for rule in RULES)


def _row(rule: Rule) -> str:
    cells = " | ".join(_cells(rule.levels))
    return f"| `{rule.id}` | {rule.title} | {cells} |"


def _cells(levels: Levels) -> Iterator[str]:
    for side in (Side.CLIENT, Side.SERVER):
        for skew in Skew:
            breaks, harmless = (levels.of(side, skew, breaks=b) for b in (True, False))
            yield _NAMES[breaks] + (f" ({_NAMES[harmless]})" if harmless is not Level.INFO else "")


if __name__ == "__main__":
    PAGE.write_text(page(), "utf-8")

"""Write `schema/report/session.schema.json`, which describes `codexwire show --format json`.

python docs/write_session_schema.py
"""

from __future__ import annotations

import json
from pathlib import Path

from codexwire import session

TARGET = Path(__file__).parents[1] / "schema" / "report" / "session.schema.json"


def text() -> str:
    """Return the file as it should be."""
    return json.dumps(session.schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    TARGET.write_text(text(), "utf-8")

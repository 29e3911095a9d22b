"""What holds for every test."""

from __future__ import annotations

import signal

for _name in ("SIGINT", "SIGHUP", "SIGQUIT"):
    # A run in the background has these ignored, and its children would inherit that.
    if hasattr(signal, _name) and signal.getsignal(getattr(signal, _name)) is signal.SIG_IGN:
        signal.signal(getattr(signal, _name), signal.SIG_DFL)

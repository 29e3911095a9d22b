"""What holds for every test."""

from __future__ import annotations

import signal

from hypothesis import HealthCheck, settings

for _name in ("SIGINT", "SIGHUP", "SIGQUIT"):
    # A run in the background has these ignored, and its children would inherit that.
    if hasattr(signal, _name) and signal.getsignal(getattr(signal, _name)) is signal.SIG_IGN:
        signal.signal(getattr(signal, _name), signal.SIG_DFL)

# A busy machine is no failure: neither an example nor the making of one has to be quick. And the same
# examples on every machine: a run that fails elsewhere fails here.
settings.register_profile(
    "steady",
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.load_profile("steady")

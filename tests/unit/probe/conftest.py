"""A small protocol, a recipe for it, and a fake server: `tests/support/fake_probed_server.py`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

import pytest
from probe import bundle, normalized

from codexwire.direction import Side
from codexwire.ir.model import Protocol
from codexwire.probe.recipe import ExplainedDifference, Recipe
from codexwire.probe.run import Probed, Target, probe
from codexwire.probe.scenario import Ask, Scenario, WaitFor
from codexwire.probe.session import Clock
from codexwire.wire import compile

FAKE = Path(__file__).parents[2] / "support" / "fake_probed_server.py"
SCHEMA = {
    "type": "object",
    "required": ["name"],
    "properties": {"name": {"type": "string"}, "size": {"type": ["integer", "null"]}},
}
_ONE = Scenario(
    "one",
    (Ask("probe/run", {"name": "$project"}, {"name": "name"}, WaitFor("probe/done", seconds=1)),),
    answers={"probe/ask": ({"name": "$params.name"},)},
    twice=True,
)

Prober: TypeAlias = "Callable[..., Probed]"


def recipe_for(mode: str, **more: Any) -> Recipe:
    array = ExplainedDifference("array-for-object", "an array is read as an object", ("array",))
    return Recipe(
        arguments=(str(FAKE), mode),
        mcp_server=FAKE,
        opening=Scenario("opening", ()),
        looking=Scenario("looking", ()),
        scenarios=(_ONE,),
        differences=(array,),
        **more,
    )


@pytest.fixture
def protocol(tmp_path: Path) -> Protocol:
    return normalized(bundle(SCHEMA, methods=("probe/more",)), tmp_path / "schema").protocol


@pytest.fixture
def greeted(tmp_path: Path) -> Protocol:
    """The same, with a hello of the same params."""
    document = bundle(SCHEMA, methods=("probe/more", "initialize"))
    return normalized(document, tmp_path / "greeted").protocol


@pytest.fixture
def probe_fake(protocol: Protocol) -> Prober:
    """Probes a fake server, for at most so many seconds; `heard` gets every message.

    `program` is what runs it, Python itself; `spoken` another protocol to probe it by.
    """

    def run(
        mode: str,
        *,
        seconds: float = 30,
        heard: list[tuple[Side, bytes]] | None = None,
        program: Path = Path(sys.executable),
        spoken: Protocol = protocol,
        **more: Any,
    ) -> Probed:
        told = [] if heard is None else heard
        target = Target(program, spoken, recipe_for(mode, **more))
        record = lambda _, side, text: told.append((side, text))  # noqa: E731
        return probe(target, compile(spoken), Clock.of(seconds), record, lambda _: None)

    return run

"""The probe itself: scenarios, then every request that is left, then damaged ones; each with a new server."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

from codexwire.direction import Kind, Side
from codexwire.errors import CodexwireError
from codexwire.ir.model import Method, Protocol
from codexwire.probe import damage, sweep
from codexwire.probe.line import GoneError, Line
from codexwire.probe.log import Log, Stage, Trouble
from codexwire.probe.recipe import Recipe
from codexwire.probe.requests import DamagedParams, Requests
from codexwire.probe.respond import Responder
from codexwire.probe.rollouts import rollout_records
from codexwire.probe.room import Room, room_for
from codexwire.probe.scenario import Scenario, play
from codexwire.probe.session import Clock, ProbeSession, TimeUpError
from codexwire.progress import Say
from codexwire.wire import Validators
from codexwire.wire.sample import Sampler

__all__ = ["ProbeError", "Probed", "Record", "Target", "probe", "visit"]

Record: TypeAlias = "Callable[[int, Side, bytes], None]"
"""Told every message: the number of its connection, who sent it, and its text."""

Work: TypeAlias = "Callable[[ProbeSession, Mapping[str, Any]], None]"

SendDamaged: TypeAlias = "Callable[[list[tuple[Method, DamagedParams]], ProbeSession], None]"


class ProbeError(CodexwireError):
    """The server could not be probed at all."""


@dataclass(frozen=True, slots=True)
class Target:
    """The server that is probed: its program, the protocol of its release, and how that is probed."""

    codex: Path
    protocol: Protocol
    recipe: Recipe

    @property
    def command(self) -> list[str]:
        """The command line of the server."""
        return [str(self.codex), *self.recipe.arguments]


@dataclass(slots=True)
class Probed:
    """What became of a probe: all that was said, and how damaged requests were judged."""

    log: Log = field(default_factory=Log)
    damages: damage.Judged = field(default_factory=damage.Judged)


def probe(target: Target, validators: Validators, clock: Clock, record: Record, say: Say) -> Probed:
    """Probe a server and return what became of it; ProbeError when it never answered.

    Whatever the server does is noted, and the probe goes on with a new one; when the time is up, what is
    known so far is returned.
    """
    run = _Run(target, validators, clock, record, say)
    return _done(run, (run.scenarios, run.sweep, run.damages, run.hellos, run.closed))


def visit(
    line: Line,
    target: Target,
    validators: Validators,
    clock: Clock,
    record: Record,
    *,
    everything: bool,
) -> Probed:
    """Ask a server that runs already what changes nothing there, or `everything` that may be asked."""
    run = _Run(target, validators, clock, record, lambda _: None)
    return _done(run, (lambda: run.visit(line, everything),))


def _done(run: _Run, parts: Sequence[Callable[[], None]]) -> Probed:
    found = run.found
    try:
        for part in parts:
            part()
            if not found.log.answered:
                break
    except TimeUpError:
        text = "the time was up before everything was asked"
        found.log.troubles.append((Trouble.TIME_UP, text))
    if not found.log.answered:
        reasons = dict.fromkeys(text for _, text in found.log.troubles)
        raise ProbeError(f"no server could be probed: {'; '.join(reasons) or 'no answer came'}")
    return found


@dataclass(slots=True)
class _Run:
    target: Target
    validators: Validators
    clock: Clock
    record: Record
    say: Say
    found: Probed = field(default_factory=Probed)
    _connections: int = 0

    @property
    def recipe(self) -> Recipe:
        return self.target.recipe

    @property
    def _known(self) -> tuple[Method, ...]:
        return self.target.protocol.table(Side.CLIENT, Kind.REQUEST)

    @property
    def _judge(self) -> damage.DamageJudge:
        return damage.DamageJudge(self.validators, self.recipe, self.found.damages)

    def scenarios(self, *, experimental: bool = True) -> None:
        """Play every scenario, each with a server of its own; without the capability only some."""
        for scenario in self.recipe.scenarios:
            if experimental or scenario.twice:
                self.say(
                    f"scenario {scenario.name}{'' if experimental else ', as a stable client'}"
                )
                self._play(scenario, experimental)
            if not self.found.log.answered:
                return

    def _play(self, scenario: Scenario, experimental: bool, then: Work | None = None) -> None:
        """Play a scenario, and with the same session do what comes `then`."""
        known = {method.name for method in self._known}
        with self._room(scenario) as room, self._session(scenario, room, experimental) as session:
            values = dict(room.values)
            session.open(scenario.capabilities)
            play(scenario, session, values, known)
            if then is not None:
                then(session, values)

    def sweep(self) -> None:
        """Send every request that no scenario sent, and those whose params may be null."""
        left = sweep.rest(self.target.protocol, self.recipe, self.found.log)
        left += [m for m in sweep.without_params(self._requests({}), self.recipe) if m not in left]

        def work(session: ProbeSession, values: Mapping[str, Any]) -> None:
            session.call(self.recipe.nonsense, {}, stage=Stage.SWEEP)
            requests = self._requests(sweep.texts(self.recipe, values))
            sweep.send_judged(left, session, requests, self._judge)

        self._empty(left, "more requests", lambda: self._play(self.recipe.opening, True, work))

    def closed(self) -> None:
        """Do again without the capability for experimental methods what may need it."""
        self.scenarios(experimental=False)
        left = sweep.gated(self._requests({}), self.recipe)

        def work(session: ProbeSession, values: Mapping[str, Any]) -> None:
            sweep.send_gated(left, session, self._requests(sweep.texts(self.recipe, values)))

        self._empty(
            left,
            "requests as a stable client",
            lambda: self._play(self.recipe.opening, False, work),
        )

    def damages(self) -> None:
        """Send damaged requests to a server before `initialize`: it reads and refuses them."""
        hello, judge = self.recipe.hello, self._judge
        self._ungreeted("damaged requests", lambda name: name != hello, judge.send)

    def hellos(self) -> None:
        """Send damaged hellos: a server that takes one is used up, the next one goes to a new one."""
        hello, judge = self.recipe.hello, self._judge
        self._ungreeted("damaged hellos", lambda name: name == hello, judge.greet)

    def _ungreeted(self, what: str, wanted: Callable[[str], bool], send: SendDamaged) -> None:
        """Send the damaged requests of some methods to servers before `initialize`."""
        requests, quiet = self._requests(self.recipe.unheeded), Scenario(what, ())
        methods = [method for method in self._known if wanted(method.name)]
        left = [(method, made) for method in methods for made in requests.damaged(method)]

        def work() -> None:
            with self._room(quiet) as room, self._session(quiet, room, True) as session:
                send(left, session)

        self._empty(left, what, work)

    def visit(self, line: Line, everything: bool) -> None:
        """Send over a line that is there what only reads, or all that is not forbidden."""
        left = sweep.rest(self.target.protocol, self.recipe, self.found.log)
        left = [m for m in left if everything or m.name in self.recipe.reading]
        with self._talk(self.recipe.looking, line, True) as session:
            values: dict[str, Any] = {}
            session.open()
            play(self.recipe.looking, session, values, {m.name for m in left})
            sweep.send(left, session, self._requests(sweep.texts(self.recipe, values)))

    def _empty(self, left: Sequence[Any], what: str, work: Callable[[], None]) -> None:
        """Work until nothing is left, with a new server where one ended; until none gets any further."""
        before = -1
        while left and len(left) != before:
            before = len(left)
            self.say(f"{before:,} {what}")
            work()
        if left:
            text = f"{len(left):,} {what} were not sent: no server got there"
            self.found.log.troubles.append((Trouble.NOT_SENT, text))

    def _requests(self, texts: Any) -> Requests:
        """Return the maker of requests that puts these texts into them."""
        sampler = Sampler(self.validators.protocol)
        return Requests(sampler.types, sampler.fits, texts)

    @contextmanager
    def _room(self, scenario: Scenario) -> Iterator[Room]:
        """Give a room, and look through what the server left there."""
        version = self.target.protocol.version
        with room_for(scenario, version, self.recipe.mcp_server) as room:
            yield room
            for kind, keys in rollout_records(room.codex_home):
                self.found.log.rollouts.setdefault(kind, set()).update(keys)

    @contextmanager
    def _session(
        self, scenario: Scenario, room: Room, experimental: bool
    ) -> Iterator[ProbeSession]:
        """Give a session with a new server."""
        try:
            line = room.start(self.target.command)
        except OSError as problem:
            reason = problem.strerror or str(problem)
            raise ProbeError(f"the server cannot be started: {reason}") from None
        with self._talk(scenario, line, experimental) as session:
            yield session

    @contextmanager
    def _talk(self, scenario: Scenario, line: Line, experimental: bool) -> Iterator[ProbeSession]:
        """Give a session on a line; that it ends too early is a trouble, and no more."""
        self._connections += 1
        number, log = self._connections, self.found.log
        session = ProbeSession(
            line,
            log,
            self.clock,
            Responder(scenario.answers),
            lambda side, text: self.record(number, side, text),
            experimental,
        )
        try:
            yield session
        except GoneError as gone:
            last = log.exchanges[-1].method if log.exchanges else "the start"
            text = f"the server is gone in {scenario.name} at {last}: {gone}"
            log.troubles.append((Trouble.GONE, text))
        finally:
            session.close()

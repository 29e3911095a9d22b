"""A server is probed: which binary, by which schema, for how long; and what comes of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from codexwire.direction import Side
from codexwire.errors import UsageError
from codexwire.finding import Finding
from codexwire.ingest import load_version
from codexwire.ingest.available import is_available, nearest_available
from codexwire.ingest.cache import default_cache, kept_binary
from codexwire.ingest.fetch.binary import LIMITS, binary_version
from codexwire.ingest.fetch.pull import pull, pull_binary
from codexwire.ingest.fetch.registry import wanted
from codexwire.ir.model import ObservedServer, Protocol
from codexwire.model.message import server_release
from codexwire.model.observed import Observed
from codexwire.normalize import AS_PUBLISHED, Effect, Normalized, normalize
from codexwire.probe.app_server.recipe import RECIPE
from codexwire.probe.evidence import evidence
from codexwire.probe.judge import Rejection, rejections
from codexwire.probe.learn import Response, learn
from codexwire.probe.line import GoneError
from codexwire.probe.log import Log, Trouble
from codexwire.probe.observe import observe
from codexwire.probe.recipe import Recipe
from codexwire.probe.respond import Responder
from codexwire.probe.run import Probed, ProbeError, Record, Target, probe, visit
from codexwire.probe.session import Clock, ProbeSession, TimeUpError
from codexwire.probe.web_line import WebLine
from codexwire.processes import terminable
from codexwire.proxy.address import Address
from codexwire.runtime.launch import find_codex
from codexwire.runtime.recording import record_line
from codexwire.runtime.transport.websocket import bearer
from codexwire.transcript.entry import Entry
from codexwire.transcript.judge import judge_items
from codexwire.transcript.judgement import Judgement, JudgeOptions, Schema
from codexwire.usecases.notices import Say, silent
from codexwire.usecases.project import rules_of
from codexwire.usecases.pull import pull_options
from codexwire.usecases.record import recording_to
from codexwire.version import Version
from codexwire.wire import Validators, compile

__all__ = ["ProbeOutcome", "ProbeRequest", "run"]

_SECONDS = 60
_QUICK = 20


@dataclass(frozen=True, slots=True)
class ProbeRequest:
    """What to probe: a binary, that of a release (from any registry or `source`), or a running server's URL.

    Of the latter, which gets the `token`, only what reads is asked, unless `allow_changes`. The probe takes
    at most so many `minutes`; with the folder of a `project`, its rules apply to the schema. `record` is a
    new file.
    """

    codex: Path | None = None
    release: str | None = None
    source: str | None = None
    connect: str | None = None
    token: str | None = None
    allow_changes: bool = False
    minutes: float = 10.0
    record: Path | None = None
    project: Path | None = None
    recipe: Recipe = RECIPE


@dataclass(frozen=True, slots=True)
class ProbeOutcome:
    """What was said, and what it says of the schema that the server was judged by.

    `evidence` are the rules that let in what the published schema rejects, with the labels of such messages;
    `order` are findings about what the server said when; `visited` says that it was not ours, so that only
    some of it was asked.
    """

    protocol: Protocol
    recipe: Recipe
    probed: Probed
    responses: tuple[Response, ...]
    rejected: tuple[Rejection, ...]
    evidence: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    order: tuple[Finding, ...] = ()
    visited: bool = False

    @property
    def unfinished(self) -> str:
        """Why this is not all that the release does; empty where it is."""
        if self.visited:
            return "of a running server only some is asked"
        times = (text for trouble, text in self.probed.log.troubles if trouble is Trouble.TIME_UP)
        return next(times, "")

    def observed(self) -> Observed:
        """Return the observed profile of the release."""
        return observe(self.probed, self.protocol, self.recipe, self.responses, self.evidence)


def run(request: ProbeRequest, say: Say = silent) -> ProbeOutcome:
    """Probe and return what came of it; UsageError, IngestError or ProbeError when that is not possible."""
    if sum(x is not None for x in (request.codex, request.release, request.connect)) > 1:
        raise UsageError("--codex, --release and --connect exclude each other")
    said: list[Entry] = []
    with terminable(), _recorder(request.record, said) as record:
        if request.connect is not None:
            found = _visited(request.connect, request, record)
        else:
            found = _probed(request, record, say)
    return replace(found, order=_order(said, found.protocol))


def _order(said: list[Entry], protocol: Protocol) -> tuple[Finding, ...]:
    """Return what the checks of sessions find in what servers said."""
    judgement = Judgement("the sessions")
    schema = Schema(str(protocol.version), compile(protocol))
    judge_items(iter(said), judgement, lambda _: schema, JudgeOptions())
    once = {(f.rule, f.facts["method"]): f for f in judgement.findings if _is_order(f)}
    return tuple(once.values())


def _is_order(finding: Finding) -> bool:
    return finding.rule.startswith("session/") and finding.facts["direction"] == Side.SERVER


def _probed(request: ProbeRequest, record: Record, say: Say) -> ProbeOutcome:
    codex, version = _binary(request, say)
    schema = _Schema.of(version, request)
    target = Target(codex, schema.protocol, request.recipe)
    clock = Clock.of(_SECONDS * request.minutes)
    return schema.judged(target, probe(target, schema.validators, clock, record, say))


def _visited(url: str, request: ProbeRequest, record: Record) -> ProbeOutcome:
    clock = Clock.of(_SECONDS * request.minutes)
    version = nearest_available(_release_of(url, request.token, clock))
    schema = _Schema.of(version, request)
    target = Target(Path(), schema.protocol, request.recipe)
    validators, everything = schema.validators, request.allow_changes
    line = _connected(url, request.token)
    probed = visit(line, target, validators, clock, record, everything=everything)
    return replace(schema.judged(target, probed), visited=True)


@dataclass(frozen=True, slots=True)
class _Schema:
    """The schema that a server is judged by, as published and normalized."""

    published: Protocol
    normalized: Normalized

    @classmethod
    def of(cls, version: Version, request: ProbeRequest) -> _Schema:
        """Return that of a release, without what an earlier probe learned: it is learned anew."""
        loaded, project = (
            replace(load_version(version), observed=ObservedServer()),
            rules_of(request.project),
        )
        return cls(
            normalize(loaded, effects=AS_PUBLISHED).protocol, normalize(loaded, project=project)
        )

    @property
    def protocol(self) -> Protocol:
        return self.normalized.protocol

    @property
    def validators(self) -> Validators:
        return compile(self.protocol)

    def judged(self, target: Target, probed: Probed) -> ProbeOutcome:
        """Return what the schema says of all that was said."""
        validators, log = self.validators, probed.log
        return ProbeOutcome(
            target.protocol,
            target.recipe,
            probed,
            responses=learn(validators, log),
            rejected=rejections(validators, log),
            evidence=evidence(compile(self.published), self._changed(), log),
        )

    def _changed(self) -> dict[str, set[str]]:
        """Return for each rule that patches the schema the types and methods that it changed."""
        patches = (a for a in self.normalized.applied if a.rule.effect is Effect.PATCH)
        return {a.rule.id: {place.partition("#")[0] for place in a.places} for a in patches}


def _binary(request: ProbeRequest, say: Say) -> tuple[Path, Version]:
    """Return the binary to probe and its release, whose schema is available then."""
    cache = default_cache()
    if request.release is not None:
        options = replace(pull_options(request.source, keep_binary=True), say=say)
        version = wanted([request.release], options.registries)[0]
        pull(version, cache, options)
        kept = kept_binary(cache, version)
        assert kept is not None  # it was to be kept
        return kept, version
    codex = find_codex(request.codex)
    said = binary_version(codex, limits=replace(LIMITS, seconds=_QUICK, option=""))
    if said is None or not is_available(said):
        say("asking the binary for its schema")
        said = pull_binary(codex, said, cache, pull_options()).entry.version
    return codex, said


def _connected(url: str, token: str | None) -> WebLine:
    address = Address.parse(url)
    headers = bearer(address.host or "localhost", token, secure=address.secure)
    try:
        return WebLine(url, headers, path=address.path)
    except GoneError as gone:
        raise ProbeError(f"{url}: {gone}") from None


def _release_of(url: str, token: str | None, clock: Clock) -> Version:
    """Return the release that a server says it is; ProbeError where it names none."""
    line = _connected(url, token)
    session = ProbeSession(line, Log(), clock, Responder({}), lambda _side, _text: None)
    try:
        hello = session.open().result
    except (GoneError, TimeUpError) as problem:
        raise ProbeError(f"{url}: {problem or 'no answer in time'}") from None
    finally:
        session.close()
    version = server_release(hello.get("userAgent")) if isinstance(hello, dict) else None
    if version is None:
        raise ProbeError(f"{url}: the server does not say its release")
    return version


@contextmanager
def _recorder(path: Path | None, said: list[Entry]) -> Iterator[Record]:
    """Give what keeps every message, in a recording, too, if there is to be one."""

    def keep(number: int, side: Side, text: bytes) -> None:
        said.append(Entry(len(said) + 1, text, side, str(number)))

    if path is None:
        yield keep
        return
    problems: list[str] = []
    with recording_to(path, problems.append) as recording:

        def record(number: int, side: Side, text: bytes) -> None:
            keep(number, side, text)
            recording.write(record_line(recording.now(), side, text, connection=number))

        yield record
    if problems:
        raise ProbeError(problems[0])

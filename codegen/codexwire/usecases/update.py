"""A project brought to another release: pull it, compare it with the pinned one, generate, lock."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from codexwire.config import Config
from codexwire.emit.known import holes_as_text
from codexwire.errors import UsageError
from codexwire.files import write_whole
from codexwire.ingest import DEFAULT_VERSION
from codexwire.ingest.available import is_available
from codexwire.ingest.cache import Stored, default_cache
from codexwire.ingest.embedded import vendored
from codexwire.ingest.fetch.pull import pull
from codexwire.ingest.fetch.registry import wanted
from codexwire.ingest.observed import keep_observed, observed_of
from codexwire.ingest.vendor import vendor
from codexwire.report.report import Report
from codexwire.report.table import render
from codexwire.usecases.diff import Comparison, diff
from codexwire.usecases.generate import planned
from codexwire.usecases.generate_request import GenerateOptions, GenerateRequest, request_of
from codexwire.usecases.notices import Notice, Say, holes_of, silent
from codexwire.usecases.observed import compare_observed
from codexwire.usecases.pin import Pin, pinned_version, repinned
from codexwire.usecases.probe import ProbeOutcome, ProbeRequest, run
from codexwire.usecases.probe_report import probe_report
from codexwire.usecases.project import config_of, rules_of
from codexwire.usecases.pull import pull_options
from codexwire.version import Version

if TYPE_CHECKING:
    from codexwire.usecases.generate_output import Output

__all__ = ["Update", "UpdateRequest", "step_to", "update_by"]


@dataclass(frozen=True, slots=True)
class UpdateRequest:
    """From the release that a project is pinned to, to another one, out of a registry or any of them."""

    config: Config
    old: Version
    new: Version
    source: str | None = None


@dataclass(frozen=True, slots=True)
class Update:
    """What a step comes to. Nothing of the project is changed before `write`."""

    step: UpdateRequest
    output: Output
    comparison: Comparison
    contract: Path | None
    pin: Pin | None
    kept: Stored | None
    probed: ProbeOutcome | None = None

    @property
    def broken(self) -> bool:
        """Whether the client that keeps to the contract would break on the new release."""
        return self.contract is not None and self.comparison.breaks("breaking:i")

    @property
    def notices(self) -> tuple[Notice, ...]:
        """What a reader must know of the new release and its models."""
        return tuple(n for place in self.output.holes for n in holes_of(*place))

    def write(self) -> None:
        """Write the package, its lock, the pin and, where it is to be kept in the project, the schema."""
        self.output.write()
        if self.pin is not None:
            write_whole(self.pin.path, self.pin.content)
        root = self.step.config.root
        if self.kept is not None and root is not None:
            vendor(self.kept, root / "schema", default_cache())
        if self.probed is not None and root is not None and not self.probed.unfinished:
            keep_observed(self.probed.observed(), root / "schema")

    def files(self, *, written: bool) -> str:
        """Say what is generated."""
        return f"{'wrote' if written else 'would write'} {self.output.summary}."

    def report(self, *, written: bool) -> str:
        """Return in markdown what changed, whom it breaks, and what was written or would be."""
        head = f"codexwire update: codex {self.step.old} → {self.step.new}"
        facts = [f"- {fact}" for fact in self._facts(written)]
        reports = [self.comparison.report(), *self._of_the_wire()]
        return "\n".join([head, "", *facts, "", *(render("markdown", r) for r in reports)])

    def _of_the_wire(self) -> Iterator[Report]:
        """Yield what probing the new release found, and what changed since the old one was probed."""
        if self.probed is None:
            return
        yield probe_report(self.probed)
        if not self.probed.unfinished and observed_of(self.step.old) is not None:
            yield compare_observed(str(self.step.old), str(self.step.new))

    def _facts(self, written: bool) -> Iterator[str]:
        yield self.files(written=written)
        if self.contract is not None:
            kept = "is broken, so nothing was written" if self.broken else "is kept"
            yield f"The contract {self.contract.name} {kept}; only what touches it is listed."
        for config in self.step.config.more:
            request = _request(config)
            yield f"{request.folder.as_posix()} keeps its schema, {','.join(request.schemas)}."
        for normalized in self.output.found:
            yield from (f"Rule {stale.rule.id} {stale.reason}." for stale in normalized.stale)
        for _, holes in self.output.holes:
            yield from (f"{line}." for line in holes_as_text(holes))


def step_to(
    to: str, project: Path, *, source: str | None = None, say: Say = silent
) -> UpdateRequest:
    """Return the step of the project of a folder to a release, or `latest`; UsageError without a pin."""
    if to == "all":
        raise UsageError("update goes to one release", hint="name a version, or latest")
    config = config_of(project)
    pinned = pinned_version(config, _request(config))
    say("asking for the newest release")
    new = wanted([to], pull_options(source).registries)[0]
    if pinned is None and new == DEFAULT_VERSION:
        raise UsageError(
            "no release is pinned here, so there is nothing to update from",
            hint=f'put schema = "{new}" under [tool.codexwire] in pyproject.toml',
        )
    return UpdateRequest(config, pinned or DEFAULT_VERSION, new, source)


def update_by(
    step: UpdateRequest,
    *,
    contract: Path | None = None,
    keep: bool = False,
    probe: bool = False,
    project: Path | None = None,
    say: Say = silent,
) -> Update:
    """Pull the releases of a step and return what it comes to.

    The findings are narrowed to a `contract`. To `keep` is to have the schema in the project's folder
    `schema/`, too; to `probe` is to ask the server of the new release as well, and to
    use what is learned. With the folder of a `project`, its rules and those of installed packages apply.
    """
    old, new = step.old, step.new
    if not is_available(old):
        _pulled(old, step, say, kept_will_do=True)
    entry = _pulled(new, step, say, kept_will_do=not (keep or probe), keep_binary=probe)
    probed = _probed(step, project, say) if probe else None
    say("comparing")
    comparison = diff(str(old), str(new), contract=contract, project=project)
    output = planned(_request(step.config, str(new)), rules_of(project), say)
    pin = repinned(step.config, new)
    return Update(step, output, comparison, contract, pin, entry if keep else None, probed)


def _probed(step: UpdateRequest, project: Path | None, say: Say) -> ProbeOutcome:
    """Probe the new release, and keep its profile where the loading of its schema finds it."""
    found = run(ProbeRequest(release=str(step.new), source=step.source, project=project), say)
    if not found.unfinished:
        keep_observed(found.observed())
    return found


def _request(config: Config, schema: str | None = None) -> GenerateRequest:
    return request_of(config, GenerateOptions(schema, layout="package"))


def _pulled(
    version: Version,
    step: UpdateRequest,
    say: Say,
    *,
    kept_will_do: bool,
    keep_binary: bool = False,
) -> Stored | None:
    """Make a release available; None when codexwire or the project keeps it and that will do."""
    if kept_will_do and vendored(version):
        return None
    options = pull_options(step.source, keep_binary=keep_binary)
    options = replace(options, say=lambda text: say(f"{version}: {text}"))
    return pull(version, default_cache(), options).entry

"""The notification registry of the generated package: models by method, and id extractors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from codexwire.emit.render import render
from codexwire.ir.model import Protocol
from codexwire.model.profile import profile_of

__all__ = ["plan_notifications", "registry_exports"]


_TYPES = {"request": "str | int", "seq": "int"}


@dataclass(frozen=True, slots=True)
class Extractor:
    """The function for one kind of id as the template prints it (a sequence number is no id)."""

    kind: str

    @property
    def function(self) -> str:
        """Its name: `thread_id`."""
        return self.kind if self.kind == "seq" else f"{self.kind}_id"

    @property
    def noun(self) -> str:
        """What it returns, in words."""
        return self.function.replace("_", " ")

    @property
    def type(self) -> str:
        """The type of what it returns, as Python source."""
        return _TYPES.get(self.kind, "str")


def plan_notifications(
    protocol: Protocol,
    template: str = "notification_registry.py.jinja",
    models: Sequence[tuple[str, str]] = (),
) -> str:
    """Return the source of `notification_registry.py`, or by another template of its stub.

    The stub names the `models` by method.
    """
    return render(
        template,
        models_by_method=models,
        extractors=_extractors(protocol),
        public=registry_exports(protocol),
        has_turns=_has_turns(protocol),
    )


def registry_exports(protocol: Protocol) -> tuple[str, ...]:
    """Return the names that the package exports from its registry."""
    functions = [extractor.function for extractor in _extractors(protocol)]
    turns = ["notification_turn_id"] if _has_turns(protocol) else []
    return tuple(
        sorted(["NOTIFICATION_MODELS", "is_notification", "locate_id", *functions, *turns])
    )


def _extractors(protocol: Protocol) -> list[Extractor]:
    return [Extractor(kind) for kind in profile_of(protocol).identities.kinds]


def _has_turns(protocol: Protocol) -> bool:
    return "turn" in profile_of(protocol).identities.kinds

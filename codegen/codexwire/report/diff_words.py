"""One sentence for every kind of change, for readers who know the protocol and not the rules."""

from __future__ import annotations

from codexwire.report.diff_data import DiffRow

__all__ = ["sentence"]

_WORDS = {
    "request-added": "new request {path} {new}",
    "request-removed": "request {path} is gone",
    "notification-added": "new notification {path} {new}",
    "notification-removed": "notification {path} is gone",
    "method-renamed": "{old} may be called {new} now",
    "method-params-presence-changed": "{path} was {old}, is {new}",
    "method-moved-channel": "{method} was {old}, is {new}",
    "response-type-changed": "{method} answers with {new} instead of {old}",
    "envelope-changed": "every message of {type}: {key} was {old}, is {new}",
    "property-added-required": "{where} is new: {new}",
    "property-added-optional": "{where} is new: {new}",
    "property-removed-required": "{where} is gone (was {old})",
    "property-removed-optional": "{where} is gone (was {old})",
    "property-became-required": "{where} is required now",
    "property-became-optional": "{where} may be left out now",
    "became-nullable": "{where} may be null now",
    "became-non-nullable": "{where} is never null any more",
    "type-widened": "{where} was {old}, is {new}",
    "type-narrowed": "{where} was {old}, is {new}",
    "type-disjoint": "{where} was {old}, is {new}",
    "enum-value-added": "{where} has the new value {key}",
    "enum-value-removed": "{where} no longer has the value {key}",
    "enum-value-became-variant": "{where}: {key} was {old}, is {new}",
    "variant-added": "{where} has the new variant {key}",
    "variant-removed": "{where} no longer has the variant {key}",
    "object-split-into-union": "{where} has the new form {key}: {new}",
    "union-collapsed": "{where} no longer has the form {key}: {old}",
    "union-opened": "{where} takes unknown values now ({key})",
    "union-closed": "{where} takes known values only now ({key})",
    "constraint-tightened": "{where} was {old}, is {new}",
    "constraint-loosened": "{where} was {old}, is {new}",
    "additional-properties-closed": "{where}: undeclared properties were {old}, are {new}",
    "additional-properties-opened": "{where}: undeclared properties were {old}, are {new}",
    "default-changed": "{where} defaults to {new} instead of {old}",
    "ref-retargeted": "{where} is a {new} instead of a {old}",
    "namespace-moved": "{old} is {new} now",
    "type-added": "new type {type}",
    "type-removed": "type {type} is gone",
    "type-unreachable": "{type} was {old}, is {new}",
    "field-moved-channel": "{where} was {old}, is {new}",
}


def sentence(row: DiffRow, *, quote: str = "", notes: bool = True) -> str:
    """Return the change as a sentence without a full stop, names between `quote` characters.

    Without `notes` it leaves out what the sentence's surroundings say already.
    """

    def name(text: str) -> str:
        return f"{quote}{text}{quote}" if text else ""

    plain = _WORDS[row.rule].format(
        path=name(row.path),
        where=name(row.where.strip()),
        type=name(row.type),
        method=name(row.methods[0] if row.methods else row.type),
        key=name(row.key),
        old=row.old or "absent",
        new=row.new or "absent",
    )
    return f"{plain} ({row.note})" if row.note and notes else plain

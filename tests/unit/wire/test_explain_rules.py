"""What the rules of violations are called: each title speaks of its own keyword, and no other does."""

from __future__ import annotations

import pytest

from codexwire.finding import Level, RuleText
from codexwire.wire.explain_rules import RULES

WORDS = {
    "envelope/json": "not JSON",
    "envelope/kind": "no request",
    "envelope/nesting": "too deeply",
    "envelope/number": "20,000 digits",
    "envelope/object": "not an object",
    "envelope/request-id": "has no id",
    "envelope/utf-8": "UTF-8",
    "schema/unknown-method": "the method",
    "schema/additionalItems": "more items",
    "schema/additionalProperties": "not declared",
    "schema/allOf": "all of several",
    "schema/anyOf": "fits none of several schemas.",
    "schema/const": "the only one",
    "schema/contains": "No item",
    "schema/dependencies": "asks for",
    "schema/else": "fail the condition",
    "schema/enum": "those listed",
    "schema/exclusiveMaximum": "not below",
    "schema/exclusiveMinimum": "not above",
    "schema/false": "none is allowed",
    "schema/format": "range of its format",
    "schema/if": "its condition",
    "schema/items": "An item of an array",
    "schema/maxItems": "too many items",
    "schema/maxLength": "too long",
    "schema/maxProperties": "too many properties",
    "schema/maximum": "is above its limit",
    "schema/minItems": "too few items",
    "schema/minLength": "too short",
    "schema/minProperties": "too few properties",
    "schema/minimum": "is below its limit",
    "schema/multipleOf": "multiple",
    "schema/not": "must not fit",
    "schema/oneOf": "or more than one",
    "schema/pattern": "does not match its pattern",
    "schema/patternProperties": "names like its own",
    "schema/properties": "A property does not fit its schema",
    "schema/propertyNames": "The name of a property",
    "schema/required": "A property is missing",
    "schema/then": "meet the condition",
    "schema/type": "another JSON type",
    "schema/uniqueItems": "are equal",
}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_a_title_speaks_of_its_own_keyword(rule: RuleText) -> None:
    assert [found for found in RULES if WORDS[rule.id] in found.title] == [rule]


def test_each_of_them_can_fail_a_recording() -> None:
    assert {rule.level for rule in RULES} == {Level.ERROR}

"""What the rules of violations mean: `envelope/<what>` and `schema/<keyword>`."""

from __future__ import annotations

from codexwire.finding import Level, RuleText

__all__ = ["RULES"]

_ENVELOPE = {
    "json": (
        "A line is not JSON.",
        "Servers drop such a line without a word, so that from a client it is a warning.",
    ),
    "kind": (
        "A message is no request, notification, response or error.",
        "It has none of `method`, `result` and `error`. Servers drop such a message without a word.",
    ),
    "nesting": (
        "A message is nested too deeply to be checked.",
        "What it holds is neither accepted nor refused; the rest of the recording is checked.",
    ),
    "number": (
        "A message has an integer of more than 20,000 digits.",
        "It is not read: converting it would take very long. Servers refuse it too.",
    ),
    "object": (
        "A message is not an object.",
        "JSON-RPC batches are arrays, and servers do not know them.",
    ),
    "request-id": (
        "A request has no id, so that nothing can answer it.",
        "`decode` reads it as the request that it would be; `validate` says that the schema requires `id`.",
    ),
    "utf-8": ("A line is not UTF-8.", "The message says at which byte."),
}

_KEYWORDS = {
    "additionalItems": "An array has more items than are listed, and they do not fit the schema of others.",
    "additionalProperties": "An object has a property that is not declared and not allowed.",
    "allOf": "A value does not fit all of several schemas.",
    "anyOf": "A value fits none of several schemas.",
    "const": "A value is not the only one allowed.",
    "contains": "No item of an array fits the schema that one of them has to fit.",
    "dependencies": "An object has a property, and lacks what that property asks for.",
    "else": "A value does not fit the schema for values that fail the condition.",
    "enum": "A value is none of those listed.",
    "exclusiveMaximum": "A number is not below its limit.",
    "exclusiveMinimum": "A number is not above its limit.",
    "false": "There is a value where none is allowed.",
    "format": "An integer is outside the range of its format.",
    "if": "A value does not fit the schema that its condition selects.",
    "items": "An item of an array does not fit its schema.",
    "maxItems": "An array has too many items.",
    "maxLength": "A string is too long.",
    "maxProperties": "An object has too many properties.",
    "maximum": "A number is above its limit.",
    "minItems": "An array has too few items.",
    "minLength": "A string is too short.",
    "minProperties": "An object has too few properties.",
    "minimum": "A number is below its limit.",
    "multipleOf": "A number is no multiple of the one that the schema names.",
    "not": "A value fits a schema that it must not fit.",
    "oneOf": "A value fits none of several schemas, or more than one.",
    "pattern": "A string does not match its pattern.",
    "patternProperties": "A property does not fit the schema for names like its own.",
    "properties": "A property does not fit its schema.",
    "propertyNames": "The name of a property does not fit the schema of names.",
    "required": "A property is missing.",
    "then": "A value does not fit the schema for values that meet the condition.",
    "type": "A value has another JSON type than the schema says.",
    "uniqueItems": "Two items of an array are equal.",
}
"""Every assertion of JSON Schema draft-07, and a schema that is `false`."""

_OF_KEYWORDS = (
    "The message breaks `{}` of the JSON Schema that it is judged by. The finding's pointer names the "
    "value in the message (for a missing property: the object that lacks it); what was expected and "
    "found is in its sentence. Of a union, the alternative counts that the value's kind and tag point to."
)

RULES: tuple[RuleText, ...] = (
    *(RuleText(f"envelope/{what}", Level.ERROR, *words) for what, words in _ENVELOPE.items()),
    RuleText(
        "schema/unknown-method",
        Level.ERROR,
        "The schema does not have the method.",
        "Where the schema itself leaves the names of methods open, it is information, and the message "
        "counts as unchecked.",
    ),
    *(
        RuleText(f"schema/{keyword}", Level.ERROR, title, _OF_KEYWORDS.format(keyword))
        for keyword, title in _KEYWORDS.items()
    ),
)
"""Every rule of a `Violation`."""

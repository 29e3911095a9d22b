// The table of types that a package has, as shapes: what the decoder walks along.
//
// A shape says what it `is`, and has `facts()`: what the rules of tolerance may know about it. What may lead back to
// the shape itself is a function.

import { codePoints, equalsAny, isInteger, isNumber } from "./checks.js";
import { writeLine } from "./json.js";

const NONE = new Set();

/** Facts of a kind: `object`, `list`, `map`, `enum`, `union`, `choice`, `any`, or that of a scalar. */
const factsOf = (kind, more) => ({
  kind,
  name: "",
  nullable: false,
  values: NONE,
  tag: undefined,
  variants: undefined,
  required: NONE,
  ...more,
});

const lazy = (make) => {
  let made;
  return () => (made ??= make());
};

const leaf = (kind, fits, values = NONE) => ({ is: "leaf", kind, facts: lazy(() => factsOf(kind, { values })), fits });

const isString = (v) => typeof v === "string";
const SCALARS = {
  any: leaf("any", () => true),
  null: leaf("any", (v) => v === null),
  string: leaf("string", isString),
  integer: leaf("integer", isInteger),
  number: leaf("number", isNumber),
  boolean: leaf("boolean", (v) => typeof v === "boolean"),
};
const LEAST = {
  integer: (least) => leaf("integer", (v) => isInteger(v) && v >= least),
  string: (least) => leaf("string", (v) => isString(v) && codePoints(v) >= least),
};

const isUpper = (c) => c !== c.toLowerCase() && c === c.toUpperCase();

/** The name that the table gives to a member of the wire, unless it says another: `thread_id`. */
export const fieldName = (wire) =>
  [...wire].map((c) => (isUpper(c) ? `_${c.toLowerCase()}` : c)).join("");

/** An object; `rest` is the type of further members, undefined where the schema has none. */
function objectShape(name, properties, rest, shape) {
  const required = new Set(properties.filter(([, , flag]) => flag === 1).map(([wire]) => wire));
  const fields = lazy(() =>
    properties.map(([wire, type, flag = 0, named = fieldName(wire)]) => ({
      wire,
      name: named,
      required: flag === 1,
      shape: shape(type, flag === 0),
    })),
  );
  return {
    is: "object",
    name,
    wires: new Set(properties.map(([wire]) => wire)),
    fields,
    names: lazy(() => new Set(fields().map((field) => field.name))),
    rest: lazy(() => rest && shape(rest)),
    required,
    facts: lazy(() => factsOf("object", { name, required })),
    tags: (tag) => properties.filter(([wire]) => wire === tag).flatMap(([, type]) => constants(type)),
  };
}

/** The values of a type that lists them. */
function constants(type) {
  if (!Array.isArray(type)) return [];
  return type[0] === "or" ? type.slice(1).flatMap(constants) : type[0] === "is" ? type.slice(1) : [];
}

const valuesOf = (shapes) => new Set(shapes.flatMap((shape) => [...shape.facts().values]));

function choice(members, nullable) {
  const facts = lazy(() =>
    members.length === 1
      ? { ...members[0].facts(), nullable }
      : factsOf("choice", { nullable, values: valuesOf(members) }),
  );
  return { is: "choice", members, nullable, facts };
}

/** A union whose objects are told apart by the member `tag`, or where that is "" by their one key. */
function tagged(tag, members) {
  const objects = members.filter(({ is }) => is === "object");
  const others = members.filter(({ is }) => is !== "object");
  const tagsOf = (object) => (tag === "" ? [...object.required] : object.tags(tag));
  const variants = new Map(objects.flatMap((object) => tagsOf(object).map((value) => [value, object])));
  const facts = lazy(() =>
    factsOf("union", {
      name: others[0]?.facts().name ?? "",
      values: valuesOf(others),
      tag,
      variants: new Map([...variants].map(([value, object]) => [String(value), object.required])),
    }),
  );
  return { is: "tagged", tag, members, variants, others, facts };
}

/** A function that returns the shape of a type; `rows` are the types that have names. */
export function shapesOf(rows) {
  const known = new Map();

  const made = {
    or: (...types) => types.flatMap(parts),
    is: (...values) => [leaf("enum", (v) => equalsAny(v, values), new Set(values))],
    list: (item) => [{ is: "list", item: shape(item), facts: () => factsOf("list") }],
    map: (value) => [{ is: "map", value: shape(value), facts: () => factsOf("map") }],
    first: (union) => [{ is: "first", members: parts(union), facts: () => factsOf("any") }],
    tagged(tag, union) {
      const members = parts(union).filter((part) => part !== SCALARS.null);
      const nulls = parts(union).length > members.length ? [SCALARS.null] : [];
      return [tagged(tag, members), ...nulls];
    },
    integer: (least) => [LEAST.integer(least)],
    string: (least) => [LEAST.string(least)],
  };
  const makeNamed = {
    object: (name, properties, rest) => objectShape(name, properties, rest, shape),
    enum: (name, ...list) => {
      const values = new Set(list);
      return { is: "enum", values, facts: lazy(() => factsOf("enum", { name, values })) };
    },
    root: (_, type) => ({ is: "root", inner: lazy(() => shape(type)), facts: lazy(() => shape(type).facts()) }),
    alias: (name, type) => ({ is: "alias", inner: lazy(() => shape(type)), facts: () => factsOf("any", { name }) }),
  };

  function named(name) {
    const row = rows[name];
    const make = Array.isArray(row) && makeNamed[row[0]];
    if (make) return [make(name, ...row.slice(1))];
    const found = parts(row);
    return found.length === 0 ? [SCALARS.any] : found;
  }

  /** The alternatives of a type, each once; null is one of them. */
  function parts(type) {
    const text = Array.isArray(type) ? writeLine(type) : type;
    if (Object.hasOwn(SCALARS, text)) return [SCALARS[text]];
    if (!known.has(text)) {
      known.set(text, [...new Set(Array.isArray(type) ? made[type[0]](...type.slice(1)) : named(type))]);
    }
    return known.get(text);
  }

  /** The shape of a type, which may be null as well; of one without alternatives nothing is known. */
  function shape(type, orNull = false) {
    const found = parts(type);
    if (found.length === 0 || found.every((part) => part === SCALARS.any)) return SCALARS.any;
    const members = found.filter((part) => part !== SCALARS.null);
    const isNullable = orNull || members.length < found.length;
    if (members.length === 0) return SCALARS.null;
    return members.length === 1 && !isNullable ? members[0] : choice(members, isNullable);
  }

  return shape;
}
